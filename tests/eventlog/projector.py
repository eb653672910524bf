"""What the tests of projector build, for other tests to use as well."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Connection, Engine, create_engine

from services.eventlog.projections.projection import Edition
from services.eventlog.projections.projector import Projector
from services.eventlog.recorded import Recorded
from services.grants.case_view.list_projection import Cases
from services.grants.case_view.list_row import CaseRow
from services.grants.case_view.listing import list_cases
from tests.conftest import Database
from tests.patience import wait_until


@dataclass
class Watched(Cases):
    """The list of cases, with something that happens before each batch."""

    version: int = Cases.version
    before: Callable[[Sequence[Recorded]], object] = len
    seen: list[int] = field(default_factory=list)

    def project(self, connection: Connection, edition: int, facts: Sequence[Recorded]) -> None:
        self.before(facts)
        self.seen += [fact.position for fact in facts]
        super().project(connection, edition, facts)


def engine_of(database: Database) -> Engine:
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.service_dsn), pool_size=2)


def projector(engine: Engine, cases: Cases | None = None, **settings: float) -> Projector:
    quick: dict[str, float] = {"first_pause_seconds": 0.001, "longest_pause_seconds": 0.002} | settings
    return Projector(engine, cases or Cases(), schema="grants", views="grants_view", **quick)  # type: ignore[arg-type]


def catch_up(following: Projector) -> None:
    """Step until the live edition holds the whole log."""

    def behind() -> tuple[list[int], int]:
        following.step()
        with following.engine.begin() as connection:
            live = [edition for edition in following.editions.list_all(connection) if edition.state == "live"]
            head = connection.exec_driver_sql("SELECT coalesce(max(position), 0) FROM grants.event").scalar_one()
        return [edition.position for edition in live], head

    wait_until(behind, lambda them: them[0] == [them[1]], look_seconds=0.003)


def editions(engine: Engine) -> list[Edition]:
    with engine.begin() as connection:
        return projector(engine).editions.list_all(connection)


def listed(database: Database, **asked: Any) -> Sequence[CaseRow]:
    async def ask() -> Sequence[CaseRow]:
        async with AsyncConnectionPool(database.reader_dsn, min_size=1, max_size=1) as pool:
            return await list_cases(pool, **{"year": 2020, **asked})

    return asyncio.run(ask())
