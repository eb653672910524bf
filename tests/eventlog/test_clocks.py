"""Time does not run away: nothing is recorded while the clocks disagree, and a log that ran ahead can go on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from prometheus_client import CollectorRegistry

from dev.verifying.log import verify as verify_log
from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent, link, verify
from services.eventlog.epoch.events import ClockCorrected
from services.eventlog.mapper import decode
from services.eventlog.writing.clocks import ClocksApart
from services.eventlog.writing.writer import Writer
from tests.conftest import Database
from tests.eventlog.clocks import DIGEST, NOW, SKEW, Clocks, ran_away, stamps
from tests.eventlog.conftest import Bench
from tests.patience import PATIENCE_SECONDS

ONE_PERSON = ("siri", " SIRI ", "si ri", "si\N{ZERO WIDTH SPACE}ri", "\N{SOFT HYPHEN}siri", "ｓｉｒｉ")


@pytest.fixture
def clocks(database: Database) -> Iterator[Clocks]:
    clocks = Clocks(database)
    yield clocks
    clocks.owner.close()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def bench(database: Database, clocks: Clocks, registry: CollectorRegistry) -> Iterator[Bench]:
    writer = Writer(database.service_dsn, "grants", now=lambda: clocks.said, registry=registry)
    yield Bench(database, writer)
    writer.close()


@pytest.mark.parametrize("apart", [SKEW, -SKEW, timedelta()])
def test_a_minute_between_clocks_is_borne(bench: Bench, clocks: Clocks, apart: timedelta) -> None:
    clocks.set(NOW, said=NOW + apart)
    assert bench.send("case-a").outcome == "recorded"
    assert stamps(bench) == [NOW]


@pytest.mark.parametrize("beyond", [timedelta(microseconds=1), timedelta(days=365)])
@pytest.mark.parametrize("sign", [1, -1])
def test_more_than_a_minute_records_nothing_and_is_counted(
    bench: Bench, clocks: Clocks, registry: CollectorRegistry, beyond: timedelta, sign: int
) -> None:
    clocks.set(NOW, said=NOW + sign * (SKEW + beyond))
    with pytest.raises(ClocksApart) as refused:
        bench.send("case-a")
    assert (refused.value.status, refused.value.code) == (503, "clocks-apart")
    assert bench.ask("SELECT (SELECT count(*) FROM grants.event), (SELECT count(*) FROM grants.command)") == [(0, 0)]
    assert registry.get_sample_value("tilsagn_appends_untimely_total") == 1
    clocks.set(NOW)
    assert bench.send("case-a").outcome == "recorded"


def test_a_node_whose_clock_is_a_year_ahead_stamps_nothing(bench: Bench, clocks: Clocks) -> None:
    """Once it did, every later fact was stamped a year ahead, for ever."""
    bench.send("case-a")
    clocks.set(NOW + timedelta(days=365), said=NOW)
    with pytest.raises(ClocksApart):
        bench.send("case-b")
    clocks.set(NOW + timedelta(seconds=1))
    bench.send("case-b")
    assert stamps(bench) == [NOW, NOW + timedelta(seconds=1)]


def test_a_log_that_ends_ahead_of_both_clocks_takes_nothing(bench: Bench, clocks: Clocks) -> None:
    bench.send("case-a")
    clocks.set(NOW - SKEW)
    assert bench.send("case-b").outcome == "recorded"
    assert stamps(bench) == [NOW, NOW]
    clocks.set(NOW - SKEW - timedelta(microseconds=1))
    with pytest.raises(ClocksApart):
        bench.send("case-c")
    clocks.set(NOW - SKEW - timedelta(microseconds=1), said=NOW - SKEW)
    assert bench.send("case-c").outcome == "recorded"


def test_others_taking_their_time_is_no_disagreement_of_clocks(database: Database) -> None:
    """The clock is read before the log's lock is waited for; here on the machine's own, and a skew of a moment."""
    with psycopg.connect(database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        owner.execute(
            "CREATE OR REPLACE FUNCTION grants.allowed_skew() RETURNS interval LANGUAGE sql IMMUTABLE"
            " AS $$ SELECT interval '0.4 seconds' $$"
        )
    writer = Writer(database.service_dsn, "grants")
    bench = Bench(database, writer)
    bench.send("case-a")
    with psycopg.connect(database.service_dsn) as other:
        other.execute("SELECT * FROM grants.recall(ARRAY[]::uuid[])")
        waiting = bench.hand_over("case-b")
        with pytest.raises(TimeoutError):
            waiting.caller.result(1.2)
    assert waiting.caller.result(PATIENCE_SECONDS).outcome == "recorded"
    writer.close()


def test_two_people_let_time_go_on_from_where_it_truly_is(bench: Bench, clocks: Clocks) -> None:
    ran_away(bench, clocks)
    assert clocks.correct(3) == 5
    bench.send("case-e")
    later = NOW + timedelta(hours=1)
    assert stamps(bench) == [NOW, NOW, NOW + timedelta(days=365), NOW + timedelta(days=365), later, later]
    [(topic, data)] = bench.ask("SELECT topic, data FROM grants.event WHERE stream = 'log'")
    assert decode(topic, data) == ClockCorrected(
        ran_from=3, ran_to=4, head_at=NOW + timedelta(days=365), reason="Tidstjeneren gikk foran.",
        document_sha256=DIGEST, asked_by="siri", confirmed_by="liv",
    )  # fmt: skip
    rows = [StoredEvent(*row) for row in bench.ask(f"SELECT {COLUMNS} FROM grants.event ORDER BY position")]
    assert verify(rows) == []


def test_what_was_known_at_an_instant_is_known_at_it_still(bench: Bench, clocks: Clocks) -> None:
    bench.send("case-a")
    clocks.set(NOW + timedelta(minutes=10))
    bench.send("case-b")
    known = [(NOW, 1), (NOW + timedelta(minutes=5), 1), (NOW + timedelta(minutes=10), 2)]
    for at, position in known:
        assert bench.ask("SELECT grants.position_at(%s)", at) == [(position,)]
    clocks.set(NOW + timedelta(days=365))
    bench.send("case-c")
    clocks.set(NOW + timedelta(hours=1))
    clocks.correct(3)
    bench.send("case-d")
    for at, position in known:
        assert bench.ask("SELECT grants.position_at(%s)", at) == [(position,)]
    assert bench.ask("SELECT grants.position_at(%s)", NOW + timedelta(hours=1)) == [(5,)]


@pytest.mark.parametrize(
    ("ran_from", "other", "says"),
    [
        (4, {}, "what stands before position 4"),
        (0, {}, "what stands before position 0"),
        (9, {}, "what stands before position 9"),
        *((3, {"confirmed_by": spelling}, "same-person-twice: siri") for spelling in ONE_PERSON),
        (3, {"reason": " "}, "two people"),
        (3, {"reason": "\N{ZERO WIDTH SPACE}\N{HANGUL FILLER}"}, "two people"),
        (3, {"confirmed_by": "\N{WORD JOINER}"}, "two people"),
        (3, {"document": "ab"}, "two people"),
        (3, {"document": None}, "two people"),
    ],
)
def test_a_correction_that_is_none_is_refused(
    bench: Bench, clocks: Clocks, ran_from: int, other: dict[str, Any], says: str
) -> None:
    ran_away(bench, clocks)
    with pytest.raises(psycopg.errors.RaiseException, match=says):
        clocks.correct(ran_from, **other)


@pytest.mark.parametrize("spelling", ONE_PERSON)
def test_a_correction_by_one_person_is_found_however_it_was_recorded(
    bench: Bench, clocks: Clocks, spelling: str
) -> None:
    """By an owner who goes round the function that refuses it."""
    bench.send("case-a")
    said = (
        "SELECT grants.tell_of_log(%(asked_by)s, 'log.clock-corrected.v1', jsonb_build_object('ran_from', 1,"
        " 'ran_to', 1, 'head_at', '2020-05-04T08:00:00Z', 'reason', 'x', 'document_sha256', %(document)s::text,"
        " 'asked_by', %(asked_by)s::text, 'confirmed_by', %(confirmed_by)s::text), %(at)s)"
    )
    asked = {"document": DIGEST, "asked_by": "siri", "at": NOW}
    clocks.owner.execute(said, asked | {"confirmed_by": "liv"})
    found = clocks.owner.execute(said, asked | {"confirmed_by": spelling}).fetchone()
    assert found is not None
    faults = verify_log(bench.database.admin_dsn, None, None)[1]
    assert [fault.position for fault in faults if fault.kind == "duties"] == [found[0]]


def test_nothing_is_corrected_while_clocks_disagree_or_when_time_has_not_run_away(bench: Bench, clocks: Clocks) -> None:
    bench.send("case-a")
    with pytest.raises(psycopg.errors.RaiseException, match="nothing to correct"):
        clocks.correct(1)
    clocks.set(NOW - timedelta(days=1), said=NOW)
    with pytest.raises(psycopg.errors.RaiseException, match="set the clocks right first"):
        clocks.correct(1)


def test_only_the_owner_corrects_and_only_the_owner_speaks_for_the_log(bench: Bench) -> None:
    assert bench.send("log").outcome == "refused"
    asked = "SELECT grants.correct_clock(1, 'x', %s, 'siri', 'liv', now())"
    for dsn in (bench.database.service_dsn, bench.database.reader_dsn):
        with psycopg.connect(dsn) as service, pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute(asked, (DIGEST,))


def test_time_that_goes_back_by_nobodys_word_is_found(bench: Bench) -> None:
    bench.send("case-a")
    bench.send("case-b")
    rows = [StoredEvent(*row) for row in bench.ask(f"SELECT {COLUMNS} FROM grants.event ORDER BY position")]
    assert verify(rows) == []
    back = [rows[0], rows[1]]
    back[1] = back[1]._replace(recorded_at=back[1].recorded_at - timedelta(microseconds=1))
    back[1] = back[1]._replace(hash=link(back[0].hash, back[1]))
    assert [(fault.position, fault.kind) for fault in verify(back)] == [(2, "time")]
