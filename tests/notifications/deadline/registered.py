"""The service at the office, with the register of deadlines brought up to the log whenever it is asked."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from services.eventlog.projections.projector import Projector
from services.httpapi.callers.caller import Role
from services.notifications.deadline.events import DeadlinesHeard, HeardDeadline
from services.notifications.deadline.view import Register
from tests.conftest import Database
from tests.faults.service import signed_in
from tests.notifications.office import Office, at_the_office

ANNE = "anne"
CASE = UUID("3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b")
INSTALMENT = HeardDeadline(
    key="instalment-1", kind="instalment", state="due", due_on=date(2020, 3, 20), role="attestor",
    what="Utbetaling av termin 1", part=1, fund_id="2020/291/62/jobbsjansen", scheme_id="jobbsjansen-2020",
    amount_ore=100,
)  # fmt: skip
ASSIGNMENT = HeardDeadline(
    key="assignment-0-2020-001-1", kind="assignment", state="due", due_on=date(2020, 6, 1), role="controller",
    what="Utrede en ordning", letter_number=0, assignment="2020-001", cite="4.1",
)  # fmt: skip


def of_case(*deadlines: HeardDeadline) -> DeadlinesHeard:
    return DeadlinesHeard(case_id=CASE, case_number="2020/17", year=None, deadlines=deadlines)


def of_year(*deadlines: HeardDeadline) -> DeadlinesHeard:
    return DeadlinesHeard(case_id=None, case_number=None, year=2020, deadlines=deadlines)


@contextmanager
def engine_of(database: Database) -> Iterator[Engine]:
    """As the service's own role."""
    dsn = database.notifications_dsn
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def follow(database: Database) -> None:
    """The register, up to the end of the log."""
    with engine_of(database) as engine:
        following = Projector(engine, Register(), schema="notifications", views="notifications_view")
        while following.step():
            pass
        assert following.replay_parked() == 0


class Registry(Office):
    """Who asks what is due."""

    database: Database

    def hears(self, stream: str, *events: DeadlinesHeard) -> None:
        """What grants tells."""
        self.world.record(stream, *events)

    async def list(self, query: str = "", person: str = "kari") -> list[dict[str, Any]]:
        """What the list says, once the register has followed."""
        follow(self.database)
        answer = await self.asks(person, "GET", f"/v1/deadlines{query}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def controls(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A controller's request, and its answer."""
        signed = signed_in(self.settings, ANNE, Role.controller)
        signed |= {"Idempotency-Key": f"key-{next(self.keys)}"} if method != "GET" else {}
        return await self.client.request(method, path, json=body, headers=signed | headers)


def at_the_registry(database: Database, folder: Path, story: Callable[[Registry], Awaitable[None]]) -> None:
    """Play the story."""
    kind = type("At", (Registry,), {"database": database})
    at_the_office(database, folder, story, kind=kind)
