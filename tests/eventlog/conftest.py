"""A log on a database of its own, with one post and one earmark to move money on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from services.eventlog.command import Command, Outcome
from services.eventlog.events import Event
from services.eventlog.writing.writer import Row, Waiting, Writer
from tests.conftest import Database
from tests.patience import PATIENCE_SECONDS

POST, EARMARK = "2020/291/71", "2020/291/71/ressursmiljo"


@dataclass(frozen=True, kw_only=True)
class Moved(Event, topic="test.moved.v1"):
    """A fact of these tests: something moved money."""

    what: str


@dataclass(frozen=True)
class Bench:
    """A writer and direct sight of what it wrote."""

    database: Database
    writer: Writer

    def send(
        self, stream: str, version: int = 1, *, movements: list[dict[str, Any]] | None = None, **command: Any
    ) -> Outcome:
        """One event on a stream, with what it moves."""
        return self.hand_over(stream, version, movements=movements, **command).caller.result(PATIENCE_SECONDS)

    def hand_over(
        self, stream: str, version: int = 1, *, movements: list[dict[str, Any]] | None = None, **command: Any
    ) -> Waiting:
        effects = (
            {"movements": [{"nth": 1, "line": n, "ground": "test"} | m for n, m in enumerate(movements, 1)]}
            if movements
            else None
        )
        waiting = Waiting(
            Command(actor="kari", **command), [Row(stream, version, "test.moved.v1", b'{"what":"x"}', b"{}")], effects
        )
        self.writer.submit(waiting)
        return waiting

    def ask(self, query: str, *asked: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.admin_dsn, autocommit=True) as connection:
            return connection.execute(query, asked).fetchall()

    def figures(self, fund: str) -> tuple[Any, ...]:
        """(available, committed, disbursed, withheld) of a fund."""
        return self.ask(
            "SELECT available_ore, committed_ore, disbursed_ore, withheld_ore FROM grants.fund WHERE id = %s", fund
        )[0]


def open_funds(writer: Writer, post_ore: int, earmark_ore: int) -> None:
    """A post and an earmark under it, with what is at their disposal from 1 January."""
    funds = [
        {
            "id": POST,
            "parent_id": None,
            "kind": "post",
            "year": 2020,
            "chapter": 291,
            "post": 71,
            "name": "Tilskudd",
            "hard_stop": True,
        },
        {"id": EARMARK, "parent_id": POST, "kind": "earmark", "name": "Ressursmiljø", "hard_stop": True},
    ]
    given = {"day": "2020-01-01", "forced": True, "ground": "allocated", "nth": 1}
    movements = [
        given | {"line": 1, "fund": POST, "available": post_ore, "earmarked": earmark_ore},
        given | {"line": 2, "fund": EARMARK, "available": earmark_ore},
    ]
    effects = {"alone": True, "funds": funds, "movements": movements}
    row = Row("allocation-2020", 1, "test.moved.v1", b'{"what":"letter"}', b"{}")
    outcome = writer.submit(Waiting(Command(actor="kari"), [row], effects)).result(PATIENCE_SECONDS)
    assert outcome.outcome == "recorded", outcome


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    writer = Writer(database.service_dsn, "grants")
    open_funds(writer, post_ore=1_000, earmark_ore=600)
    yield Bench(database, writer)
    writer.close()
