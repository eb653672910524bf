"""What a search found, as tables, and where the one thing that was named exactly leads."""

from dataclasses import replace

from services.dashboard.charts.letter_names import letter_in_full
from services.dashboard.pages import figures
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import award_address, recipient_cell
from services.dashboard.pages.source import Row as Found
from services.dashboard.pages.tables import Column, Link, Row, Table
from services.dashboard.words.spoken import N_, gettext
from services.grants.overview.search import view

MORE = N_("Det finnes flere treff. Skriv mer for å finne det du leter etter.")
_KINDS = {"post": N_("Post"), "earmark": N_("Øremerking"), "recipient": N_("Navngitt mottaker")}


def found_tables(found: view.Found, at: Asked) -> list[Table]:
    """A table for each kind of which something was found."""
    made = (
        (_FUNDS, Table("poster", N_("Poster og øremerkinger"), (), [_fund(row, at) for row in found.funds]), "funds"),
        (_LETTERS, Table("brev", N_("Brev"), (), [_letter(row, at) for row in found.letters]), "letters"),
        (_SCHEMES, Table("ordninger", N_("Ordninger"), (), [_scheme(row, at) for row in found.schemes]), "schemes"),
        (
            _RECIPIENTS,
            Table("mottakere", N_("Mottakere"), (), [_recipient(row, at) for row in found.recipients]),
            "recipients",
        ),
        (_CASES, Table("saker", N_("Saker"), (), [_case(row, at) for row in found.cases]), "cases"),
    )
    return [
        replace(table, columns=columns, note=MORE if kind in found.more else "")
        for columns, table, kind in made
        if table.rows
    ]


def leads_to(found: view.Found, at: Asked) -> str | None:
    """The address of the one thing that was named by its number, where it has a page. A post is that of the day's year,
    where it has one."""
    match found.exact:
        case ("funds", newest):
            row = next((each for each in found.funds if each["kind"] == "post" and each["year"] == at.year), newest)
            return at.in_year(row["year"]).link(f"/poster/{row['fund_id']}")
        case ("cases", row) if row["promised"]:
            return award_address(row["case_number"], at)
        case ("recipients", row) if row["promised"]:
            return at.link(f"/tilskuddsmottakere/{row['organisation_number']}")
    return None


_YEAR = Column("year", N_("Budsjettår"), "code")
_POST = Column("post", N_("Post"), "code", N_("ikke bestemt"))
_NAME = Column("name", N_("Navn"))
_FUNDS = (_POST, _YEAR, Column("kind", N_("Hva")), _NAME)
_LETTERS = (Column("letter", N_("Hvilket brev")), _YEAR, Column("effective_on", N_("Gjelder fra"), "day"), _NAME)
_SCHEMES = (_NAME, Column("scheme", N_("Kode"), "code"))
_RECIPIENTS = (
    Column("recipient", N_("Mottaker")),
    Column("number", N_("Organisasjonsnummer"), "code", N_("uten organisasjonsnummer")),
)
_CASES = (Column("case", N_("Sak"), "code"), *_RECIPIENTS, _YEAR, _POST)


def _fund(row: Found, at: Asked) -> Row:
    code = figures.post_code(row["chapter"], row["post"])
    place = at.in_year(row["year"]).link(f"/poster/{row['year']}/{code}")
    return {
        "post": Link(code, place),
        "year": str(row["year"]),
        "kind": gettext(_KINDS[row["kind"]]),
        "name": row["name"],
    }


def _letter(row: Found, at: Asked) -> Row:
    number = row["number"]
    name = letter_in_full(number)
    return {
        "letter": Link(name, at.in_year(row["year"]).link(f"/brev/{row['year']}/{number}")),
        "year": str(row["year"]),
        "effective_on": row["effective_on"],
        "name": row["title"],
    }


def _scheme(row: Found, at: Asked) -> Row:
    return {"name": Link(row["name"], at.link(f"/ordninger/{row['scheme_id']}")), "scheme": row["scheme_id"]}


def _recipient(row: Found, at: Asked) -> Row:
    """It leads to all it has been granted, where it has been granted anything."""
    name = recipient_cell(row, at) if row["promised"] else row["recipient"]
    return {"recipient": name, "number": row["organisation_number"]}


def _case(row: Found, at: Asked) -> Row:
    number = row["case_number"]
    case = Link(number, award_address(number, at)) if number and row["promised"] else number
    code = None if row["chapter"] is None else figures.post_code(row["chapter"], row["post"])
    post = None if code is None else Link(code, at.in_year(row["year"]).link(f"/poster/{row['year']}/{code}"))
    return {
        "case": case,
        "recipient": row["recipient"],
        "number": row["organisation_number"],
        "year": str(row["year"]),
        "post": post,
    }
