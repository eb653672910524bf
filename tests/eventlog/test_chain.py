"""The chain worked out in Python is the chain the database keeps, and every break in it is found where it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.eventlog.checkpoints.chain import GENESIS, Chain, StoredEvent, link, verify
from tests.conftest import Database

POSTGRES_LINK = """
    SELECT sha256(%(previous)s || int8send(%(position)s)
        || int4send(octet_length(%(stream)s)) || convert_to(%(stream)s, 'UTF8') || int4send(%(version)s)
        || int4send(octet_length(%(topic)s)) || convert_to(%(topic)s, 'UTF8')
        || int4send(octet_length(%(data)s)) || %(data)s
        || int4send(octet_length(%(metadata)s)) || %(metadata)s || timestamptz_send(%(recorded_at)s))
"""
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
rows = st.builds(
    StoredEvent,
    position=st.integers(1, 2**63 - 1),
    stream=words,
    version=st.integers(1, 2**31 - 1),
    topic=words,
    data=st.binary(max_size=300),
    metadata=st.binary(max_size=60),
    recorded_at=instants,
    hash=st.just(b""),
)


def test_python_and_postgresql_work_out_the_same_hash(database: Database) -> None:
    seen = []
    with psycopg.connect(database.service_dsn, autocommit=True) as connection:

        @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(row=rows, previous=st.binary(min_size=32, max_size=32))
        def same(row: StoredEvent, previous: bytes) -> None:
            seen.append(row.stream.isascii())
            given = {name: getattr(row, name) for name in StoredEvent._fields} | {"previous": previous}
            asked = POSTGRES_LINK.replace("%(stream)s", "%(stream)s::text").replace("%(topic)s", "%(topic)s::text")
            typed = asked.replace("%(position)s", "%(position)s::bigint").replace("%(version)s", "%(version)s::integer")
            assert connection.execute(typed.encode(), given).fetchone() == (link(previous, row),)

        same()
    assert {True, False} <= set(seen)


def test_the_same_instant_in_another_time_zone_is_the_same_event() -> None:
    row = log(1)[0]
    moved = row._replace(recorded_at=row.recorded_at.astimezone(timezone(timedelta(hours=2))))
    assert link(GENESIS, moved) == row.hash


def log(length: int) -> list[StoredEvent]:
    """A whole log over three streams."""
    made, previous = [], GENESIS
    for position in range(1, length + 1):
        row = StoredEvent(
            position, f"case-{position % 3}", (position + 2) // 3, "test.moved.v1", b'{"n":%d}' % position, b"{}",
            datetime(2020, 1, 1, tzinfo=UTC) + timedelta(microseconds=position), b"",
        )  # fmt: skip
        previous = link(previous, row)
        made.append(row._replace(hash=previous))
    return made


def found(rows: list[StoredEvent], signed: dict[int, bytes] | None = None) -> list[tuple[int, str]]:
    return [(fault.position, fault.kind) for fault in verify(rows, signed)]


def test_a_whole_log_has_no_fault() -> None:
    assert found(log(20), {20: log(20)[19].hash}) == []
    assert found([]) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row._replace(data=row.data + b" "),
        lambda row: row._replace(metadata=b""),
        lambda row: row._replace(topic="test.moved.v2"),
        lambda row: row._replace(recorded_at=row.recorded_at + timedelta(microseconds=1)),
    ],
)
def test_an_edit_is_found_where_it_is_and_only_there(change: Callable[[StoredEvent], StoredEvent]) -> None:
    rows = log(20)
    rows[6] = change(rows[6])
    assert found(rows) == [(7, "changed")]


def test_two_edits_are_both_found() -> None:
    rows = log(20)
    rows[6], rows[14] = rows[6]._replace(data=b"{}"), rows[14]._replace(data=b"{}")
    assert found(rows) == [(7, "changed"), (15, "changed")]


def test_bytes_moved_from_one_field_to_the_next_are_a_change() -> None:
    rows = log(20)
    rows[6] = rows[6]._replace(data=rows[6].data[:-1], metadata=rows[6].data[-1:] + rows[6].metadata)
    assert found(rows) == [(7, "changed")]


def test_a_deletion_is_found_as_missing_and_as_a_missing_version() -> None:
    rows = log(20)
    del rows[8:10]
    assert found(rows) == [(9, "missing"), (12, "version"), (13, "version")]


def test_a_missing_beginning_is_found() -> None:
    assert found(log(20)[3:])[0] == (1, "missing")


def test_a_cut_tail_is_found_by_what_was_signed_for() -> None:
    assert found(log(20)[:15]) == []
    assert found(log(20)[:15], {20: log(20)[19].hash}) == [(16, "cut")]


def test_swapped_events_are_found_at_both_places() -> None:
    rows = log(20)
    rows[4], rows[10] = rows[10]._replace(position=5), rows[4]._replace(position=11)
    assert {(5, "changed"), (11, "changed")} <= set(found(rows))


def test_a_log_made_anew_agrees_with_itself_and_not_with_what_was_signed_for() -> None:
    honest, previous, forged = log(20), GENESIS, []
    for row in honest:
        row = row._replace(data=b"{}") if row.position == 12 else row
        previous = link(previous, row)
        forged.append(row._replace(hash=previous))
    signed = {position: honest[position - 1].hash for position in (5, 10, 15, 20)}
    assert found(forged) == []
    assert found(forged, signed) == [(11, "rewritten"), (16, "rewritten")]


def test_a_part_of_the_log_is_followed_from_a_hash_that_is_known() -> None:
    rows = log(20)
    chain = Chain({20: rows[19].hash}, after=10, previous=rows[9].hash)
    for row in rows[10:]:
        chain.follow(row)
    assert chain.end() == []
