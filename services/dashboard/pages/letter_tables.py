"""The tables of a letter's page: what it says, what it changed, what it asks for and by when."""

from collections.abc import Sequence

from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained_at import of_change
from services.dashboard.pages.figures import post_code
from services.dashboard.pages.grounds import ground_in_words
from services.dashboard.pages.source import Row
from services.dashboard.pages.tables import Cell, Column, Link, Table
from services.dashboard.words.spoken import N_, gettext

_WHAT = {
    "chapter": N_("Kapittel, med trykt sum"),
    "post": N_("Stilt til disposisjon"),
    "appropriated": N_("Bevilget"),
    "held-back": N_("Holdt tilbake i departementet"),
    "given-transferable": N_("Stikkord gitt: kan overføres"),
    "given-estimated": N_("Stikkord gitt: overslagsbevilgning"),
    "taken-transferable": N_("Stikkord tatt bort: kan overføres"),
    "taken-estimated": N_("Stikkord tatt bort: overslagsbevilgning"),
    "earmark": N_("Øremerket"),
    "split-whole": N_("Fordelt fullt ut"),
    "split-part": N_("Fordelt delvis"),
    "stated": N_("Oppgitt sum"),
    "change": N_("Endret"),
    "transfer": N_("Flyttet mellom poster"),
    "carry-over": N_("Overført fra i fjor"),
    "restriction": N_("Bundet til departementet har avklart"),
    "lifting": N_("Binding opphevet"),
    "authority": N_("Fullmakt gitt"),
    "renumbering": N_("Oppdrag får nytt nummer"),
    "remark": N_("Merknad fra avskriften"),
}
_DUE = {
    "pay-out": N_("Utbetaling"),
    "meeting": N_("Møte"),
    "report": N_("Rapport"),
    "publication": N_("Publisering"),
    "assignment": N_("Oppdrag"),
}
_EVERY = {
    "two-weeks": N_("annenhver uke"),
    "month": N_("hver måned"),
    "quarter": N_("hvert kvartal"),
    "year": N_("hvert år"),
}
_NO_DAY = N_("brevet nevner ingen dag")
_NO_POST = N_("ingen post")
_NO_AMOUNT = N_("ikke noe beløp")


def lines(rows: Sequence[Row], question: Asked) -> Table:
    """What the letter says, in the order it says it."""
    return Table(
        name="linjer",
        caption=N_("Det brevet sier, linje for linje, beløp i kroner"),
        columns=(
            Column("cite", N_("Avsnitt")),
            Column("what", N_("Hva")),
            Column("post", N_("Post"), "code", missing=_NO_POST),
            Column("about", N_("Om"), missing=N_("ikke noe mer")),
            Column("amount", N_("Beløp"), "money", missing=_NO_AMOUNT),
            Column("printed", N_("Slik det er trykt"), "code", missing=_NO_AMOUNT),
        ),
        rows=[
            {
                "cite": row["cite"],
                "what": _what(row),
                "post": _post(row, question),
                "about": row["about"] or row["fund"],
                "amount": row["amount_ore"],
                "printed": row["printed"],
            }
            for row in rows
        ],
        empty=N_("Avskriften har ingen linjer om penger."),
    )


def _what(row: Row) -> str:
    said = gettext(_WHAT.get(row["what"]) or str(row["what"]))
    return gettext(N_("%(what)s, utenfor tabellen"), what=said) if row["outside_table"] else said


def _post(row: Row, question: Asked) -> Cell:
    if row["post"] is None:
        return None
    code = post_code(row["chapter"], row["post"])
    return Link(code, question.link(f"/poster/{question.year}/{row['chapter']}/{row['post']:02d}"))


def changes(rows: Sequence[Row], number: int, question: Asked) -> Table:
    """What the letter moved, fund by fund: what stands in the ledger of it."""
    return Table(
        name="endret",
        caption=N_("Det brevet endret, i kroner"),
        columns=(
            Column("post", N_("Post"), "code"),
            Column("name", N_("Midler")),
            Column("ground", N_("Hva")),
            Column("cite", N_("Avsnitt")),
            Column("effective_on", N_("Gjelder fra"), "day"),
            Column("amount", N_("Endring"), "money"),
        ),
        rows=[
            {
                "post": _post(row, question),
                "name": row["name"],
                "ground": ground_in_words(row["ground"]),
                "cite": row["cite"],
                "effective_on": row["effective_on"],
                "amount": Link(row["amount_ore"], of_change(question.year, number, nth, question)),
            }
            for nth, row in enumerate(rows, 1)
        ],
        empty=N_("Brevet endret ingen beløp."),
    )


def tasks(rows: Sequence[Row]) -> Table:
    """The assignments the letter gives, and what is due of each."""
    return Table(
        name="oppdrag",
        caption=N_("Oppdragene brevet gir"),
        columns=(
            Column("number", N_("Nr."), "code"),
            Column("title", N_("Oppdrag")),
            Column("what", N_("Hva som skal leveres"), missing=N_("brevet nevner ingen leveranse")),
            Column("on", N_("Frist"), "day", missing=_NO_DAY),
            Column("printed", N_("Slik det er trykt"), missing=_NO_DAY),
            Column("frame", N_("Ramme"), "money", missing=N_("ingen ramme")),
            Column("cite", N_("Avsnitt")),
        ),
        rows=[
            {
                "number": row["number"],
                "title": _title(row),
                "what": row["what"],
                "on": row["on"],
                "printed": _printed(row),
                "frame": row["frame_ore"],
                "cite": row["cite"],
            }
            for row in rows
        ],
        empty=N_("Brevet gir ingen oppdrag."),
    )


def _title(row: Row) -> str:
    title = str(row["title"])
    if row["renumbered_by"] is None:
        return title
    return gettext(
        N_("%(title)s (gitt som %(number)s; nytt nummer i tillegg %(letter)s)"),
        title=title,
        number=row["given_number"],
        letter=row["renumbered_by"],
    )


def _printed(row: Row) -> str | None:
    if row["every"] is None or row["printed"] is None:
        return row["printed"] and str(row["printed"])
    return f"{row['printed']} ({gettext(_EVERY[row['every']])})"


def due(rows: Sequence[Row], question: Asked) -> Table:
    """What else the letter sets a day for."""
    return Table(
        name="frister",
        caption=N_("Utbetalingsfrister og styringskalender i brevet"),
        columns=(
            Column("what", N_("Hva")),
            Column("kind", N_("Slag")),
            Column("on", N_("Frist"), "day", missing=_NO_DAY),
            Column("printed", N_("Slik det er trykt"), missing=_NO_DAY),
            Column("amount", N_("Beløp"), "money", missing=_NO_AMOUNT),
            Column("post", N_("Post"), "code", missing=_NO_POST),
            Column("cite", N_("Avsnitt")),
        ),
        rows=[
            {
                "what": row["what"],
                "kind": gettext(_DUE.get(row["kind"]) or str(row["kind"])),
                "on": row["on"],
                "printed": row["printed"],
                "amount": row["amount_ore"],
                "post": _post(row, question),
                "cite": row["cite"],
            }
            for row in rows
        ],
        empty=N_("Brevet setter ingen andre frister."),
    )
