"""No alert of a notice names a case whose letter has left, is annulled or does not wait for that notice, whatever
happened before; and its lists and calendar name those that wait and no others."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.calendar.days import day_of
from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeObjected,
    NoticeObjectionLifted,
    NoticePrepared,
    NoticeReceived,
    NoticeSendingBegun,
)
from services.notifications.facts.release import AwardEnded
from tests.conftest import Database
from tests.notifications.deadline.registered import Registry, at_the_registry
from tests.notifications.deadline.sweep import TOLD, Watch, watch
from tests.notifications.notice.rules import ORDERED
from tests.notifications.office import INGRID, KARI, MINISTRY
from tests.notifications.world import OWING, Refused, held, letter, line
from tests.notifications.world import id_of as named

NAMES = ("a", "b", "c")
WALKS = itertools.count()
Act = tuple[str, int, int]


@dataclass(kw_only=True)
class Walk:
    """Three letters and whatever is told of them."""

    watch: Watch
    tag: str = field(default_factory=lambda: f"walk-{next(WALKS)}")
    notices: list[UUID] = field(default_factory=list)
    received: list[tuple[int, int]] = field(default_factory=list)
    amount: int = 100
    seen: set[str] = field(default_factory=set)
    named: int = 0
    untold: int = 0

    def item(self, nth: int) -> str:
        return letter(f"{self.tag}-{NAMES[nth % len(NAMES)]}")

    def hold(self, nth: int, *, amount_ore: int = 100) -> None:
        name = f"{self.tag}-{NAMES[nth % len(NAMES)]}"
        self.watch.world.record(self.item(nth), held(name, amount_ore=amount_ore))

    def prepare(self, nth: int, days: int) -> None:
        world, which = self.watch.world, uuid5(named(self.tag), str(len(self.notices)))
        items = sorted({self.item(nth), self.item(nth + 1)})
        manifests = {item: world.held(item).manifest_sha256 or "" for item in items}
        lines = [replace(line("x", manifests[item]), item=item, case_number=f"2020/{item}") for item in items]
        planned = day_of(world.now) + timedelta(days=15 + days)
        about = About(kind="round", id="r")
        prepared = NoticePrepared(about=about, lines=tuple(lines), planned_on=planned, renews=None, prepared_by="kari")
        world.record(f"notice-{which}", prepared)
        self.notices.append(which)

    def receive(self, nth: int) -> None:
        if not self.notices:
            return
        world, which = self.watch.world, nth % len(self.notices)
        stream = f"notice-{self.notices[which]}"
        world.record(stream, ORDERED)
        world.record(stream, NoticeSendingBegun(dispatch=1, channel="file-outbox", key=stream))
        world.record(stream, NoticeDispatched(dispatch=1, channel="file-outbox", reference="x", said_at=world.now))
        world.now += timedelta(hours=1)
        world.record(
            stream,
            NoticeReceived(
                dispatch=1, told_by="marit", proposed_by=None, received_at=world.now, evidence="x",
                evidence_sha256="ab" * 32,
            ),
        )  # fmt: skip
        self.received.append((which, len(self.notices)))

    def does(self, act: Act) -> None:
        """What the database allows; what it does not, does not happen."""
        name, nth, days = act
        world = self.watch.world
        stream = f"notice-{self.notices[nth % len(self.notices)]}" if self.notices else None
        try:
            match name:
                case "prepare":
                    self.prepare(nth, days)
                case "receive":
                    self.receive(nth)
                case "annul":
                    world.record(self.item(nth), AwardEnded(change="annulled", version=4))
                case "change":
                    self.amount += 1
                    self.hold(nth, amount_ore=self.amount)
                case "object" if stream:
                    number = len(world.notice(stream).objections) + 1
                    objected = NoticeObjected(objection=number, items=(), text="Vent.", objected_by="marit")
                    world.record(stream, objected)
                case "lift" if stream and (objections := world.notice(stream).objections):
                    world.record(
                        stream,
                        NoticeObjectionLifted(
                            objection=objections[-1].number, reason="x", lifted_by="marit", said_at=world.now
                        ),
                    )
                case "release" if not isinstance(ground := world.asks(self.item(nth)), str):
                    world.release(self.item(nth), ground)
        except Refused:
            pass

    async def goes_on(self, days: int) -> None:
        """So many days later all that is told names those that wait, and no others."""
        await self.watch.look(self.watch.world.now + timedelta(days=days))
        for kind, threshold, _, _, id, subject, data in self.watch.asked(TOLD):
            if id in self.seen or not threshold:
                continue
            self.seen.add(id)
            if "notice_id" not in subject:
                self.waits_untold(data, letter_of(*subject["case_ids"]))
                continue
            if UUID(subject["notice_id"]) not in self.notices:
                continue  # of an earlier walk
            assert data["cases"] == len(subject["case_ids"]) == len(subject["case_numbers"]) == data["waiting"] > 0
            for case_id in subject["case_ids"]:
                self.named += 1
                self.waits(kind, letter_of(case_id), UUID(subject["notice_id"]))

    def waits_untold(self, data: Any, item: str) -> None:
        """A letter of which the ministry is not told is one that waits, and that no notice that was sent lists."""
        if item not in map(self.item, range(len(NAMES))):
            return  # of an earlier walk
        it = self.watch.world.held(item)
        assert (data["kind"], data["waiting"]) == ("letter-unnoticed", 1)
        assert not it.ended
        assert not it.released
        for each in self.notices:
            notice = self.watch.world.notice(f"notice-{each}")
            assert not notice.ordered or notice.manifest_of(item) != it.manifest_sha256, "a notice tells of it"
        self.untold += 1

    def waits(self, kind: str, item: str, notice_id: UUID) -> None:
        world = self.watch.world
        it, notice = world.held(item), world.notice(f"notice-{notice_id}")
        assert not it.ended, f"{kind} names a letter that is annulled"
        assert not it.released, f"{kind} names a letter that has left"
        if kind in ("notice.due_soon", "notice.overdue"):
            mine = self.notices.index(notice_id)
            for which, prepared in self.received:
                other = world.notice(f"notice-{self.notices[which]}")
                if which != mine and prepared > mine and other.ordered_position > notice.ordered_position:
                    assert other.manifest_of(item) != it.manifest_sha256, "another notice tells of it"
        else:
            assert notice.manifest_of(item) == it.manifest_sha256, f"{kind} names a letter that is changed"
            stopped = [each for each in notice.objections if each.lifted_at is None and item in each.items]
            assert not stopped, f"{kind} names a letter that is stopped"


def letter_of(case_id: Any) -> str:
    return f"letter-{case_id}"


ACTS = st.tuples(
    st.sampled_from(["prepare", "receive", "annul", "change", "object", "lift", "release", "wait"]), st.integers(0, 2),
    st.integers(0, 20),
)  # fmt: skip


def test_no_alert_names_a_case_whose_letter_does_not_wait(database: Database) -> None:
    begun: list[datetime] = []
    named: list[int] = []
    untold: list[int] = []

    # Without shrinking: each walk goes on where the last one ended.
    @settings(
        max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
    )  # fmt: skip
    @given(st.lists(ACTS, min_size=4, max_size=14))
    def walk(acts: Sequence[Act]) -> None:
        async def story(watch: Watch) -> None:
            watch.world.now = begun[-1] if begun else watch.world.now
            its = Walk(watch=watch)
            its.seen |= {row[4] for row in watch.asked(TOLD)}
            try:
                for nth in range(len(NAMES)):
                    its.hold(nth)
                its.prepare(0, 5)
                for act in acts:
                    its.does(act)
                    await its.goes_on(act[2] if act[0] == "wait" else 1)
                await its.goes_on(100)
            finally:
                begun.append(watch.world.now)
                named.append(its.named)
                untold.append(its.untold)

        watch(database, story)

    walk()
    assert sum(named) > 10, "the walk reaches letters that wait"
    assert sum(untold) > 10, "and such as the ministry is not told of"


def test_lists_name_the_cases_that_wait_and_no_others(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        for name in NAMES:
            registry.world.record(letter(name), held(name))
        notice = await registry.notifies("scheme", OWING, planned_on="2020-03-25")
        (must,) = await registry.list("?kind=notice-must-go")
        assert sorted(must["case_ids"]) == sorted(str(named(name)) for name in NAMES)
        registry.world.record(letter("a"), AwardEnded(change="annulled", version=4))
        (must,) = await registry.list("?kind=notice-must-go")
        assert (must["waiting"], sorted(must["case_ids"])) == (2, sorted(str(named(name)) for name in "bc"))
        assert await registry.list(f"?state=due&case={named('a')}") == []
        await registry.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        registry.move(days=15)
        await registry.does(INGRID, "PUT", f"/v1/awards/{named('b')}/release", {})
        (stale,) = await registry.list("?kind=notice-stale")
        assert stale["case_ids"] == [str(named("c"))]
        await registry.does(MINISTRY, "POST", f"{notice}/objections", {"text": "Vent."})
        assert await registry.list("?kind=notice-stale&state=due") == []

    at_the_registry(database, tmp_path, story)


def test_a_notice_of_what_is_annulled_is_waited_for_by_nobody(database: Database, tmp_path: Path) -> None:
    async def story(registry: Registry) -> None:
        registry.world.record(letter("a"), held("a"))
        notice = await registry.notifies("letter", str(named("a")), planned_on="2020-03-25")
        await registry.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        registry.world.record(letter("a"), AwardEnded(change="annulled", version=4))
        states = {item["kind"]: item["state"] for item in await registry.list()}
        assert states == {
            "letter-unnoticed": "fallen", "notice-must-go": "met", "notice-opens": "fallen",
            "letters-waiting": "fallen", "notice-stale": "fallen",
        }  # fmt: skip

    at_the_registry(database, tmp_path, story)


def test_a_publication_planned_for_a_day_waits_for_a_notice_of_it_as_it_is_planned(
    database: Database, tmp_path: Path
) -> None:
    async def story(registry: Registry) -> None:
        asked = {"title": "Evaluering", "document_sha256": "ab" * 32, "planned_on": "2020-04-20"}
        made = await registry.asks(KARI, "POST", "/v1/publications", asked)
        address = made.headers["Location"]

        async def waits() -> list[str]:
            return [item["due_on"] for item in await registry.list("?kind=notice-must-go&state=due")]

        assert await waits() == ["2020-04-05"], "nothing tells the ministry of it yet"
        await registry.notifies("publication", address.rpartition("/")[2], planned_on="2020-04-21")
        assert await waits() == ["2020-04-06"], "its notice has a day of its own"
        await registry.does(KARI, "PUT", f"{address}/plan", asked | {"planned_on": "2020-05-20"})
        assert await waits() == ["2020-05-05"], "that notice is of it as it was planned before"
        await registry.does(KARI, "PUT", f"{address}/cancellation", {"reason": "Utgår."})
        assert await waits() == []

    at_the_registry(database, tmp_path, story)


def test_a_notice_that_another_has_taken_the_place_of_is_waited_for_by_nobody(
    database: Database, tmp_path: Path
) -> None:
    async def story(registry: Registry) -> None:
        registry.world.record(letter("a"), held("a"))
        about = {"about": {"kind": "letter", "id": str(named("a"))}, "planned_on": "2020-03-25"}
        await registry.does(KARI, "POST", "/v1/notices", about)
        registry.move(hours=1)
        other = await registry.notifies("scheme", OWING)
        assert len(await registry.list("?kind=notice-must-go&state=due")) == 1
        await registry.does(MINISTRY, "PUT", f"{other}/acknowledgement")
        assert await registry.list("?kind=notice-must-go&state=due") == []

    at_the_registry(database, tmp_path, story)
