"""Both services on the demonstration's simulated clock, put together as `make demo` does: the permit at its edges.

The clock goes on by itself, and jumps to another morning as the year is played; a permit runs two minutes of it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dev.demo import grants, notifications
from dev.demo.clock import DatabaseClock, SimulatedClock
from services.notifications.channel.permits import GrantsPermits
from services.notifications.channel.rests import Rests
from services.notifications.facts.channel import Permit
from tests.conftest import Database
from tests.grants.award.change_routes import DECIDED
from tests.journeys.changed_before_it_left import ANNULMENT, Lag, changed, held_letter, lag, left, prepared
from tests.journeys.two_services import Town, town_on

__all__ = ["lag"]
SKEW, MOST_LEFT = timedelta(seconds=60), timedelta(seconds=50)
"""The clock goes on while the machine stands still: most of the minute in which a try may begin is left for it."""
BEGUN = "SELECT count(*) FROM notifications.event WHERE topic = 'letter.sending-begun.v2'"
GRANTED = "SELECT count(*) FROM grants.event WHERE topic = 'permit.granted.v1'"


class Demonstration:
    """Its clock, which the owner of its database sets, and the clocks that its services read it with."""

    def __init__(self, database: Database) -> None:
        self.begins_on = datetime.now(UTC).date() + timedelta(days=1)  # what is prepared is of today
        self.simulated = SimulatedClock(database.migrator_dsn, begins_on=str(self.begins_on))
        self._of = {
            "grants": DatabaseClock(database.service_dsn, grants.CLOCK),
            "notifications": DatabaseClock(database.notifications_dsn, notifications.CLOCK),
        }

    def of(self, service: str) -> Callable[[], datetime]:
        return self._of[service].now

    def set(self, at: datetime) -> None:
        self.simulated._set(at)

    def pass_days(self, days: int) -> None:
        """It is the morning so many days after it began."""
        self.simulated.go_to(str(self.begins_on + timedelta(days=days)))

    def close(self) -> None:
        self.simulated.close()


def count(database: Database, query: str) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        [(found,)] = connection.execute(query.encode()).fetchall()
        return int(found)


@pytest.mark.parametrize(
    ("before_the_edge", "permits"), [(MOST_LEFT, 1), (timedelta(), 2)], ids=["in time", "too late"]
)
def test_a_try_begins_while_its_permit_runs_less_the_skew_and_the_case_waits_for_what_came_of_it(
    database: Database,
    tmp_path: Path,
    free_ports: tuple[int, int],
    lag: Lag,
    monkeypatch: pytest.MonkeyPatch,
    before_the_edge: timedelta,
    permits: int,
) -> None:
    prepared(database)
    demonstration = Demonstration(database)
    ask, asked = GrantsPermits.ask, list[Permit]()

    async def asks(self: GrantsPermits, *told: Any, **more: Any) -> Permit:
        """The first is used as late as the test says."""
        permit = await ask(self, *told, **more)
        asked.append(permit)
        if len(asked) == 1:
            demonstration.set(permit.until - SKEW - before_the_edge)
        return permit

    monkeypatch.setattr(GrantsPermits, "ask", asks)
    monkeypatch.setattr(Rests, "is_over", lambda *_: True)  # or it would look again after a quarter of a minute

    async def story(here: Town, its: Demonstration) -> None:
        case, award = await held_letter(here)
        lag.hold_up("notifications")
        assert (await here.acts_on("ola", "PUT", award, "release", {})).is_success
        await here.comes(award, lambda it: it["state"] == "dispatched")
        assert (left(tmp_path), count(database, BEGUN), count(database, GRANTED)) == (1, 1, permits)
        assert [permit.attempt for permit in asked] == [1] * permits
        its.pass_days(18)  # the year goes on; that a permit is over by its time tells nothing
        refused = await changed(here, case, ANNULMENT)
        assert (refused.status_code, refused.json()["code"]) == (409, "letter-being-sent"), refused.text
        lag.let_pass()
        await here.comes(f"{case}/letter/permit", lambda it: it["outcome"] == "sent")
        refused = await here.acts_on("ola", "PUT", case, "award/changes/approval", DECIDED)
        assert refused.json()["code"] == "prior-warning-missing"

    town_on(demonstration, database, tmp_path, story, free_ports)
