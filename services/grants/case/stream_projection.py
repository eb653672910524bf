"""Read models of cases whose rows follow from one case's whole history: worked out anew each time the case moves.

A case is a few dozen facts, and its rules already say what stands in it. So the rows are what the rules say of the
whole stream, never a second telling of the same story, fact by fact.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import ARRAY, Connection, Table, Uuid, any_, cast, text

from services.eventlog.events import Event
from services.eventlog.folding import Facts
from services.eventlog.projections.whole import load_whole
from services.eventlog.recorded import Recorded

RowsOf = Callable[[Sequence[Event]], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class CaseRows:
    """A projection into one table with the columns `edition` and `case_id`. `rows_of` gives the other columns of each
    row of a case, from everything that has happened in it."""

    name: str
    version: int
    table: Table
    events: tuple[type[Event], ...]
    rows_of: RowsOf

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.table,)

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Write the rows of every case the facts touch, from its stream as it stood at the end of the batch."""
        streams = sorted({fact.stream for fact in facts if fact.stream.startswith("case-")})
        whole = load_whole(connection, "grants", streams, until=facts[-1].position)
        cases = {stream: UUID(stream.removeprefix("case-")) for stream in streams}
        touched = self.table.c.case_id == any_(cast(list(cases.values()), ARRAY(Uuid)))
        connection.execute(self.table.delete().where(self.table.c.edition == edition, touched))
        rows = [
            {"edition": edition, "case_id": cases[stream], **row}
            for stream in streams
            for row in self.rows_of(Facts(fact.event for fact in whole[stream]))
        ]
        if rows:
            connection.execute(self._write, {"rows": to_json(rows).decode()})

    @property
    def _write(self) -> Any:
        columns = ", ".join(column.name for column in self.table.columns)
        name = self.table.fullname
        return text(
            f"INSERT INTO {name} ({columns})"
            f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{name}, CAST(:rows AS jsonb))"
        )
