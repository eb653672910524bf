"""The voluntary organisations, on application: 83.33 million, less the 6.58 that supplement 2 sets aside of them."""

from dev.demo import told
from dev.demo.applying import Call, play_call
from dev.demo.books import Books
from dev.demo.days import Days
from dev.demo.office import Office

MILLION = 100_000_000
POST = "2020/291/71"


DAYS = ("2020-03-24", "2020-04-08", "2020-04-15", "2020-04-22", "2020-09-16")


def play(office: Office, books: Books) -> Days[None]:
    """Five organisations by two instalments."""
    told.heading("Integreringsarbeid i regi av frivillige organisasjoner (291/71): søkere og beløp er oppdiktet")
    year = Call(
        call_id="frivillige-organisasjoner-2020.aret",
        fund_id=f"{POST}/frivillige-organisasjoner",
        title="Integreringsarbeid 2020",
        arrived_on="2020-02-25",
        assessed_on="2020-03-16",
    )
    shares = {
        f"Oppdiktet forening {name}": (half * MILLION,) * 2
        for name, half in zip("ABCDE", (12, 9, 7, 6, 3), strict=True)
    }
    yield from play_call(office, books, year, shares, DAYS)


def play_mentors(office: Office, books: Books) -> Days[None]:
    """The mentors, by two instalments as well."""
    mentors = Call(
        call_id="frivillige-organisasjoner-2020.mentorordning",
        fund_id=f"{POST}/frivillige-organisasjoner/mentorordning",
        title="Mentorordning 2020",
        arrived_on="2020-02-26",
        assessed_on="2020-03-17",
    )
    yield from play_call(office, books, mentors, {"Oppdiktet mentorforening": (50_000_000,) * 2}, DAYS)
