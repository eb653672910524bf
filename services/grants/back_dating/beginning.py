"""The day this system began, which is never later than its log: what the log might hold was recorded here.

What lies before may be told of from outside: an award that was decided, a letter that went out, a payment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from psycopg_pool import AsyncConnectionPool

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.back_dating.acts import IMPORTED
from services.grants.back_dating.order import find_all

FIRST = "SELECT recorded_at FROM grants.event ORDER BY position LIMIT 1"


class LogHadBegun(Refusal):
    """The day is said to lie before this system, and the log had begun by then."""

    code = "log-had-begun"
    status = 422
    title = "Systemet var i bruk den dagen"


def began_on(set_to: date, log_began_at: datetime | None) -> date:
    """The first day (Europe/Oslo) on which awards are decided, letters released and payments made here: the one it
    is `set_to`, and the day of the log's first fact where that is earlier."""
    return set_to if log_began_at is None else min(set_to, day_of(log_began_at))


@dataclass(frozen=True, slots=True)
class Beginning:
    """When this system began: the day it is `set_to`, and never later than its log, which is asked each time."""

    pool: AsyncConnectionPool
    set_to: date

    async def of_log(self) -> datetime | None:
        """When the first fact was recorded, by the database's clock; None while there is none."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(FIRST)).fetchone()
        return row[0] if row else None

    async def day(self) -> date:
        """The day in Norway."""
        return began_on(self.set_to, await self.of_log())


def list_imported_days(event: Event) -> Iterable[date]:
    """The days that the fact says were before this system."""
    return find_all(event, IMPORTED[event.TOPIC]) if event.TOPIC in IMPORTED else ()


def keep_before_log(events: Iterable[Event], *, log_began_at: datetime | None) -> None:
    """Refuse a day that is said to lie before this system, and on which its log had begun (`LogHadBegun`): whoever sets
    the day the system began cannot have claimed of outside what was recorded here, or should have been."""
    if log_began_at is None:
        return
    began = day_of(log_began_at)
    for day in (day for event in events for day in list_imported_days(event)):
        if day >= began:
            raise LogHadBegun(
                f"{day} is not before this system: its log begins on {began}. What is decided since is decided here.",
                log_began_on=str(began),
            )
