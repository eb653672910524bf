"""Deviations: everything over the year's posts that is not as it should be, and what the letters disagree on.

By the very queries that answer the API, as of the day that is asked for, in both times.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Annotated

from starlette.requests import Request
from starlette.responses import Response

from services import bokmal
from services.dashboard.charts.letter_names import letter_in_full
from services.dashboard.pages import asked, differences, left_out
from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.asked import Asked, NotUnderstood
from services.dashboard.pages.deviation_advice import ADVICE, OTHERWISE
from services.dashboard.pages.deviations import KINDS
from services.dashboard.pages.source import Row as Fact
from services.dashboard.pages.source import Source, seen_by
from services.dashboard.pages.tables import Column, Link, Row, Table, Tag, paged
from services.dashboard.sign_in.access import DEVIATIONS
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

ON_A_SIDE = 12
OPEN, SETTLED = Tag(N_("åpent"), "warning"), Tag(N_("avklart"), "success")
VIEWS = {
    "avvik": N_("Avvik på postene"),
    "brev": N_("Summer i brevene"),
    "motsigelser": N_("Motsigelser i brevene"),
}
STATES = {"aapne": N_("åpne"), "avklarte": N_("avklarte")}
_KINDS_OF_DIFFERENCE = {"uforklart": Tag(N_("uforklart"), "danger"), "avrunding": Tag(N_("avrunding"))}
_OF_DEVIATIONS = (
    Column("post", N_("Post"), "code"),
    Column("what", N_("Hva")),
    Column("amount", N_("Beløp"), "money"),
    Column("since", N_("Siden"), "day", missing=N_("dagen er ikke kjent")),
    Column("of", N_("Brev"), missing=N_("ikke av et brev")),
    Column("case", N_("Sak"), "code", missing=N_("ingen sak")),
    Column("state", N_("Status")),
    Column("reason", N_("Begrunnelse"), missing=N_("ikke begrunnet ennå")),
    Column("advice", N_("Hva som kan gjøres")),
)
_OF_LETTERS = (
    Column("post", N_("Post"), "code"),
    Column("of", N_("Brev")),
    Column("what", N_("Hva")),
    Column("stated", N_("Brevets tall"), "money"),
    Column("computed", N_("Utregnet"), "money"),
    Column("difference", N_("Avvik"), "money"),
    Column("since", N_("Siden"), "day"),
    Column("kind", N_("Slag")),
    Column("state", N_("Status")),
    Column("reason", N_("Begrunnelse"), missing=N_("ikke begrunnet ennå")),
)
_OF_CONTRADICTIONS = (
    Column("what", N_("Hva")),
    Column("of", N_("Brev")),
    Column("post", N_("Post"), "code", missing=N_("ingen post")),
    Column("sides", N_("Brevet sier")),
    Column("reckoned", N_("Regnet med")),
    Column("since", N_("Siden"), "day"),
    Column("state", N_("Status")),
    Column("reason", N_("Begrunnelse"), missing=N_("ikke begrunnet ennå")),
)


def deviations_router(source: Source, *, today: Callable[[], date]) -> Router:
    """`/avvik`, for those the table of pages lets in."""
    router = page_router(sides=True)

    @router.get(DEVIATIONS.address)
    async def see_deviations(
        request: Request,
        reader: Annotated[Reader, reader_of(DEVIATIONS)],
        aar: str = "",
        gjelder: str = "",
        kjent: str = "",
        vis: str = "",
        status: str = "",
    ) -> Response:
        if vis not in ("", *VIEWS):
            raise NotUnderstood("vis", gettext(N_("Velg en av listene på siden.")))
        if status not in ("", *STATES):
            raise NotUnderstood("status", gettext(N_("Velg en av statusene på siden.")))
        seen = seen_by(reader, source)
        years = await seen.years()
        question = asked.read(aar=aar, gjelder=gjelder, kjent=kjent, years=years, today=today())
        amiss = await seen.deviations(question.year, valid_at=question.valid_at, known_at=question.known_at)
        letters = differences.letters(await seen.letters(question.year, known_at=question.known_at))
        told, _ = differences.by_day(letters, question.valid_at)
        every = {
            "avvik": deviation_rows(amiss, question),
            "brev": difference_rows(told, question),
            "motsigelser": contradiction_rows(told, question),
        }
        shown = vis or next((name for name in VIEWS if _still_open(every[name])), "avvik")
        facts = {
            "asked": question,
            "years": asked.selectable(years, question),
            "left_out": await left_out.of_year(seen, question),
            "views": VIEWS,
            "states": STATES,
            "view": shown,
            "status": status,
            "counts": {name: (len(_still_open(rows)), len(rows)) for name, rows in every.items()},
        }
        table = paged(_table(shown, _chosen(every[shown], status)), side_of(request), size=ON_A_SIDE)
        return answer(Shown("deviations.html", (table,), facts), request, reader)

    return router


def _table(view: str, rows: Sequence[Row]) -> Table:
    columns = {"avvik": _OF_DEVIATIONS, "brev": _OF_LETTERS, "motsigelser": _OF_CONTRADICTIONS}[view]
    return Table(view, VIEWS[view], columns, rows, empty=N_("Ingenting her denne dagen."))


def _still_open(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["state"] == OPEN]


def _chosen(rows: Sequence[Row], status: str) -> list[Row]:
    """Those of the status that is asked for, the open ones first."""
    kept = [row for row in rows if not status or (row["state"] == OPEN) == (status == "aapne")]
    return sorted(kept, key=lambda row: row["state"] != OPEN)


def deviation_rows(rows: Iterable[Fact], question: Asked) -> list[Row]:
    """As a reader would say them; a kind that is not listed is shown as it is, never left out."""
    return [
        {
            "post": _post(row["post_id"], question),
            "what": gettext(KINDS.get(row["kind"]) or str(row["kind"])),
            "amount": row["amount_ore"],
            "since": bokmal.as_day(row["on"]) if row["on"] else None,
            "of": _letter(row["letter_number"], question),
            "case": row.get("case_number"),
            "state": SETTLED if row["status"] == "settled" else OPEN,
            "reason": row["reason"] if row["status"] == "settled" else None,
            "advice": gettext(ADVICE.get(row["kind"], OTHERWISE)),
        }
        for row in rows
    ]


def difference_rows(letters: Iterable[differences.Letter], question: Asked) -> list[Row]:
    """Totals that letters state and what they come to, and frames that their parts do not fill; those that are exact
    are no deviation."""
    return [
        {
            "post": _post(f"{letter.year}/{item.code}", question),
            "of": _letter(letter.number, question),
            "what": gettext(what),
            "stated": item.stated_ore,
            "computed": item.computed_ore,
            "difference": item.difference_ore,
            "since": letter.effective_on,
            "kind": _KINDS_OF_DIFFERENCE.get(item.kind, Tag(item.kind)),
            "state": SETTLED if item.settled else Tag(N_("avløst")) if item.superseded_by else OPEN,
            "reason": item.reason,
        }
        for letter in letters
        for what, items in _both(letter)
        for item in items
        if item.difference_ore
    ]


def _both(letter: differences.Letter) -> tuple[tuple[str, tuple[differences.Difference, ...]], ...]:
    return (N_("brevets sum"), letter.totals), (N_("ramme mot øremerking"), letter.earmarks)


def contradiction_rows(letters: Iterable[differences.Letter], question: Asked) -> list[Row]:
    """Places of one letter that disagree, and what is reckoned with meanwhile."""
    return [
        {
            "what": item.what,
            "of": _letter(letter.number, question),
            "post": _post(f"{letter.year}/{item.code}", question) if item.code else None,
            "sides": "; ".join(f"{side.cite}: {side.says}" for side in item.sides),
            "reckoned": item.reckoned,
            "since": letter.effective_on,
            "state": SETTLED if item.settled else OPEN,
            "reason": item.reason,
        }
        for letter in letters
        for item in letter.contradictions
    ]


def _post(post_id: str, question: Asked) -> Link:
    year, chapter, post = post_id.split("/")
    return Link(f"{chapter}/{post}", question.link(f"/poster/{year}/{chapter}/{post}"))


def _letter(number: int | None, question: Asked) -> Link | None:
    if number is None:
        return None
    name = letter_in_full(number)
    return Link(name, question.link(f"/brev/{question.year}/{number}"))
