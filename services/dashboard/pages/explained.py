"""Where each figure is explained, and which figure an address names.

Every amount of a post, a fund, a case's commitment, a chapter or a year has an address of its own: what it is made of,
as of the same day and the same knowledge, is read there (`explained_page.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.dashboard.pages import asked
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.source import Row
from services.dashboard.sign_in.access import EXPLAINED
from services.dashboard.sign_in.reader import Reader
from services.dashboard.words.spoken import N_
from services.grants.overview.explained.view import Lines

SLUGS = {
    "appropriated_ore": "bevilget",
    "held_back_ore": "tilbake-i-departementet",
    "carried_over_ore": "overfort",
    "at_disposal_ore": "til-disposisjon",
    "earmarked_ore": "oremerket",
    "committed_ore": "tilsagn",
    "disbursed_ore": "utbetalt",
    "withheld_ore": "tilbake-hos-mottaker",
    "remaining_ore": "gjenstar",
}
"""What each column is called in an address."""
COLUMNS = {slug: column for column, slug in SLUGS.items()}
PARTLY = {
    "outstanding_ore": "kan-utbetales",
    "repaid_ore": "betalt-tilbake",
    "reported_ore": "rapportert",
    "reclaimed_ore": "krevd-tilbake",
    "approved_ore": "vedtatt",
    "amount_ore": "belop",
    "paid_ore": "betalt",
    "free_ore": "ledig",
    "standing_ore": "star",
    "released_ore": "frigitt",
    "about_ore": "venter",
}
"""Those that no post has: figures of awards and their parts, and of what letters, notices and deadlines say."""
EVERY_COLUMN = COLUMNS | {slug: column for column, slug in PARTLY.items()}

PARTS = {
    "termin": ("instalment", N_("termin %(nth)s")),
    "tilbakehold": ("withholding", N_("tilbakehold nr. %(nth)s")),
    "tilbakeholdsvarsel": ("withholding-warning", N_("varsel om tilbakehold av termin %(nth)s")),
    "tilbakekrav": ("reclaim", N_("tilbakekrav nr. %(nth)s")),
    "kravvarsel": ("reclaim-warning", N_("varsel om tilbakekrav av termin %(nth)s")),
    "klage": ("complaint", N_("klage nr. %(nth)s")),
}
"""What each part of a case is called in an address, and by people."""

PART = re.compile(
    r"(?P<year>[0-9]{4})(?:/(?P<chapter>[0-9]{1,4})(?:/(?P<post>[0-9]{2})(?P<below>(?:/[a-z0-9-]{1,80}){0,8}))?)?",
    re.ASCII,
)
CASE = re.compile(r"sak/(?P<opened>[0-9]{4})/(?P<number>[1-9][0-9]{0,8})(?:/(?P<into>[0-9]{4}))?", re.ASCII)


@dataclass(frozen=True)
class Figure:
    """A column of a place: a year (`2020`), a chapter (`2020/291`), a post or a fund below it by its id, or a case's
    commitment (`sak/2020/17`; what stands for it in a later year, `sak/2020/17/2021`). Other places are those of awards
    (`explained_awards.py`) and of letters (`explained_moves.py`)."""

    place: str
    column: str

    @property
    def address(self) -> str:
        return EXPLAINED.address.replace("{figure:path}", f"{self.place}/{(SLUGS | PARTLY)[self.column]}")


@dataclass(frozen=True, kw_only=True)
class Look:
    """How an explanation is asked for, and by whom: as links write the day and the knowledge, and which side of it."""

    gjelder: str
    kjent: str
    side: int
    today: date
    reader: Reader

    def at(self, year: str = "") -> Asked:
        """The day and the knowledge; of a budget year, or of the day's own."""
        return asked.read(aar=year, gjelder=self.gjelder, kjent=self.kjent, years=(), today=self.today)


def address_of(column: str, place: str, question: Asked) -> str:
    """Where a figure is explained, as of the same day and the same knowledge. `place`: the id of a post or fund (see
    `place_of`), the first parts of one for a chapter or a year."""
    return question.link(Figure(place, column).address)


def place_of(fund: Row) -> str:
    """The place of a fund of any kind: its id, or its case's number for a commitment."""
    if fund["kind"] != "commitment":
        return str(fund["fund_id"])
    _, _, into = str(fund["fund_id"]).partition("/")
    return f"sak/{fund['case_number']}" + (f"/{into}" if into else "")


def read_figure(text: str) -> Figure | None:
    """The figure that an address names, or None where it names none."""
    place, _, slug = text.rpartition("/")
    known = PART.fullmatch(place) or CASE.fullmatch(place)
    return Figure(place, COLUMNS[slug]) if known and slug in COLUMNS else None


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A figure found: whose it is (`rows`, one for each post or the one fund), and on which funds its entries stand."""

    figure: Figure
    question: Asked
    rows: Sequence[Row]
    lines: Lines
    amount_ore: int | None

    @property
    def is_sum(self) -> bool:
        return self.figure.place.count("/") < 2 and not self.figure.place.startswith("sak/")

    @property
    def post(self) -> str | None:
        """The post it lies under (`291/71`); None for a sum of several."""
        if self.is_sum:
            return None
        row = self.rows[0]
        lies_on = row["parent_id"] if row.get("kind") == "commitment" else row["fund_id"]
        return "/".join(lies_on.split("/")[1:3])
