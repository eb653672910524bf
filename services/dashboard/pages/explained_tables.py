"""A figure taken apart, as tables: its parts, its terms, what letters have done, each entry, what letters say."""

from collections.abc import AsyncIterator, Callable, Sequence

from services.dashboard.charts.letter_names import letter_in_full
from services.dashboard.pages import figures
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.awards import award_address
from services.dashboard.pages.explained import Whole, address_of
from services.dashboard.pages.grounds import ground_in_words
from services.dashboard.pages.source import Row as Found
from services.dashboard.pages.tables import Column, Link, Row, Side, Table
from services.dashboard.words.spoken import N_, gettext
from services.grants.overview.explained.view import Entries

SIZE = 12
"""How many entries are shown at a time: as cards on a telephone they are high."""
_NAMES = dict(figures.POST_COLUMNS)
_HOW = {
    "registered": N_("Brevet registrert"),
    "corrected": N_("Avskriften rettet"),
    "withdrawn": N_("Brevet trukket"),
    "settled": N_("Avvik avklart"),
}
HOW = {
    "appropriated_ore": N_("Det Stortinget har bevilget, slik brevene sier det. Det føres ikke: det står i brevene."),
    "held_back_ore": N_("Det brevene sier at departementet holder tilbake. Det regnes aldri ut."),
    "carried_over_ore": N_("Den delen av det som er stilt til disposisjon, som er overført fra året før."),
    "at_disposal_ore": N_("Summen av alt brevene har stilt til disposisjon, flyttet og endret til denne dagen."),
    "earmarked_ore": N_("Det som er bundet til formål eller mottakere under dette."),
    "committed_ore": N_("Summen av tilsagn, uten det som har falt bort. Utbetalt og tilbakeholdt er deler av det."),
    "disbursed_ore": N_("Summen av alle utbetalinger, uten det som er betalt tilbake og kreditert."),
    "withheld_ore": N_("Det som er lovet og holdes tilbake hos mottakere, uten det som er sluppet."),
    "remaining_ore": N_("Det som er stilt til disposisjon, minus det som er lovet. Det føres ikke: det regnes ut."),
}
"""How each figure comes about, in a sentence."""
AMOUNT = Column("amount", N_("Beløp"), "money", N_("ikke oppgitt i brevene"))
STANDING = Column("standing", N_("Sum hittil"), "money")
POST = Column("post", N_("Post"), "code")
WHERE = (
    Column("number", N_("Nr."), "count"),
    Column("effective_on", N_("Gjelder fra"), "day"),
    Column("recorded_at", N_("Kjent"), "instant"),
    Column("what", N_("Hva")),
)
GROUND = (
    Column("letter", N_("Hvilket brev"), missing=N_("ikke av et brev")),
    Column("cite", N_("Sted i brevet"), missing=N_("ikke av et brev")),
    Column("case", N_("Sak"), "code", N_("ikke av en sak")),
    Column("recipient", N_("Mottaker"), missing=N_("ikke av en sak")),
)


def name_of(whole: Whole) -> str:
    """Whose figure it is, as a heading says it after the column's name."""
    parts = whole.figure.place.split("/")
    if parts[0] == "sak":
        return gettext(N_("sak %(number)s"), number="/".join(parts[1:3]))
    if whole.is_sum:
        return gettext(N_("kapittel %(chapter)s"), chapter=parts[1]) if parts[1:] else parts[0]
    code = figures.post_code(*parts[1:3])
    post = gettext(N_("post %(code)s"), code=code)
    return post if len(parts) == 3 else f"{whole.rows[0]['name']}, {post}"


def parts(whole: Whole) -> Table:
    """The posts whose figures it is the sum of."""
    column, at = whole.figure.column, whole.question
    rows = [
        {
            "post": Link(code_of(row["fund_id"]), at.link(f"/poster/{row['fund_id']}")),
            "name": row["name"],
            "amount": Link(row[column], address_of(column, row["fund_id"], at)),
        }
        for row in whole.rows
    ]
    columns = (POST, Column("name", N_("Navn")), AMOUNT)
    return Table("poster", N_("Postene som summen er av, beløp i kroner"), columns, rows)


def terms(whole: Whole) -> Table:
    """What remains is worked out of others: what is at disposal, less what is promised, and set aside for what is held
    over."""
    at = whole.question
    rows: list[Row] = [_term(whole, "at_disposal_ore", 1, at), _term(whole, "committed_ore", -1, at)]
    aside_ore = sum(row.get("set_aside_ore", 0) for row in whole.rows)
    if aside_ore:
        rows.append({"what": gettext(N_("Satt av til overførte tilsagn")), "amount": -aside_ore})
    if any(row.get("kind") == "commitment" for row in whole.rows):
        rows = []
    rest: Row = {
        "what": gettext(_NAMES["remaining_ore"]),
        "amount": Link(whole.amount_ore, address_of("remaining_ore", whole.figure.place, at)),
    }
    columns = (Column("what", N_("Ledd")), AMOUNT)
    note = N_("Av et tilsagn gjenstår ingenting: det er selv det som er lovet.") if not rows else ""
    return Table("ledd", N_("Leddene beløpet er regnet ut av, i kroner"), columns, [*rows, rest], note=note)


def _term(whole: Whole, column: str, sign: int, at: Asked) -> Row:
    name = gettext(_NAMES[column]) if sign > 0 else gettext(N_("minus %(term)s"), term=gettext(_NAMES[column]).lower())
    amount_ore = sign * sum(row[column] for row in whole.rows)
    return {"what": name, "amount": Link(amount_ore, address_of(column, whole.figure.place, at))}


def by_letter(whole: Whole, found: Sequence[Found]) -> Table:
    """What each letter has put at disposal, taken away or moved."""
    rows = [
        {
            "letter": letter(row["letter_number"], whole.question),
            "what": ground_in_words(row["ground"]),
            "amount": row["amount_ore"],
        }
        for row in found
    ]
    columns = (Column("letter", N_("Hvilket brev"), missing=N_("ikke av et brev")), Column("what", N_("Hva")), AMOUNT)
    return Table("brev", N_("Hva hvert brev har gjort, beløp i kroner"), columns, rows)


def entries(whole: Whole, found: Entries, side: int, every: Callable[[], AsyncIterator[Found]]) -> Table:
    """Each entry with the sum so far; the last one is the figure."""

    async def whole_table() -> AsyncIterator[Row]:
        async for row in every():
            yield _entry(row, whole)

    last = last_side(found.count)
    return Table(
        "foringer",
        N_("Føringene som summerer til beløpet, i kroner"),
        (*WHERE, *((POST,) if whole.is_sum else ()), *GROUND, AMOUNT, STANDING),
        [_entry(row, whole) for row in found.rows],
        empty=N_("Ingen føringer denne dagen: beløpet er null."),
        side=Side(min(side, last), last) if last > 1 else None,
        whole=whole_table,
    )


def last_side(count: int) -> int:
    """How many sides so many entries take."""
    return max(1, -(-count // SIZE))


def said(whole: Whole, found: Sequence[Found]) -> Table:
    """What letters have said of it, each change with the sum so far."""
    columns = (*WHERE, *((POST,) if whole.is_sum else ()), *GROUND[:2], AMOUNT, STANDING)
    rows = [_entry(row, whole) for row in found]
    empty = N_("Ingen brev oppgir beløpet, og det regnes aldri ut.")
    return Table("utsagn", N_("Hva brevene sier, i kroner"), columns, rows, empty=empty)


def _entry(row: Found, whole: Whole) -> Row:
    return {**ground(row, whole.question), "amount": row["amount_ore"], "standing": row["standing_ore"]}


def ground(row: Found, at: Asked) -> Row:
    """What an entry, or what a letter says, stands on: what it is, its days, its letter or its case."""
    return {
        "number": row["position"],
        "effective_on": row["effective_on"],
        "recorded_at": row["recorded_at"],
        "what": _what(row),
        "post": None if row["fund_id"].startswith("case-") else code_of(row["fund_id"]),
        "letter": letter(row["letter_number"], at),
        "cite": row["cite"],
        "case": Link(case, award_address(case, at)) if (case := row.get("case_number")) else None,
        "recipient": row.get("recipient"),
    }


def _what(row: Found) -> str:
    """What it came of; and, where its letter was not simply registered there, what became of the letter."""
    ground, how = row.get("ground"), row.get("how") or ""
    said = gettext(_HOW.get(how, how))
    if ground is None:
        return said
    return ground_in_words(ground) + (f" ({said.lower()})" if how in ("corrected", "withdrawn") else "")


def letter(number: int | None, at: Asked) -> Link | None:
    if number is None:
        return None
    name = letter_in_full(number)
    return Link(name, at.link(f"/brev/{at.year}/{number}"))


def code_of(fund_id: str) -> str:
    return figures.post_code(*fund_id.split("/")[1:3])
