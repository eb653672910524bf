"""A1: the API is killed without a word while commands are under way, and clients send again with the same key.

Half of the kills come at a random moment. The others come while the log's lock is held: the batch that has reached
PostgreSQL is recorded after its sender is dead, and the commands behind it in the queue are lost. So there are always
commands of both kinds whose answer never came.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from operator import le
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import psycopg

from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent, verify
from tests.conftest import Database
from tests.faults.service import (
    APPROVAL,
    INGRID,
    KARI,
    LONG_AGO,
    Running,
    allow_back_dating,
    open_funds,
    proposal,
    running,
    settings_of,
    signed_in,
)
from tests.patience import PATIENCE_SECONDS, wait_until

SEED = 20201102
LOGS_LOCK = "LOCK TABLE grants.log_turn IN SHARE ROW EXCLUSIVE MODE"
AWARD_ORE = 100
PLENTY_ORE = 10**12
ROUNDS = {False: 4, True: 50}
MOST_BETWEEN_KILLS = {False: 60, True: 220}
CLIENTS = 8
OPENING = ("a letter", "a bound that is proposed", "a bound that is confirmed")
PROPOSED = ((1, "award.proposed.v1"),)
APPROVED = ((2, "award.approved.v1"), (3, "decision.back-dated.v1"))
"""What each command leaves on the case: an approval of 2020 says today that it is dated back. One that opens the case
numbers it beside, and the number is in its answer."""


class Desk(Thread):
    """A caseworker's desk and the approver's beside it: one case after the other, each command sent until answered."""

    def __init__(self, service: Running, numbers: "count[int]", closing: Event) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[tuple[str, str], dict[str, Any]] = {}
        self.unanswered: set[tuple[str, str]] = set()
        self._numbers = numbers
        self._closing = closing
        self._client = httpx.Client(base_url=service.address, timeout=PATIENCE_SECONDS)
        self._people = {person: signed_in(service.settings, person) for person in (KARI, INGRID)}

    def run(self) -> None:
        asked = proposal("2020/291/71/ressursmiljo", AWARD_ORE)
        with self._client:
            while not self._closing.is_set():
                number = next(self._numbers)
                opened = self.insist(KARI, "POST", "/v1/cases", f"propose-{number}", asked)
                case, seen = opened.headers["Location"], opened.headers["ETag"]
                self.insist(INGRID, "PUT", f"{case}/award/approval", f"approve-{number}", APPROVAL | LONG_AGO, seen)

    def insist(
        self, person: str, method: str, path: str, key: str, asked: dict[str, Any], seen: str | None = None
    ) -> httpx.Response:
        """The same command under the same key until somebody answers it. Each attempt is marked, so that the log tells
        which of them it recorded."""
        headers = self._people[person] | {"Idempotency-Key": key} | ({"If-Match": seen} if seen else {})
        for attempt in count(1):
            headers["X-Correlation-Id"] = f"attempt-{attempt}"
            try:
                answer = self._client.request(method, path, headers=headers, json=asked)
            except httpx.TransportError:
                self.unanswered.add((person, key))
                time.sleep(0.02)
                continue
            if answer.status_code != 503:
                assert answer.status_code in (200, 201), answer.text
                self.acknowledged[person, key] = answer.json()
                return answer
        raise AssertionError("count() has no end")


@contextmanager
def locked_log(database: Database) -> Iterator[None]:
    """Nothing is appended meanwhile: what has reached the database waits there."""
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(LOGS_LOCK)
        yield


def wait_until_held(database: Database) -> None:
    """Until an append waits for the log's lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = %s AND wait_event_type = 'Lock' AND wait_event = 'relation'"
    )
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        wait_until(lambda: connection.execute(waiting, (database.name,)).fetchone(), lambda it: it != (0,))


def kill(service: Running, database: Database, chance: random.Random) -> None:
    """Kills and starts again. With the lock held, it is let go before or after the new process is up."""
    if chance.random() < 0.5:
        service.kill()
        service.start()
        service.wait_ready()
        return
    with locked_log(database):
        wait_until_held(database)
        time.sleep(0.02)  # the others come to wait behind it in the queue
        service.kill()
        service.start()
        if chance.random() < 0.5:
            service.wait_ready()
            wait_until_held(database)
    service.wait_ready()


@dataclass(frozen=True)
class Kept:
    """What the log keeps of one command: its events, and the attempt that was recorded."""

    events: list[tuple[str, int, str]]
    attempt: str


def recorded(database: Database) -> dict[tuple[str, str], Kept]:
    """The commands of the log, by who asked and the key."""
    query = """
        SELECT c.actor, c.key, e.stream, e.version, e.topic,
               convert_from(e.metadata, 'UTF8')::jsonb ->> 'correlation_id'
        FROM grants.command c JOIN grants.event e ON e.position BETWEEN c.first_position AND c.last_position
        WHERE c.key IS NOT NULL ORDER BY e.position
    """
    kept: dict[tuple[str, str], Kept] = {}
    with psycopg.connect(database.admin_dsn) as connection:
        for actor, key, stream, version, topic, attempt in connection.execute(query):
            kept.setdefault((actor, key), Kept([], attempt)).events.append((stream, version, topic))
    return kept


def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(
    database: Database, tmp_path: Path, long: bool
) -> None:
    print(f"seed {SEED}, {ROUNDS[long]} rounds")
    chance = random.Random(SEED)
    open_funds(database, post_ore=PLENTY_ORE, ressursmiljo=PLENTY_ORE)
    allow_back_dating(database)
    closing, numbers = Event(), count(1)
    with running(settings_of(database, tmp_path), tmp_path) as service:
        desks = [Desk(service, numbers, closing) for _ in range(CLIENTS)]
        for desk in desks:
            desk.start()
        for _ in range(ROUNDS[long]):
            enough = answered(desks) + chance.randrange(20, MOST_BETWEEN_KILLS[long])
            wait_until(partial(went_on, desks), partial(le, enough))
            kill(service, database, chance)
        closing.set()
        for desk in desks:
            desk.join(PATIENCE_SECONDS)
            assert not desk.is_alive(), "a client never got its answer"
    check_whole(database, desks)
    assert answered(desks) >= 5_000 or not long


def went_on(desks: list[Desk]) -> int:
    """How many are answered, while everybody still asks."""
    assert all(desk.is_alive() for desk in desks)
    return answered(desks)


def answered(desks: list[Desk]) -> int:
    return sum(len(desk.acknowledged) for desk in desks)


def check_whole(database: Database, desks: list[Desk]) -> None:
    """Every acknowledged command has its events, once; there are no others; the chain and the funds hold."""
    acknowledged = {command: answer for desk in desks for command, answer in desk.acknowledged.items()}
    kept = recorded(database)
    check_the_kills_hit(set[tuple[str, str]]().union(*(desk.unanswered for desk in desks)), kept)
    assert kept.keys() == acknowledged.keys()
    for (person, key), answer in acknowledged.items():
        told = PROPOSED if person == KARI else APPROVED
        year, _, number = answer["case_number"].partition("/")
        numbered = [(f"numbers-{year}", int(number), "case.numbered.v1")] if person == KARI else []
        assert kept[person, key].events == [(f"case-{answer['case_id']}", *each) for each in told] + numbered, key

    opened = [answer["case_number"] for (person, _), answer in acknowledged.items() if person == KARI]
    assert sorted(int(each.partition("/")[2]) for each in opened) == [*range(1, len(opened) + 1)], "no gap, none twice"

    with psycopg.connect(database.admin_dsn) as connection:
        events = connection.execute(f"SELECT {COLUMNS} FROM grants.event ORDER BY position").fetchall()
        funds = connection.execute("SELECT committed_ore FROM grants.fund WHERE kind IN ('post', 'earmark')").fetchall()
    assert len(events) == len(OPENING) + sum(len(each.events) for each in kept.values())
    assert verify(StoredEvent(*event) for event in events) == []
    approvals = sum(person == INGRID for person, _ in acknowledged)
    assert funds == [(approvals * AWARD_ORE,)] * 2


def check_the_kills_hit(unanswered: set[tuple[str, str]], kept: dict[tuple[str, str], Kept]) -> None:
    """The control: some commands were recorded though nobody was told, and some were lost and had to be sent again.
    A client with a key of its own for each attempt would have done the first twice; one that gave up, lost the others.
    """
    recorded_untold = [command for command in unanswered if kept[command].attempt == "attempt-1"]
    print(f"{len(kept)} acknowledged; recorded but untold {len(recorded_untold)}, in all unanswered {len(unanswered)}")
    assert 0 < len(recorded_untold) < len(unanswered)
