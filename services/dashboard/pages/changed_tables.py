"""What changed between two looks, as tables: how much on each post and column, and every reason for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.dashboard.pages import figures
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import COLUMNS, SLUGS
from services.dashboard.pages.explained_tables import GROUND, POST, STANDING, WHERE, code_of, ground
from services.dashboard.pages.source import Row as Found
from services.dashboard.pages.tables import Column, Link, Row, Table
from services.dashboard.sign_in.access import CHANGED
from services.dashboard.words.spoken import N_, gettext
from services.grants.overview.changed.view import Changed

SIZE = 8
"""How many reasons are shown at a time: as cards on a telephone they are high."""
_ORDER = [column for column, _ in figures.POST_COLUMNS]
_NAMES = dict(figures.POST_COLUMNS)
_WHY = {
    (1, True): N_("Registrert i mellomtiden"),
    (1, False): N_("Dagen det gjelder fra, er kommet"),
    (-1, True): N_("Ikke registrert ennå"),
    (-1, False): N_("Gjelder fra en senere dag"),
}


@dataclass(frozen=True, kw_only=True)
class Looks:
    """Two looks at a budget year: from `before` to `after`."""

    before: Asked
    after: Asked

    def link(self, address: str, **more: str) -> str:
        """The address of the page for these two looks."""
        before = {"fra": self.before.valid_at.isoformat()}
        if self.before.known_at is not None:
            before["kjent_fra"] = self.before.query["kjent"]
        return self.after.link(address, aar=self.after.year, **before, **more)


def changes(found: Changed, looks: Looks) -> Table:
    """How much each post's columns changed: the posts and the columns that did. Each leads to its reasons: what remains
    to all of the post's."""
    posts = {**found.before, **found.after}
    moved = {fund: {column: found.change_ore(fund, column) for column in _ORDER} for fund in sorted(posts)}
    moved = {fund: of_post for fund, of_post in moved.items() if any(of_post.values())}
    columns = [column for column in _ORDER if any(of_post[column] for of_post in moved.values())]
    rows = [
        {
            "post": Link(f"{code_of(fund)} {posts[fund]['name']}", looks.after.link(f"/poster/{fund}")),
            **{column: _change(fund, column, of_post[column], looks) for column in columns},
        }
        for fund, of_post in moved.items()
    ]
    return Table(
        "endringer",
        N_("Hvor mye hver post er endret, i kroner"),
        (Column("post", N_("Post")), *(Column(column, _NAMES[column], "money") for column in columns)),
        rows,
        empty=N_("Ingenting er endret på noen post."),
    )


def _change(fund: str, column: str, change_ore: int | None, looks: Looks) -> Link | int | None:
    if not change_ore:
        return change_ore
    narrowed = {"post": code_of(fund)} | ({} if column == "remaining_ore" else {"kolonne": SLUGS[column]})
    return Link(change_ore, looks.link(CHANGED.address, **narrowed))


def reasons(found: Changed, looks: Looks, *, post: str, column: str) -> Table:
    """Every movement between the two looks, with its sum so far on its post and column: the last of each is the change.
    Only those of one post or column, where it is asked for."""
    rows = [
        row
        for row in found.reasons
        if (not post or code_of(row["fund_id"]) == post) and (not column or row["column"] == COLUMNS.get(column))
    ]
    return Table(
        "grunner",
        N_("Hvorfor: hver føring og hvert utsagn i et brev, i kroner"),
        (
            POST,
            Column("column", N_("Kolonne")),
            *WHERE,
            Column("why", N_("Hvorfor")),
            *GROUND,
            Column("amount", N_("Endring"), "money"),
            STANDING,
        ),
        list(_summed(rows, looks.after)),
        empty=N_("Ingen føringer og ingen utsagn i brev ligger mellom de to."),
    )


def _summed(rows: Sequence[Found], at: Asked) -> Iterator[Row]:
    def place(row: Found) -> tuple[str, int]:
        return (row["fund_id"], _ORDER.index(row["column"]))

    in_order = sorted(rows, key=lambda row: (*place(row), row["effective_on"], row["position"], row["line"]))
    for _, of_column in groupby(in_order, key=place):
        standing_ore = 0
        for row in of_column:
            standing_ore += row["amount_ore"]
            yield {
                **ground(row, at),
                "column": gettext(_NAMES[row["column"]]),
                "why": gettext(_WHY[row["sign"], row["newly_known"]]),
                "amount": row["amount_ore"],
                "standing": standing_ore,
            }


def narrowed(post: str, column: str) -> tuple[str, str]:
    """The post and the column that reasons are shown of, in words; empty where they are of all."""
    return (post, _NAMES.get(COLUMNS.get(column, ""), ""))
