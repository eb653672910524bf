"""The number of a case is given by PostgreSQL in the transaction that opens it: a fact, a row, and never twice."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from services.calendar.clock import OSLO
from services.eventlog.command import Command, Outcome
from services.eventlog.writing.writer import Row, Waiting, Writer
from tests.conftest import Database
from tests.patience import PATIENCE_SECONDS

NUMBERED = "case.numbered.v1"
ANSWER = b'{"status": 201, "body": {"case_number": null, "note": "\\"case_number\\": null"}}'


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    made = Writer(database.service_dsn, "grants")
    yield made
    made.close()


def opens(*cases: UUID, version: int = 1, **command: Any) -> Waiting:
    rows = [Row(f"case-{case}", version, "test.moved.v1", b'{"what":"x"}', b'{"actor":"kari"}') for case in cases]
    return Waiting(Command(actor="kari", **command), rows, None)


def sends(writer: Writer, waiting: Waiting) -> Outcome:
    return writer.submit(waiting).result(PATIENCE_SECONDS)


def ask(database: Database, query: str, *asked: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.reader_dsn) as connection:
        return connection.execute(query.encode(), asked).fetchall()


def numbers(database: Database) -> dict[UUID, tuple[int, int]]:
    rows = ask(database, "SELECT case_id, year, number FROM grants.case_number")
    return {row[0]: (row[1], row[2]) for row in rows}


def year_now() -> int:
    return datetime.now(OSLO).year


def test_the_command_that_opens_a_case_ends_with_its_number_and_answers_it(database: Database, writer: Writer) -> None:
    case = uuid4()
    outcome = sends(writer, opens(case, answer=ANSWER))
    year = year_now()
    assert (outcome.first_position, outcome.last_position) == (1, 2)
    assert outcome.answer == ANSWER.replace(b": null,", f': "{year}/1",'.encode(), 1)
    [(stream, version, data, metadata)] = ask(
        database,
        "SELECT stream, version, data, metadata FROM grants.event WHERE position = 2 AND topic = %s",
        NUMBERED,
    )
    assert (stream, version, metadata) == (f"numbers-{year}", 1, b'{"actor":"kari"}')
    assert data == f'{{"year":{year},"first":1,"case_ids":["{case}"]}}'.encode()
    assert ask(database, "SELECT case_id, label, position FROM grants.case_number") == [(case, f"{year}/1", 2)]
    assert sends(writer, opens(case, version=2)).last_position == 3, "only the first fact of a case opens it"
    assert numbers(database) == {case: (year, 1)}


def test_a_thousand_cases_of_one_command_share_one_fact(database: Database, writer: Writer) -> None:
    first, *others = [uuid4() for _ in range(1_001)]
    sends(writer, opens(first))
    outcome = sends(writer, opens(*others))
    assert outcome.last_position == 2 + 1_001
    told = ask(database, "SELECT data FROM grants.event WHERE topic = %s ORDER BY position DESC LIMIT 1", NUMBERED)
    fact = json.loads(told[0][0])
    assert (fact["first"], fact["case_ids"]) == (2, [str(case) for case in others])
    assert numbers(database) == {case: (year_now(), nth) for nth, case in enumerate((first, *others), 1)}


def test_what_is_refused_takes_no_number_and_a_repeat_gets_the_first(database: Database, writer: Writer) -> None:
    one, two, three = uuid4(), uuid4(), uuid4()
    first = sends(writer, opens(one, key="k", request_hash=b"asked", answer=ANSWER))
    together = [
        opens(one, two),  # one of them is open
        opens(uuid4(), key="k", request_hash=b"asked"),
        opens(three, answer=ANSWER),
        opens(uuid4(), version=2),
    ]
    with psycopg.connect(database.admin_dsn) as holding:
        holding.execute("LOCK TABLE grants.log_turn IN SHARE ROW EXCLUSIVE MODE")
        waiting = [writer.submit(each) for each in together]
    outcomes = [each.result(PATIENCE_SECONDS) for each in waiting]
    assert [each.outcome for each in outcomes] == ["stale", "repeated", "recorded", "stale"]
    assert outcomes[1].answer == first.answer
    assert f'"{year_now()}/2"'.encode() in (outcomes[2].answer or b"")
    assert numbers(database) == {one: (year_now(), 1), three: (year_now(), 2)}
    assert sends(writer, opens(two)).outcome == "recorded"
    assert numbers(database)[two] == (year_now(), 3)


def test_sixteen_writers_give_each_case_its_own_number_without_a_gap(database: Database) -> None:
    """Each opens cases alone and several at once, and tries to open again what another has."""
    cases = [[[uuid4() for _ in range(1 + nth % 3)] for nth in range(6)] for _ in range(16)]
    taken = uuid4()

    def write(mine: list[list[UUID]]) -> list[str]:
        writer = Writer(database.service_dsn, "grants")
        try:
            waiting = [writer.submit(opens(*each)) for each in mine]
            waiting.append(writer.submit(opens(uuid4(), taken)))
            return [each.result(PATIENCE_SECONDS).outcome for each in waiting]
        finally:
            writer.close()

    with ThreadPoolExecutor(16) as pool:
        outcomes = [outcome for each in pool.map(write, cases) for outcome in each]
    given = numbers(database)
    assert outcomes.count("recorded") == 16 * 6 + 1
    assert outcomes.count("stale") == 15
    assert {case for mine in cases for each in mine for case in each} | {taken} <= given.keys()
    assert sorted(given.values()) == [(year_now(), nth) for nth in range(1, len(given) + 1)]
    assert len(given) == 16 * 12 + 2


@pytest.mark.parametrize(
    ("clock", "number"),
    [
        ("2020-12-31 23:00:00+00", (2021, 1)),
        ("2020-12-31 22:59:59+00", (2020, 1)),
        ("2020-06-30 22:30:00+00", (2020, 1)),
    ],
)
def test_the_year_is_that_of_the_day_in_norway(database: Database, clock: str, number: tuple[int, int]) -> None:
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" SET search_path = pg_catalog, pg_temp AS $$ SELECT timestamptz '{clock}' $$".encode()
        )
    writer = Writer(database.service_dsn, "grants", now=lambda: datetime.fromisoformat(clock))
    case = uuid4()
    try:
        assert sends(writer, opens(case)).outcome == "recorded"
    finally:
        writer.close()
    assert numbers(database) == {case: number}


def test_nobody_gives_a_number_but_the_log_and_none_is_changed(database: Database, writer: Writer) -> None:
    sends(writer, opens(uuid4()))
    fact = Row(f"numbers-{year_now()}", 2, NUMBERED, b'{"year":2020,"first":9,"case_ids":[]}', b"{}")
    assert sends(writer, Waiting(Command(actor="kari"), [fact], None)).outcome == "refused"
    for way_in, refused in ((database.service_dsn, "permission denied"), (database.admin_dsn, "never changed")):
        for change in (
            "UPDATE grants.case_number SET number = 2",
            "DELETE FROM grants.case_number",
            "TRUNCATE grants.case_number",
        ):
            with psycopg.connect(way_in) as connection, pytest.raises(psycopg.Error, match=refused):
                connection.execute(change.encode())
    another = "INSERT INTO grants.case_number (year, number, case_id, position) VALUES (%s, 1, %s, 1)"
    with psycopg.connect(database.admin_dsn) as owner, pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute(another, (year_now(), uuid4()))
