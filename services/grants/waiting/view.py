"""What waits for whom, over all cases: the inbox of each role. Follows the log in batches.

What waits in one case is worked out from its own stream (`rules.py`), and its scheme's as it stood at the case's last
fact, so a row here is never anything but what those facts say. Days are days in Europe/Oslo, amounts whole øre.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool
from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    text,
)

from services.eventlog.events import TOPICS, Event
from services.eventlog.projections.whole import load_whole
from services.eventlog.recorded import Recorded
from services.grants.case.command_handler import case_of, organisations_of
from services.grants.waiting.rules import list_tasks
from services.grants.waiting.task import Task
from services.grants.waiting.terms import find_scheme_stream, find_terms
from services.httpapi.callers.caller import Role

task = Table(
    "task",
    MetaData(schema="grants_view"),
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("task", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("role", Text),
    Column("due_on", Date),
    Column("from_on", Date),
    Column("until_on", Date),
    Column("not_by", ARRAY(Text)),
    Column("recipient", Text),
    Column("fund_id", Text),
    Column("amount_ore", BigInteger),
    Column("since_position", BigInteger),
    Column("since_at", DateTime(timezone=True)),
    Column("organisations", ARRAY(Text)),
    Column("only_by", Text),
)
FIELDS = tuple(column.name for column in task.columns if column.name != "edition")
ROOMS_OF_A_CASE = ("application.", "award.", "decision.", "disbursement.", "withholding.", "complaint.", "report.")

WRITE = text(
    f"""
    INSERT INTO grants_view.task (edition, {", ".join(FIELDS)})
    SELECT :edition, {", ".join(FIELDS)} FROM jsonb_populate_recordset(NULL::grants_view.task, CAST(:rows AS jsonb))
    """
)


class Waiting:
    """The projection behind the inboxes."""

    name = "waiting"
    version = 5
    tables: tuple[Table, ...] = (task,)
    # Every kind of fact a case can hold: any of them may settle a task or give one.
    events: tuple[type[Event], ...] = tuple(kind for topic, kind in TOPICS.items() if topic.startswith(ROOMS_OF_A_CASE))

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        """Work the touched cases' tasks out anew, each from its whole stream as it stood at the end of the batch."""
        streams = sorted({fact.stream for fact in facts if fact.stream.startswith("case-")})
        whole = load_whole(connection, "grants", streams, until=facts[-1].position)
        schemes = {find_scheme_stream([fact.event for fact in whole[stream]]) for stream in streams} - {None}
        of_schemes = load_whole(connection, "grants", sorted(filter(None, schemes)), until=facts[-1].position)
        gone = task.delete().where(
            task.c.edition == edition, task.c.case_id == any_(cast([case_of(each) for each in streams], ARRAY(Uuid)))
        )
        connection.execute(gone)
        rows = [row for stream in streams for row in rows_of(stream, whole[stream], of_schemes)]
        if rows:
            connection.execute(WRITE, {"edition": edition, "rows": to_json(rows).decode()})


def rows_of(
    stream: str, facts: Sequence[Recorded], of_schemes: Mapping[str, Sequence[Recorded]]
) -> Iterable[dict[str, Any]]:
    """One case's tasks as rows; each has waited since the last fact of the case. Of the scheme counts what stood then,
    so that the same case gives the same rows however late they are made."""
    events = [fact.event for fact in facts]
    since = {"since_position": facts[-1].position, "since_at": facts[-1].recorded_at}
    since |= {"organisations": sorted(organisations_of(events))}
    of_scheme = of_schemes.get(find_scheme_stream(events) or "", ())
    terms = find_terms(events, (fact.event for fact in of_scheme if fact.position <= facts[-1].position))
    for each in list_tasks(events, terms):
        yield {"case_id": case_of(stream), **vars(each), "not_by": sorted(each.not_by), **since}


@dataclass(frozen=True, kw_only=True)
class TaskRow(Task):
    """A task in the inbox: which case, of which organisations, and since when it has waited."""

    case_id: UUID
    since_position: int
    since_at: datetime
    organisations: Sequence[str]


# One role at a time, and of one task where one is asked for, each in the order of an index: of each no more than is
# shown of all.
_IN_ORDER = f"""
    SELECT {", ".join(FIELDS)} FROM (SELECT DISTINCT unnest(%(roles)s::text[]) AS asked) AS roles CROSS JOIN LATERAL (
    SELECT {", ".join(FIELDS)} FROM grants_view.task
    WHERE edition = (SELECT edition FROM grants_view.edition WHERE projection = 'waiting' AND state = 'live')
      AND role = roles.asked {{which}}
      -- As where two people must differ (services/text/people.py). A token's subject is printable ASCII without
      -- spaces, so of all that folds alike only its case can be otherwise.
      AND NOT EXISTS (SELECT FROM unnest(not_by) AS clashing WHERE lower(clashing) = lower(%(person)s))
      AND (only_by IS NULL OR only_by = %(person)s)
      AND (%(on)s::date IS NULL OR from_on IS NULL OR from_on <= %(on)s)
      AND (until_on IS NULL OR until_on >= coalesce(%(on)s::date, CASE WHEN task = ANY (%(done_on_its_day)s)
                                                              THEN %(today)s::date ELSE until_on END))
      AND (since_position, case_id, task, part) > (%(position)s, %(case_id)s, %(after_task)s, %(part)s)
    ORDER BY since_position, case_id, task, part LIMIT %(limit)s) AS of_one
    ORDER BY since_position, case_id, task, part LIMIT %(limit)s
"""
LIST, LIST_ONE_TASK = _IN_ORDER.format(which=""), _IN_ORDER.format(which="AND task = %(task)s::text")
DONE_ON_ITS_DAY = ("attest-payment",)
"""What is done on a day and told on that day, so that it is over once its last day is. An acceptance that came in time
may be recorded later, and is still asked for."""
START: tuple[Any, ...] = (0, UUID(int=0), "", 0)


async def list_waiting(
    pool: AsyncConnectionPool,
    *,
    roles: Iterable[Role],
    person: str,
    today: date,
    task: str | None = None,
    on: date | None = None,
    after: tuple[Any, ...] = START,
    limit: int = 50,
) -> list[TaskRow]:
    """What waits for these roles and may be done by this person, longest waiting first. With `on` only what can be done
    that day; without it no payment whose last day was before `today`. `after` is the place (since_position, case_id,
    task, part) of the last one already shown."""
    position, case_id, after_task, part = after
    given = {"roles": [role.value for role in roles], "person": person, "task": task, "on": on, "limit": limit}
    given |= {"today": today, "done_on_its_day": list(DONE_ON_ITS_DAY)}
    given |= {"position": position, "case_id": case_id, "after_task": after_task, "part": part}
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(TaskRow)) as cursor:
        await cursor.execute(LIST if task is None else LIST_ONE_TASK, given)
        return await cursor.fetchall()
