"""How what an auditor has taken home is verified: each command as it is written, and what it proves. A test downloads
what the page leads to, and runs every one of them as it stands there.
"""

from dataclasses import dataclass

from services.dashboard.words.spoken import N_

CERTIFICATE = "bevis.json"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to verify. The commands are run in the folder that the files lie in; they need Python 3.11 alone."""

    name: str
    title: str
    commands: tuple[str, ...]
    proves: str
    not_proves: str


STEPS = (
    Step(
        name="tilskudd",
        title=N_("Loggen over tilskudd er hel, og den som ble signert"),
        commands=("python3 verify_export.py grants.jsonl --public-key grants-public-key.pem",),
        proves=N_(
            "Hver hendelse står slik den ble registrert, i den rekkefølgen, og ingen er tatt ut eller satt inn: hver "
            "bærer en SHA-256 over seg selv og den før. Signaturene fra underveis viser at kjeden ikke er skrevet på "
            "nytt."
        ),
        not_proves=N_(
            "At nøkkelen er den rette: hold den mot en du har fått av andre enn dem som ga deg loggen. Det som er "
            "registrert etter siste signatur, meldes som usignert."
        ),
    ),
    Step(
        name="orientering",
        title=N_("Loggen over orienteringer og utsendte brev likeså"),
        commands=("python3 verify_export.py notifications.jsonl --public-key notifications-public-key.pem",),
        proves=N_("Det samme om når departementet ble orientert, hva det svarte, og når hvert brev gikk."),
        not_proves=N_("Hva mottakssystemet i den andre enden gjorde: det står i dets egen logg."),
    ),
    Step(
        name="brev",
        title=N_("Et brev kunne lovlig sendes da det gikk"),
        commands=(f"python3 verify_certificate.py {CERTIFICATE} --export notifications.jsonl",),
        proves=N_(
            "Brevet som gikk, er det departementet ble orientert om, og fjorten dager og 336 timer var gått; eller det "
            "var unntatt eller frafalt av dem som kan. Programmet kjenner regelen selv og tror ikke på noe beviset "
            "sier om den. Lagre beviset fra tabellen under som bevis.json."
        ),
        not_proves=N_("At det som ble sagt om tilskuddet, er det tilskuddsloggen sier: det viser neste kommando."),
    ),
    Step(
        name="mot-tilskudd",
        title=N_("Det brevet bygger på, står i loggen over tilskudd"),
        commands=(
            f"python3 verify_certificate.py {CERTIFICATE} --export notifications.jsonl --grants-export grants.jsonl",
        ),
        proves=N_(
            "Hvert vedtak som utsendingen bygger på, står i den andre loggen, på det stedet og med det innholdet."
        ),
        not_proves=N_("At to personer ikke er enige om noe usant: navnene deres står i loggen, og kan spørres."),
    ),
)
