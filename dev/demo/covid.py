"""The six that supplement 2 names for information on COVID-19, with its own amounts: no new money, and no call."""

from collections.abc import Mapping

from dev.demo import told
from dev.demo.books import Books
from dev.demo.days import Days
from dev.demo.named import name_all
from dev.demo.office import Office
from dev.demo.payments import pay, register_accounts
from dev.demo.rounds import approve, look_ahead, open_round, release

FUND = "2020/291/71/frivillige-organisasjoner/informasjonstiltak-koronavirus"
KRONER: Mapping[str, int] = {
    "rode-kors": 1_500_000,
    "caritas": 1_500_000,
    "norges-frivillighetssentraler": 500_000,
    "norske-kvinners-sanitetsforening": 1_080_000,
    "kia": 500_000,
    "norsk-folkehjelp": 1_500_000,
}
"""What the table of 2020-14 prints: 6 580 000 kroner in all."""


def play(office: Office, books: Books) -> Days[None]:
    """One round, paid at once."""
    told.heading("Informasjonstiltak om koronaviruset (291/71, 6,58 mill.): seks mottakere og beløp er tillegg nr. 2s")
    round_at = open_round(office, "informasjonstiltak-koronavirus-2020", "Koronainformasjon", "2020-04-07")
    whole = {word: (kroner * 100,) for word, kroner in KRONER.items()}
    grants = name_all(office, round_at, FUND, whole, letter=2, section="4.2, oppdrag 2020-14")
    look_ahead(office, round_at, "2020-04-08")
    yield from approve(office, books, round_at, "2020-04-08", grants, planned_on="2020-04-14")
    yield from release(office, grants, "2020-04-14", "2020-04-16")
    register_accounts(office, grants, "2020-04-17")
    pay(office, books, grants, 1, "2020-04-20")
