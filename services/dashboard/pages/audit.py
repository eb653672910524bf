"""What an auditor takes home, and how it is verified there without asking us: the two logs whole, the keys their
checkpoints are signed with, the certificate of each letter, the programs, and the commands as they are written.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Protocol
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages.answering import Shown, answer, page_router, side_of
from services.dashboard.pages.audit_steps import STEPS
from services.dashboard.pages.tables import Column, Link, Row, Side, Table
from services.dashboard.sign_in.access import AUDIT
from services.dashboard.sign_in.reader import Reader, reader_of
from services.dashboard.words.spoken import N_, gettext
from services.httpapi.route import Router

ON_A_SIDE = 10
MOST_SIDES = 500
LOGS = ("grants", "notifications")
TOOLS = {name: Path(__file__).parents[3] / "contracts" / name for name in ("verify_export.py", "verify_certificate.py")}
GROUNDS: Mapping[str, str] = {
    "notice": N_("departementet er orientert, og dagene er gått"),
    "scheme-policy": N_("ordningen er unntatt"),
    "waiver": N_("departementet har frafalt dagene"),
}
COLUMNS = (
    Column("case", N_("Sak"), "code"),
    Column("released_at", N_("Sendt"), "instant", missing=N_("ikke kjent")),
    Column("opens_at", N_("Kunne sendes fra"), "instant", missing=N_("ingen dager skyldes")),
    Column("ground", N_("Hvorfor det kunne sendes")),
    Column("sha256", N_("SHA-256 av brevet"), "code", missing=N_("ikke kjent")),
    Column("position", N_("Sted i loggen"), "code"),
)


class Letters(Protocol):
    """Letters that have left, as the notifications service lists them."""

    async def list_released(self, *, before: int | None = ..., limit: int = ...) -> Sequence[Mapping[str, Any]]:
        """The latest first."""
        ...


class Numbers(Protocol):
    """What people call each case by."""

    async def case_numbers(self, case_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        """The number of each."""
        ...


def audit_router(letters: Letters, numbers: Numbers) -> Router:
    """`/revisjon`, for auditors."""
    router = page_router(sides=True)

    @router.get(AUDIT.address)
    async def see_audit(request: Request, reader: Annotated[Reader, reader_of(AUDIT)]) -> Response:
        table = await letters_table(letters, numbers, side_of(request))
        example = next((row["case"].value for row in table.rows if isinstance(row["case"], Link)), None)
        facts = {"steps": STEPS, "logs": LOGS, "tools": digests(), "example": example}
        return answer(Shown("audit.html", (table,), facts), request, reader)

    return router


@cache
def digests() -> Mapping[str, str]:
    """The SHA-256 of each program, to hold against one that was had from elsewhere."""
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in TOOLS.items()}


async def letters_table(letters: Letters, numbers: Numbers, side: int) -> Table:
    """One side of the letters that have left; the file has every one."""
    side = min(side, MOST_SIDES)
    rows = await letters.list_released(limit=side * ON_A_SIDE + 1)
    last = max(1, -(-len(rows) // ON_A_SIDE))
    side = min(side, last)
    shown = rows[(side - 1) * ON_A_SIDE : side * ON_A_SIDE]

    async def whole() -> Any:
        page = rows
        while page:
            for row in await _rows(page, numbers):
                yield row
            page = await letters.list_released(before=page[-1]["position"], limit=500)

    return Table(
        "brev",
        N_("Brev som er sendt, det siste først. Saksnummeret henter beviset"),
        COLUMNS,
        await _rows(shown, numbers),
        empty=N_("Ingen brev er sendt ennå."),
        side=Side(side, last) if last > 1 else None,
        whole=whole,
    )


async def _rows(rows: Sequence[Mapping[str, Any]], numbers: Numbers) -> list[Row]:
    named = await numbers.case_numbers(row["case_id"] for row in rows)
    return [_row(row, named.get(row["case_id"])) for row in rows]


def _row(row: Mapping[str, Any], number: str | None) -> Row:
    return {
        "case": Link(number, f"/revisjon/bevis/{number}") if number else None,
        "released_at": row["released_at"],
        "opens_at": row["opens_at"],
        "ground": gettext(GROUNDS.get(row["ground"], row["ground"])),
        "sha256": row["letter_sha256"],
        "position": str(row["position"]),
    }
