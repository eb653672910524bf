"""A4: the connection to the database is cut before a commit, in the middle of a command, or after the commit.

Nothing is recorded twice, nothing that was answered is lost, and every caller gets an answer.
"""

import asyncio
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path
from threading import Thread
from uuid import UUID

import httpx
import psycopg
import pytest

from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent, verify
from services.eventlog.command import Command, Outcome
from services.eventlog.writing.writer import AnswerLost, Row, Waiting, Writer, WriterClosed
from services.httpapi.app import service
from services.httpapi.callers.admission import open_to_all
from services.httpapi.callers.bearer import Callers
from services.httpapi.route import Router
from tests.conftest import Database
from tests.faults.cutting import line
from tests.faults.service import KARI, open_funds, proposal, serving, settings_of, signed_in
from tests.in_process import InProcess
from tests.kept_pools import soon_given_up
from tests.patience import PATIENCE_SECONDS, until, wait_until

SEED = 20201102
COMMANDS = {False: 150, True: 2_000}
CUTS = {"before": 0.05, "half": 0.05, "after": 0.1}
SENDERS = 4


def command(number: int) -> Waiting:
    """One event on a stream of its own."""
    row = Row(f"case-{UUID(int=number)}", 1, "award.returned.v1", b'{"reason":"-","returned_by":"kari"}', b"{}")
    return Waiting(Command(actor=KARI, key=f"key-{number}"), [row], None)


def held(writer: Writer) -> "Future[Outcome]":
    """A command the writer is busy with, so that the next ones wait behind it and leave together."""
    first = writer.submit(command(0))
    wait_until(first.running)
    return first


def log_of(database: Database) -> list[StoredEvent]:
    with psycopg.connect(database.admin_dsn) as connection:
        return [
            StoredEvent(*row) for row in connection.execute(f"SELECT {COLUMNS} FROM grants.event ORDER BY position")
        ]


def test_a_cut_connection_loses_nothing_and_doubles_nothing(database: Database, long: bool) -> None:
    print(f"seed {SEED}, {COMMANDS[long]} commands")
    commands = [command(number) for number in range(COMMANDS[long])]

    def send(mine: list[Waiting]) -> None:
        for waiting in mine:
            writer.submit(waiting).result(PATIENCE_SECONDS)

    with line(database.service_dsn, seed=SEED, **CUTS) as through:
        writer = Writer(through.dsn, "grants")
        senders = [Thread(target=send, args=(commands[nth::SENDERS],), daemon=True) for nth in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(PATIENCE_SECONDS)
        assert all(waiting.caller.done() for waiting in commands), "a caller was left waiting"
        writer.close()
        print(dict(through.done))
        assert through.done.keys() == CUTS.keys(), "nothing was cut: this run shows nothing"

    outcomes = [waiting.caller.result() for waiting in commands]
    assert {outcome.outcome for outcome in outcomes} <= {"recorded", "repeated"}
    events = log_of(database)
    assert verify(events) == []
    assert len(events) == len(commands)
    for waiting, outcome in zip(commands, outcomes, strict=True):
        assert outcome.command_id == waiting.command.id
        assert outcome.first_position is not None
        assert events[outcome.first_position - 1].stream == waiting.rows[0].stream


def test_a_command_sent_anew_after_a_cut_would_be_there_twice_without_its_id(database: Database) -> None:
    """The control: the cut after the commit is real. Whoever guesses that nothing was recorded, records it again."""
    with line(database.service_dsn, after=1.0) as through:
        for attempt in range(2):
            guessing = Writer(through.dsn, "grants", recall_seconds=0)
            with pytest.raises(AnswerLost):
                guessing.submit(command(attempt)).result(PATIENCE_SECONDS)
            guessing.close()
    assert len(log_of(database)) == 2


def test_commands_that_wait_while_the_database_is_away_are_recorded_when_it_is_back(database: Database) -> None:
    with line(database.service_dsn) as through:
        writer = Writer(through.dsn, "grants")
        assert writer.submit(command(0)).result(PATIENCE_SECONDS).outcome == "recorded"
        through.sever()
        waiting = [command(number) for number in range(1, 100)]
        callers = [writer.submit(each) for each in waiting]
        assert not wait(callers, timeout=0.5).done
        through.mend()
        assert {caller.result(PATIENCE_SECONDS).outcome for caller in callers} == {"recorded"}
        writer.close()
    assert len(log_of(database)) == 100


def test_every_caller_is_told_when_the_database_does_not_come_back(database: Database) -> None:
    with line(database.service_dsn) as through:
        writer = Writer(through.dsn, "grants", recall_seconds=0.3)
        through.sever()
        callers = [writer.submit(command(number)) for number in range(100)]
        assert all(isinstance(caller.exception(PATIENCE_SECONDS), AnswerLost) for caller in callers)
        through.mend()
        assert writer.submit(command(0)).result(PATIENCE_SECONDS).outcome == "recorded"
        writer.close()
    with pytest.raises(WriterClosed):
        writer.submit(command(1))


def test_a_caller_who_went_away_takes_nobody_along(database: Database) -> None:
    with line(database.service_dsn) as through:
        writer = Writer(through.dsn, "grants")
        through.sever()
        first = held(writer)
        behind = [command(number) for number in range(1, 10)]
        callers: list[Future[Outcome]] = [writer.submit(each) for each in behind]
        assert callers[4].cancel()
        through.mend()
        answered = [first, *(caller for caller in callers if not caller.cancelled())]
        assert {caller.result(PATIENCE_SECONDS).outcome for caller in answered} == {"recorded"}
        writer.close()
    assert len(log_of(database)) == 9


def test_what_cannot_even_be_sent_fails_alone(database: Database) -> None:
    with line(database.service_dsn) as through:
        writer = Writer(through.dsn, "grants")
        through.sever()
        held(writer)
        commands = [command(number) for number in range(1, 21)]
        commands[7] = replace(commands[7], command=Command(actor=KARI, key="a\0b"))
        commands[9] = replace(commands[9], command=Command(actor=KARI, key="\ud800"))
        commands[11] = replace(commands[11], effects={"movements": [{"fund": "a\0b", "nth": 1}]})
        callers = [writer.submit(each) for each in commands]
        through.mend()
        wait(callers, timeout=PATIENCE_SECONDS)
        failed = [nth for nth, caller in enumerate(callers) if caller.exception() is not None]
        assert failed == [7, 9, 11]
        writer.close()
    assert len(log_of(database)) == 18


@pytest.mark.parametrize("failure", [AnswerLost(), WriterClosed()])
def test_a_command_whose_fate_is_not_known_is_answered_503_with_the_time_to_try_again(failure: Exception) -> None:
    router = Router()

    @router.post("/v1/commands", dependencies=[open_to_all])
    async def fail() -> None:
        raise failure

    async def asked() -> httpx.Response:
        app = service("commands", "1", routers=[router], callers=Callers([]))
        async with httpx.AsyncClient(transport=InProcess(app), base_url="http://tilsagn.test") as client:
            return await client.post("/v1/commands")

    answer = asyncio.run(asked())
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "Idempotency-Key" in answer.json()["detail"]


def test_a_service_without_its_database_says_so_and_goes_on_when_it_is_back(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, ressursmiljo=1_000)

    async def story() -> None:
        with line(database.service_dsn) as through:
            settings = replace(settings_of(database, tmp_path), database_url=through.dsn)
            who = signed_in(settings, KARI) | {"Idempotency-Key": "once"}
            asked = proposal("2020/291/71/ressursmiljo", 100)
            async with serving(settings) as (_, client):
                assert (await client.get("/internal/isready")).status_code == 200
                through.sever()
                with soon_given_up():
                    away = await client.post("/v1/cases", json=asked, headers=who)
                    assert away.status_code == 503, away.text
                    assert away.headers["Retry-After"]
                    assert (await client.get("/internal/isready")).status_code == 503
                assert (await client.get("/internal/isalive")).status_code == 200
                through.mend()
                again = await until(
                    lambda: client.post("/v1/cases", json=asked, headers=who), lambda it: it.status_code != 503
                )
                assert again.status_code == 201, again.text
                assert (await client.get("/internal/isready")).status_code == 200

    asyncio.run(story())
    assert [event.topic for event in log_of(database)] == [
        "allocation.letter-registered.v1",
        "award.proposed.v1",
        "case.numbered.v1",
    ]
