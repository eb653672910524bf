"""What is told of deadlines, by the database's clock: each alert once, none early, the latest alone after a pause; and
none of what no longer waits."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.log import Log
from services.notifications.deadline.alerts import alerts_of
from services.notifications.deadline.events import ThresholdsSet
from services.notifications.deadline.listing import DeadlineRow
from services.notifications.deadline.sweep import TOGETHER, Alerting
from services.notifications.deadline.thresholds import Thresholds
from services.notifications.receiver.outbox import OF_DEADLINES, Outgoing
from tests.conftest import Database
from tests.notifications.deadline.registered import (
    ASSIGNMENT,
    CASE,
    INSTALMENT,
    Registry,
    at_the_registry,
    follow,
    of_case,
    of_year,
)
from tests.notifications.deadline.sweep import TOLD, Watch, keep_promise, watch
from tests.notifications.office import INGRID, MINISTRY
from tests.notifications.world import held, letter
from tests.notifications.world import id_of as named

STREAM, YEAR = f"deadlines-{CASE}", "deadlines-2020"
AHEAD = "SELECT min(look_at) FROM notifications_view.deadline_timer WHERE look_at > '-infinity'"


def test_over_two_years_each_alert_is_told_once_and_never_early(database: Database) -> None:
    """Across both changes of the clock, two Easters, and a week in which nobody looked. At each timer, and the moment
    before it."""

    async def story(watch: Watch) -> None:
        days = [date(2020, 3, 29), date(2020, 4, 14), date(2020, 10, 25), date(2021, 4, 6), date(2021, 10, 31)]
        watch.world.record(
            STREAM, of_case(*(replace(INSTALMENT, key=f"instalment-{n}", due_on=day) for n, day in enumerate(days)))
        )
        away = datetime(2020, 10, 22, 6, tzinfo=UTC)
        met: set[int] = set()
        while True:
            await watch.look()
            ahead = watch.asked(AHEAD)[0][0]
            if ahead is None or ahead > datetime(2022, 1, 1, tzinfo=UTC):
                break
            if away <= ahead < away + timedelta(days=7):
                ahead = away + timedelta(days=7)
            else:
                assert await watch.look(ahead - timedelta(milliseconds=1)) == 0
            watch.world.now = ahead
            for n, day in enumerate(days):
                if n not in met and ahead.date() > day + timedelta(days=20):
                    met.add(n)
                    done = replace(INSTALMENT, key=f"instalment-{n}", due_on=day, state="met")
                    watch.world.record(STREAM, of_case(done))
        messages = watch.asked(TOLD)
        for row in messages:
            keep_promise(row)
        assert len({row[4] for row in messages}) == len(messages)
        assert all(row[2] <= row[3] for row in messages)
        assert set(watch.told()) >= {("deadline.approaching", "before-5"), ("deadline.passed", "after-14")}
        of_each = Counter((row[5]["deadline_id"], row[1]) for row in messages)
        assert set(of_each.values()) == {1}
        assert Counter(row[0] for row in messages)["deadline.met"] == len(days)
        # Due on 25 October 2020, in the week away: of what passed meanwhile the latest alone was told.
        missed = [row[1] for row in messages if row[6]["due_on"] == "2020-10-25" and row[1]]
        assert missed == ["before-5", "due", "after-7", "after-14"]

    watch(database, story)


def test_whoever_it_is_for_now_hears_at_once_what_the_first_were_told_and_each_once(database: Database) -> None:
    """A blocked instalment is another role's: told when its day is near, not at the next threshold."""

    async def story(watch: Watch) -> None:
        blocked = replace(INSTALMENT, role="caseworker", due_on=date(2020, 3, 3))
        payable = replace(blocked, role="attestor")
        for stands in (payable, blocked, payable, blocked, payable):
            watch.world.record(STREAM, of_case(stands))
            await watch.look()
            watch.world.now += timedelta(minutes=1)
        told = [(row[1], row[6]["roles"]) for row in watch.asked(TOLD)]
        assert told == [("before-5", ["attestor"]), ("before-5", ["caseworker"])]
        await watch.look(datetime(2020, 3, 4, 6, tzinfo=UTC))
        assert [(row[1], row[6]["roles"]) for row in watch.asked(TOLD)][2:] == [("due", ["attestor"])]

    watch(database, story)


def test_what_was_over_before_it_was_known_is_told_of_to_nobody(database: Database) -> None:
    async def story(watch: Watch) -> None:
        past = replace(ASSIGNMENT, due_on=date(2020, 1, 28))
        watch.world.record(YEAR, of_year(past, replace(ASSIGNMENT, key="b", due_on=date(2020, 3, 2))))
        assert await watch.look() == 1
        for days in (1, 3, 7, 20, 40):
            await watch.look(watch.world.now + timedelta(days=days))
        assert {row[6]["due_on"] for row in watch.asked(TOLD)} == {"2020-03-02"}

    watch(database, story)


def test_a_moved_day_takes_the_place_of_the_old_one_at_once(database: Database) -> None:
    async def story(watch: Watch) -> None:
        watch.world.record(STREAM, of_case(INSTALMENT))
        await watch.look(datetime(2020, 3, 16, 8, tzinfo=UTC))
        watch.world.record(STREAM, of_case(replace(INSTALMENT, due_on=date(2020, 6, 1))))
        await watch.look()
        await watch.look(datetime(2020, 3, 25, 8, tzinfo=UTC))
        assert watch.told() == [("deadline.approaching", "before-5"), ("deadline.moved", None)]
        watch.world.record(STREAM, of_case(replace(INSTALMENT, due_on=date(2020, 6, 1), state="fallen")))
        await watch.look()
        await watch.look(datetime(2020, 7, 1, 8, tzinfo=UTC))
        assert watch.told()[2:] == [("deadline.fallen", None)]

    watch(database, story)


def test_other_days_that_a_controller_sets_are_told_from_the_day_they_count(database: Database) -> None:
    async def story(watch: Watch) -> None:
        watch.world.record(STREAM, of_case(INSTALMENT))
        await watch.look()
        set_ = ThresholdsSet(
            before_days=(9,), every_days=1, counted="calendar", valid_from=date(2020, 3, 12), reason="x", set_by="anne"
        )
        watch.world.record("deadline-thresholds-instalment", set_)
        assert await watch.look(datetime(2020, 3, 11, 22, 59, tzinfo=UTC)) == 0
        assert await watch.look(datetime(2020, 3, 11, 23, tzinfo=UTC)) == 1
        assert watch.told() == [("deadline.approaching", "before-9")]

    watch(database, story)


def test_many_that_fall_due_at_once_are_shared_by_who_looks(database: Database) -> None:
    async def story(watch: Watch) -> None:
        many = [replace(INSTALMENT, key=f"instalment-{n}") for n in range(TOGETHER * 3)]
        watch.world.record(STREAM, of_case(*many))
        assert await watch.look() == 0
        assert await watch.look(datetime(2020, 3, 21, tzinfo=UTC)) == len(many)
        assert await watch.look() == 0

    watch(database, story)


def test_one_that_cannot_be_told_holds_up_no_other(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(watch: Watch) -> None:
        watch.world.record(STREAM, of_case(*(replace(INSTALMENT, key=f"instalment-{n}", part=n) for n in range(5))))
        await watch.look()

        def fails(row: DeadlineRow, thresholds: Thresholds, *, now: datetime) -> list[Outgoing]:
            assert row.part != 3, "a mistake of ours about one deadline"
            return alerts_of(row, thresholds, now=now)

        monkeypatch.setattr("services.notifications.deadline.sweep.alerts_of", fails)
        at = datetime(2020, 3, 21, tzinfo=UTC)
        assert await watch.look(at) == 4
        monkeypatch.undo()
        assert await watch.look(at + timedelta(minutes=59)) == 0
        assert await watch.look(at + timedelta(hours=1)) == 1

    watch(database, story)


def test_no_alert_speaks_of_a_letter_that_no_longer_waits(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        pool = AsyncConnectionPool(database.notifications_dsn, open=False, kwargs={"autocommit": True})
        await pool.open()
        sweep = Alerting(Log(database.notifications_dsn, pool, schema="notifications"), pool)

        async def told() -> list[tuple[str, int]]:
            follow(database)
            await sweep.sweep()
            with psycopg.connect(database.admin_dsn) as owner:
                rows = owner.execute(TOLD).fetchall()
            for row in rows:
                keep_promise(row)
            return [(row[0], row[6]["waiting"]) for row in rows if row[0] in OF_DEADLINES]

        for name in ("a", "b"):
            registry.world.record(letter(name), held(name))
        notices = [await registry.notifies("letter", str(named(name)), planned_on="2020-03-25") for name in ("a", "b")]
        registry.move(days=2)
        assert {kind for kind, _ in await told()} == {"notice.due_soon"}
        for notice in notices:
            await registry.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        await registry.does(MINISTRY, "POST", f"{notices[1]}/objections", {"text": "Vent."})
        registry.move(days=20)
        opened = [each for each in await told() if each[0] == "notice.opened"]
        assert opened == [("notice.opened", 1)], "the ministry stopped the other"
        await registry.does(INGRID, "PUT", f"/v1/awards/{named('a')}/release", {})
        before = await told()
        registry.move(days=90)
        assert [each for each in await told() if each not in before] == []
        await pool.close()

    at_the_registry(database, tmp_path, story)
