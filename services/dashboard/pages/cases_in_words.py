"""What the states, codes and kinds of awards, notices, withholdings and complaints are called on the pages.

A code that is not listed here is shown as it is, never left out.
"""

from collections.abc import Mapping
from typing import Literal

from services.dashboard.pages.tables import Tag
from services.dashboard.words.spoken import N_, gettext

Colour = Literal["neutral", "info", "success", "warning", "danger"]
Words = Mapping[str, tuple[str, Colour]]

STATES: Words = {
    "approved": (N_("vedtatt"), "info"),
    "released": (N_("brevet er sendt"), "success"),
    "declined": (N_("mottakeren takket nei"), "neutral"),
    "annulled": (N_("opphevet"), "danger"),
    "settled": (N_("gjort opp"), "neutral"),
    "closed": (N_("avsluttet"), "neutral"),
    "rejected": (N_("avslått"), "neutral"),
    "dismissed": (N_("avvist"), "neutral"),
    "received": (N_("søknad til behandling"), "neutral"),
    "proposed": (N_("foreslått på nytt"), "info"),
    "returned": (N_("sendt tilbake"), "warning"),
}
NOTICES: Words = {
    "none": (N_("ikke varslet"), "neutral"),
    "prepared": (N_("under arbeid"), "neutral"),
    "ordered": (N_("skal sendes"), "neutral"),
    "sent": (N_("sendt"), "info"),
    "dispatched": (N_("sendt"), "info"),
    "received": (N_("mottatt"), "success"),
    "objected": (N_("innsigelse"), "danger"),
    "withdrawn": (N_("trukket tilbake"), "neutral"),
}
LETTERS: Words = {
    "none-owed": (N_("lages ikke"), "neutral"),
    "not-made": (N_("ikke laget"), "neutral"),
    "frozen": (N_("låst, ikke sendt"), "info"),
    "may-leave": (N_("frigitt, ikke sendt"), "info"),
    "released": (N_("sendt"), "success"),
    "delivered": (N_("kommet fram"), "success"),
}
REASONS: Words = {
    "terms-broken": (N_("vilkår er brutt"), "warning"),
    "report-missing": (N_("rapport mangler"), "warning"),
    "accounts-unsound": (N_("regnskapet holder ikke"), "warning"),
    "misuse": (N_("misbruk"), "danger"),
    "insolvency": (N_("konkurs eller betalingsvansker"), "danger"),
    "other": (N_("annen grunn"), "warning"),
}
WITHHOLDINGS: Words = {
    "warned": (N_("varslet, ikke vedtatt"), "info"),
    "standing": (N_("står"), "warning"),
    "suspended": (N_("venter på klagen"), "info"),
    "ended": (N_("avsluttet"), "success"),
}
COMPLAINTS: Words = {
    "incomplete": (N_("mangler noe formelt"), "warning"),
    "late": (N_("kom for sent"), "warning"),
    "received": (N_("hos direktoratet"), "info"),
    "forwarded": (N_("hos departementet"), "info"),
    "dismissed": (N_("avvist"), "neutral"),
    "withdrawn": (N_("trukket"), "neutral"),
    "reversed": (N_("omgjort av direktoratet"), "success"),
    "decided": (N_("avgjort av departementet"), "success"),
}
OUTCOMES: Words = {
    "upheld": (N_("stadfestet"), "neutral"),
    "changed": (N_("endret"), "success"),
    "annulled": (N_("opphevet"), "success"),
    "returned": (N_("hjemvist"), "info"),
    "dismissed": (N_("klagen er avvist"), "neutral"),
}
DISPUTED: Words = {
    "award": (N_("tildelingen"), "neutral"),
    "rejection": (N_("avslaget"), "neutral"),
    "dismissal": (N_("avvisningen"), "neutral"),
    "withholding": (N_("tilbakeholdet"), "neutral"),
    "reclaim": (N_("tilbakekrevingen"), "neutral"),
    "reduction": (N_("reduksjonen"), "neutral"),
    "annulment": (N_("opphevingen"), "neutral"),
}
SUSPENDS: Words = {
    "payment": (N_("utbetaling venter på klagen"), "warning"),
    "reclaim": (N_("tilbakekreving venter på klagen"), "warning"),
}
BASES: Words = {
    "application": (N_("søknad"), "neutral"),
    "applied": (N_("søknad"), "neutral"),
    "named": (N_("navngitt i budsjettet"), "neutral"),
    "per-capita": (N_("etter antall"), "neutral"),
    "per_capita": (N_("etter antall"), "neutral"),
    "agreement": (N_("avtale"), "neutral"),
}
OVERLAPS: Words = {
    "duplicate": (N_("samme utlysning"), "warning"),
    "other-scheme-same-year": (N_("annen ordning samme år"), "info"),
    "similar-title": (N_("lignende formål"), "warning"),
}


def tag(words: Words, code: str | None) -> Tag | None:
    """The code as a coloured word; None where there is none."""
    if code is None:
        return None
    word, colour = words.get(code, (code, "neutral"))
    return Tag(word, colour)


def said(words: Words, code: str | None) -> str | None:
    """The code in the reader's words."""
    if code is None:
        return None
    return gettext(words[code][0]) if code in words else code
