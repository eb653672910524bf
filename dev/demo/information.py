"""Extraordinary information grants, on application: the twenty million of supplement 4 (2020-019)."""

from dev.demo import told
from dev.demo.applying import Call, play_call
from dev.demo.books import Books
from dev.demo.days import Days
from dev.demo.office import Office

MILLION = 100_000_000


def play(office: Office, books: Books) -> Days[None]:
    """Four organisations, all of the twenty million, paid at once."""
    told.heading("Ekstraordinære informasjonstiltak (291/71, 20 mill. av tillegg nr. 4): søkere og beløp er oppdiktet")
    call = Call(
        call_id="ekstraordinaert-informasjonstiltak-2020.sommer",
        fund_id="2020/291/71/ekstraordinaert-informasjonstiltak",
        title="Informasjon om smittevern",
        arrived_on="2020-07-20",
        assessed_on="2020-08-10",
    )
    shares = {f"Oppdiktet nettverk {name}": (sum_ * MILLION,) for name, sum_ in zip("PQRS", (8, 6, 4, 2), strict=True)}
    days = ("2020-08-17", "2020-09-01", "2020-09-04", "2020-09-08")
    yield from play_call(office, books, call, shares, days, objects=True)
