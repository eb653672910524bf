"""The money of 2020 as the letters give it, in kroner as they print it: what the sample's entries are made of."""

from datetime import date

# name, transferable from, estimated; appropriated and held back in kroner, by the day they were told
POSTS: dict[str, tuple[str, date | None, bool]] = {
    "290/01": ("Driftsutgifter", None, False),
    "291/21": ("Spesielle driftsutgifter – kunnskapsutvikling", date(2020, 1, 1), False),
    "291/45": ("Større utstyrsanskaffelser og vedlikehold", date(2020, 1, 1), False),
    "291/60": ("Integreringstilskudd", date(2020, 1, 1), False),
    "291/61": ("Særskilt tilskudd ved bosetting av enslige mindreårige flyktninger", None, True),
    "291/62": ("Kommunale innvandrertiltak", None, False),
    "291/70": ("Bosettingsordningen og integreringstilskudd, oppfølging", None, False),
    "291/71": ("Tilskudd til innvandrerorganisasjoner og annen frivillig virksomhet", date(2020, 12, 31), False),
    "291/72": ("Statsautorisasjonsordningen for tolker m.a.", None, False),
    "291/73": ("Tilskudd", None, False),
    "292/60": ("Tilskudd til opplæring i norsk og samfunnskunnskap for voksne innvandrere", None, False),
}
APPROPRIATED = {
    "290/01": [(date(2020, 1, 1), 293_000_000), (date(2020, 6, 22), 295_400_000)],
    "291/21": [(date(2020, 1, 1), 65_500_000)],
    "291/45": [(date(2020, 1, 1), 53_500_000)],
    "291/62": [(date(2020, 1, 1), 225_000_000), (date(2020, 6, 22), 247_600_000)],
    "291/71": [(date(2020, 1, 1), 125_440_000), (date(2020, 6, 22), 145_440_000)],
    "291/72": [(date(2020, 1, 1), 8_100_000)],
    "291/73": [(date(2020, 1, 1), 20_150_000)],
}
DAYS = {0: date(2020, 1, 1), 3: date(2020, 5, 20), 4: date(2020, 6, 22), 8: date(2020, 12, 31)}

# letter, post, kroner at disposal, cite
AT_DISPOSAL = [
    (0, "290/01", 278_400_000, "5.1"),
    (0, "291/21", 35_000_000, "5.1"),
    (0, "291/45", 53_500_000, "5.1"),
    (0, "291/60", 7_545_630_000, "5.1"),
    (0, "291/61", 1_714_150_000, "5.1"),
    (0, "291/62", 205_400_000, "5.1"),
    (0, "291/70", 2_280_000, "5.1"),
    (0, "291/71", 125_440_000, "5.1"),
    (0, "291/72", 6_400_000, "5.1"),
    (0, "291/73", 14_710_000, "5.1"),
    (0, "292/60", 1_234_850_000, "5.1"),
    (3, "291/45", 30_000, "5.1, avvik mot brevets sum"),
    (4, "290/01", 2_400_000, "5.1"),
    (4, "290/01", 28_653, "5.1, avvik mot brevets sum"),
    (4, "291/45", 9_000_000, "5.1"),
    (4, "291/45", -705, "5.1, avvik mot brevets sum"),
    (4, "291/60", -70_900_000, "5.1"),
    (4, "291/60", 250_000_000, "5.1"),
    (4, "291/60", -7_000, "5.1, avvik mot brevets sum"),
    (4, "291/61", -22_800_000, "5.1"),
    (4, "291/61", -47_000, "5.1, avvik mot brevets sum"),
    (4, "291/62", -2_400_000, "5.1"),
    (4, "291/62", 25_000_000, "5.1"),
    (4, "291/62", -29_000, "5.1, avvik mot brevets sum"),
    (4, "291/71", 10_000_000, "5.1"),
    (4, "291/71", 10_000_000, "5.1"),
    (4, "291/71", 3_000, "5.1, avvik mot brevets sum"),
    (4, "292/60", 161_000_000, "5.1"),
    (4, "292/60", -61_577_000, "5.1, avvik mot brevets sum"),
    (4, "291/21", 1_000_000, "Oppdrag 2020-017"),
    (8, "291/60", -655_797_000, "5"),
    (8, "291/61", -79_128_000, "5"),
    (8, "292/60", -47_771_000, "5"),
    (8, "290/01", 808_000, "5.1"),
]
CARRIED_OVER = [(3, "290/01", 10_327_347), (3, "291/21", 12_817_553), (3, "291/45", 7_014_705)]

# fund below the post, its name, kind, letter, kroner
FUNDS: list[tuple[str, str, str, int, int]] = [
    ("290/01/standardiserte-elementer", "Standardiserte elementer i introduksjonsprogrammet", "earmark", 0, 3_000_000),
    ("290/01/skjermtolking", "Nasjonal strategi for skjermtolking m.m.", "earmark", 0, 10_000_000),
    ("290/01/minoritetsradgivere", "Minoritetsrådgivere", "earmark", 0, 15_000_000),
    ("291/62/omradesatsing", "Områdesatsing i Oslo og Fjell i Drammen", "earmark", 0, 36_700_000),
    ("291/62/jobbsjansen", "Jobbsjansen", "earmark", 0, 85_300_000),
    ("291/62/kommunale-tiltak", "Utvikling av kommunale integreringstiltak", "earmark", 0, 58_400_000),
    ("291/62/integreringsmottak", "Kvalifiseringstiltak i integreringsmottak", "earmark", 0, 10_000_000),
    ("291/62/fagopplaring", "Fag- og yrkesopplæring", "earmark", 0, 15_000_000),
    ("291/62/jobbsjansen-ekstra", "Jobbsjansen, ekstraordinære midler", "earmark", 4, 25_000_000),
    ("291/71/frivillige", "Integreringsarbeid i regi av frivillige organisasjoner", "earmark", 0, 83_330_000),
    ("291/71/ressursmiljo", "Nasjonale ressursmiljø på integreringsfeltet", "earmark", 0, 42_110_000),
    ("291/71/informasjon", "Ekstraordinært tilskudd til informasjonstiltak", "earmark", 4, 20_000_000),
    ("291/71/frivillige/mentor", "Mentorordning for unge", "earmark", 0, 1_000_000),
]
RESOURCE_ENVIRONMENTS = [
    ("ars", "Antirasistisk senter (ARS)", 6_075_000),
    ("inlo", "Innvandrernes landsorganisasjon (INLO)", 600_000),
    ("kia", "Kristent interkulturelt arbeid (KIA)", 1_265_000),
    ("minotenk", "Minotenk – minoritetspolitisk tenketank", 4_000_000),
    ("mira", "MiRA – ressurssenter for innvandrer- og flyktningkvinner", 3_650_000),
    ("multikulturelt", "Multikulturelt initiativ- og ressursnettverk", 500_000),
    ("noas", "Norsk organisasjon for asylsøkere (NOAS)", 2_630_000),
    ("omod", "Organisasjonen mot offentlig diskriminering (OMOD)", 2_040_000),
    ("seif", "Selvhjelp for innvandrere og flyktninger (SEIF)", 5_350_000),
    ("lim", "LIM – likestilling, integrering, mangfold", 2_000_000),
    ("utrop", "Utrop", 1_500_000),
    ("caritas", "Caritas Norge", 3_000_000),
    ("samora", "Samora", 1_500_000),
    ("fargespill", "Stiftelsen Fargespill", 2_000_000),
    ("fodt-fri", "Født Fri", 6_000_000),
]
COVID_INFORMATION = [
    ("rode-kors", "Røde Kors", 1_500_000),
    ("caritas", "Caritas", 1_500_000),
    ("frivillighetssentraler", "Norges Frivillighetssentraler", 500_000),
    ("sanitetsforening", "Norske Kvinners Sanitetsforening", 1_080_000),
    ("kia", "Kristent Interkulturelt Arbeid", 500_000),
    ("folkehjelp", "Norsk Folkehjelp", 1_500_000),
]
FUNDS += [(f"291/71/ressursmiljo/{key}", name, "recipient", 0, sum_) for key, name, sum_ in RESOURCE_ENVIRONMENTS]
FUNDS += [("291/71/frivillige/korona", "Informasjonstiltak om koronaviruset", "earmark", 2, 6_580_000)]
FUNDS += [(f"291/71/frivillige/korona/{key}", name, "recipient", 2, sum_) for key, name, sum_ in COVID_INFORMATION]
