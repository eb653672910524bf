"""What a search found, as tables, and where the one thing that was named exactly leads."""

from collections.abc import Iterable, Sequence

from services.dashboard.pages import figures
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.source import Row as Found
from services.dashboard.pages.tables import Column, Link, Row, Table
from services.dashboard.pages.words import N_, gettext
from services.grants.overview.search import view

MORE = N_("Det finnes flere treff. Skriv mer for å finne det du leter etter.")
_KINDS = {"post": N_("Post"), "earmark": N_("Øremerking"), "recipient": N_("Navngitt mottaker")}


def found_tables(found: view.Found, at: Asked) -> list[Table]:
    """A table for each kind of which something was found."""
    made = (
        _table("poster", N_("Poster og øremerkinger"), _FUNDS, [_fund(row, at) for row in found.funds], "funds", found),
        _table("brev", N_("Brev"), _LETTERS, [_letter(row, at) for row in found.letters], "letters", found),
        _table("mottakere", N_("Mottakere"), _RECIPIENTS, [*_recipients(found.recipients)], "recipients", found),
        _table("saker", N_("Saker"), _CASES, [_case(row, at) for row in found.cases], "cases", found),
    )
    return [each for each in made if each.rows]


def leads_to(found: view.Found, at: Asked) -> str | None:
    """The address of the one thing that was named by its number, where it has a page."""
    kind, row = found.exact or ("", {})
    return at.link(f"/poster/{row['fund_id']}") if kind == "funds" else None


_YEAR = Column("year", N_("Budsjettår"), "code")
_POST = Column("post", N_("Post"), "code", N_("ikke bestemt"))
_NAME = Column("name", N_("Navn"))
_FUNDS = (_POST, _YEAR, Column("kind", N_("Hva")), _NAME)
_LETTERS = (Column("letter", N_("Brev")), _YEAR, Column("effective_on", N_("Gjelder fra"), "day"), _NAME)
_RECIPIENTS = (
    Column("recipient", N_("Mottaker")),
    Column("number", N_("Organisasjonsnummer"), "code", N_("uten organisasjonsnummer")),
)
_CASES = (Column("case", N_("Sak"), "code"), *_RECIPIENTS, _YEAR, _POST)


def _table(
    name: str, caption: str, columns: Sequence[Column], rows: Sequence[Row], kind: str, found: view.Found
) -> Table:
    return Table(name, caption, columns, rows, note=MORE if kind in found.more else "")


def _fund(row: Found, at: Asked) -> Row:
    code = figures.post_code(row["chapter"], row["post"])
    place = at.link(f"/poster/{row['year']}/{code}")
    return {"post": Link(code, place), "year": str(row["year"]), "kind": _KINDS[row["kind"]], "name": row["name"]}


def _letter(row: Found, at: Asked) -> Row:
    number = row["number"]
    name = gettext(N_("Tillegg nr. %(number)s"), number=number) if number else N_("Tildelingsbrevet")
    return {
        "letter": Link(name, at.link(f"/brev/{row['year']}/{number}")),
        "year": str(row["year"]),
        "effective_on": row["effective_on"],
        "name": row["title"],
    }


def _recipients(rows: Iterable[Found]) -> Iterable[Row]:
    for row in rows:
        yield {"recipient": row["recipient"], "number": row["organisation_number"]}


def _case(row: Found, at: Asked) -> Row:
    code = None if row["chapter"] is None else figures.post_code(row["chapter"], row["post"])
    post = None if code is None else Link(code, at.link(f"/poster/{row['year']}/{code}"))
    return {
        "case": row["case_number"],
        "recipient": row["recipient"],
        "number": row["organisation_number"],
        "year": str(row["year"]),
        "post": post,
    }
