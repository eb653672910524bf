"""The gate under every order of events Hypothesis can think of, against an oracle that counts midnights.

The same machine runs on the rules alone, and on PostgreSQL, where each release is really recorded or really refused.
Both show that releases are reached, on every ground: a machine that never opened the gate would prove nothing.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeObjected,
    NoticeObjectionLifted,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceiptRevoked,
    NoticeReceived,
    NoticeSentAgain,
    NoticeWithdrawn,
)
from services.notifications.facts.release import (
    AfterNotice,
    AwardEnded,
    LetterHeld,
    LetterReleaseOrdered,
    SchemeExempt,
    Waived,
    WaiverConfirmed,
    WaiverProposed,
)
from services.notifications.facts.scheme_policy import (
    ConfirmedPolicyHeard,
    SchemePolicyHeard,
)
from services.notifications.gate.counting import opens_at, stale_at
from services.notifications.gate.decision import stand
from services.notifications.grants_feed.rules import exemption_of
from tests.conftest import Database
from tests.notifications.oracle import Diary, Page, Ruling, Thing
from tests.notifications.world import (
    FREE,
    OWING,
    POLICY,
    SOURCE,
    Kept,
    Refused,
    World,
    days,
    decided,
    exemption_by,
    held,
    letter,
    line,
    notice,
    policy,
    released,
)

NAMES = ("a", "b", "c")
NAME = st.sampled_from(NAMES)
ANY = st.integers(0, 9)
DOCUMENT = "ef" * 32
SCHEME = f"scheme-{FREE}"

reached: Counter[str] = Counter()


class GateMachine(RuleBasedStateMachine):
    """Letters and notices in a world, and the same in the diary."""

    def __init__(self) -> None:
        super().__init__()
        self.world = self.make_world()
        self.diary = Diary()
        self.amount = 100
        self.alone = 0
        self.the_scheme_s_policy_is(policy())

    def make_world(self) -> World:
        return World()

    # --- what happens to the policy of one scheme

    def the_scheme_s_policy_is(self, told: ConfirmedPolicyHeard) -> None:
        self.world.record(SCHEME, told)
        free_from = told.valid_from if told.rule == "exempt" else None
        self.diary.rulings.append(Ruling(said_at=told.confirmed_at, free_from=free_from))

    @rule(exempt=st.booleans(), begins=st.integers(-2, 9), sure=st.integers(0, 3))
    def two_people_decide_another_policy(self, exempt: bool, begins: int, sure: int) -> None:
        """Of any date; it counts from when it was confirmed, in an instant of its own or the approvals' that follow."""
        if sure == 0:
            self.world.now += timedelta(microseconds=1)
            self.the_scheme_s_policy_is(
                policy(
                    len(self.diary.rulings) + 1,
                    rule="exempt" if exempt else "notice",
                    confirmed_at=self.world.now,
                    valid_from=(self.world.now + days(begins)).date(),
                )
            )

    @rule()
    def one_person_alone_claims_another(self) -> None:
        """As grants once told of it; it counts for nothing."""
        self.alone += 1
        told = SchemePolicyHeard(
            scheme_id=FREE, version=1_000 + self.alone, rule="exempt", source=SOURCE, valid_from=date(2020, 1, 1)
        )
        self.world.record(SCHEME, told)

    # --- what happens to letters

    @rule(name=NAME, exempt=st.integers(0, 5))
    def a_letter_is_held_or_held_anew(self, name: str, exempt: int) -> None:
        known = self.diary.things.get(name)
        if known and known.out:
            return
        self.amount += 1
        of_free = known.of_free if known else exempt < 2
        decision = decided(self.world.now, self.amount)
        self.world.record(letter(name), decision)
        told = [fact.event for fact in self.world.of(SCHEME)]
        why = exemption_of(told, self.world.held(letter(name)).decisions) if of_free else None
        it = held(name, amount_ore=self.amount, scheme_id=FREE if of_free else OWING, exemption=why)
        if why is None:
            self.claim_that_it_is_exempt(name, it)
        self.world.record(letter(name), it)
        stopped = known.stopped_by if known else set()
        thing = Thing(says=it.manifest_sha256, of_free=of_free, stopped_by=stopped)
        thing.decided_at = [*(known.decided_at if known else []), self.world.now]
        thing.let_go_at = known.let_go_at if known else []
        thing.waived_for = known.waived_for if known else None
        self.diary.things[name] = thing

    @precondition(lambda self: self.diary.things)
    @rule(name=NAME, sure=st.integers(0, 3))
    def an_award_falls_away(self, name: str, sure: int) -> None:
        thing = self.diary.things.get(name)
        if thing and not thing.out and sure == 0:
            self.world.record(letter(name), AwardEnded(change="reduced", version=5))
            thing.gone = True

    @precondition(lambda self: self.diary.things)
    @rule(name=NAME, old=st.booleans(), sure=st.integers(0, 2))
    def the_ministry_waives(self, name: str, old: bool, sure: int) -> None:
        thing = self.diary.things.get(name)
        if thing is None or thing.out or sure:
            return
        says = "ab" * 32 if old else thing.says
        claimed = WaiverProposed(manifest_sha256=says, document="20/9", document_sha256=DOCUMENT, proposed_by="kari")
        self.world.record(letter(name), claimed)
        sure_of_it = WaiverConfirmed(manifest_sha256=says, document_sha256=DOCUMENT, confirmed_by="ola")
        self.world.record(letter(name), sure_of_it)
        thing.waived_for = says

    # --- what happens to notices

    @precondition(lambda self: self.diary.things and len(self.diary.pages) < 8)
    @rule(names=st.sets(NAME, min_size=1), at_once=st.integers(0, 4))
    def a_notice_is_prepared(self, names: set[str], at_once: int) -> None:
        known = sorted(names & self.diary.things.keys())
        if not known:
            return
        says = {name: self.diary.things[name].says for name in known}
        number = len(self.diary.pages)
        lines = tuple(line(name, said) for name, said in says.items())
        about = About(kind="letter", id="x")
        told = NoticePrepared(about=about, lines=lines, planned_on=None, renews=None, prepared_by="kari")
        self.world.record(notice(str(number)), told)
        self.diary.pages.append(Page(lines=says))
        if at_once:
            self.a_notice_is_ordered(number)
            self.a_notice_leaves(number)
        if at_once > 2:
            self.a_notice_is_received(number, at_once - 3, back=False)

    @precondition(lambda self: self.diary.pages)
    @rule(which=ANY)
    def a_notice_is_ordered(self, which: int) -> None:
        number, page = self.page(which)
        if page.sent_first or page.withdrawn:
            return
        told = NoticeOrdered(channel="file-outbox", policy=POLICY, document_sha256=DOCUMENT, ordered_by="ingrid")
        self.world.record(notice(str(number)), told)
        page.sent_first = True
        self.diary.sent.append(number)

    @precondition(lambda self: self.diary.sent)
    @rule(which=ANY)
    def a_notice_leaves(self, which: int) -> None:
        number, page = self.page(which)
        if not page.sent_first or page.withdrawn:
            return
        page.in_the_post += 1
        told = NoticeDispatched(dispatch=page.in_the_post, channel="file-outbox", reference="x", said_at=self.world.now)
        self.world.record(notice(str(number)), told)
        page.came = None

    @precondition(lambda self: self.diary.sent)
    @rule(which=ANY, late=st.integers(0, 30), back=st.booleans())
    def a_notice_is_received(self, which: int, late: int, back: bool) -> None:
        number, page = self.page(which)
        if not page.in_the_post or page.withdrawn or page.came:
            return
        told = self.world.notice(notice(str(number)))
        if told.dispatched_at is None:
            return
        self.world.now += timedelta(hours=late)
        came = told.dispatched_at if back else self.world.now
        self.world.record(
            notice(str(number)),
            NoticeReceived(
                dispatch=page.in_the_post, received_at=came, evidence="x", evidence_sha256=None, told_by="channel:x"
            ),
        )
        page.came = came

    @precondition(lambda self: self.diary.sent)
    @rule(which=ANY, what=st.sampled_from(["revoked", "again", "withdrawn", "-", "-", "-", "-"]))
    def a_notice_goes_wrong(self, which: int, what: str) -> None:
        number, page = self.page(which)
        if not page.sent_first or page.withdrawn:
            return
        if what == "revoked" and page.came:
            self.world.record(notice(str(number)), NoticeReceiptRevoked(reason="x", revoked_by="kari"))
            page.came = None
        if what == "again":
            self.world.record(notice(str(number)), NoticeSentAgain(reason="x", asked_by="kari"))
            page.came = None
        if what == "withdrawn":
            self.world.record(notice(str(number)), NoticeWithdrawn(reason="x", withdrawn_by="kari"))
            page.withdrawn = True

    @precondition(lambda self: self.diary.sent)
    @rule(which=ANY, all_of_it=st.booleans(), sure=st.integers(0, 2))
    def the_ministry_objects(self, which: int, all_of_it: bool, sure: int) -> None:
        number, page = self.page(which)
        if not page.sent_first or sure:
            return
        stopped = sorted(page.lines) if all_of_it else sorted(page.lines)[:1]
        count = len(self.world.notice(notice(str(number))).objections) + 1
        items = () if all_of_it else tuple(letter(name) for name in stopped)
        told = NoticeObjected(objection=count, items=items, text="x", objected_by="dep")
        self.world.record(notice(str(number)), told)
        for name in stopped:
            self.diary.things[name].stopped_by.add((number, count))

    @precondition(lambda self: any(thing.stopped_by for thing in self.diary.things.values()))
    @rule()
    def the_ministry_lifts_an_objection(self) -> None:
        number, count = min(stop for thing in self.diary.things.values() for stop in thing.stopped_by)
        lifted = NoticeObjectionLifted(objection=count, reason="x", lifted_by="dep", said_at=self.world.now)
        self.world.record(notice(str(number)), lifted)
        for thing in self.diary.things.values():
            if (number, count) in thing.stopped_by:
                thing.stopped_by.remove((number, count))
                thing.let_go_at.append(self.world.now)

    # --- time passes, and somebody tries

    @rule(hours=st.integers(1, 24 * 20), minutes=st.integers(0, 59))
    def time_passes(self, hours: int, minutes: int) -> None:
        self.world.now += timedelta(hours=hours, minutes=minutes)
        self.somebody_tries()

    @precondition(lambda self: any(page.came for page in self.diary.pages))
    @rule(weeks=st.integers(8, 14))
    def everybody_waits_far_too_long(self, weeks: int) -> None:
        self.world.now += timedelta(weeks=weeks)
        self.somebody_tries()

    @precondition(lambda self: any(page.came for page in self.diary.pages))
    @rule(which=ANY, before=st.booleans())
    def it_is_the_very_edge(self, which: int, before: bool) -> None:
        """An instant before the gate opens, and the instant it does."""
        edges = [
            stand(letter(name), self.world.held(letter(name)), self.world.list_told(letter(name))).opens_at
            for name in self.diary.things
        ]
        edges += [edge(page.came, POLICY) for page in self.diary.pages if page.came for edge in (opens_at, stale_at)]
        ahead = sorted(edge for edge in edges if edge > self.world.now)
        if ahead:
            edge = ahead[which % len(ahead)]
            self.world.now = max(self.world.now, edge - timedelta(microseconds=1) if before else edge)
            self.somebody_tries()

    @rule()
    def somebody_tries(self) -> None:
        """Every letter that is held is tried: the gate, the oracle, and where there is one the database, agree."""
        for name, thing in self.diary.things.items():
            expected = self.diary.may_leave(name, self.world.now)
            answer = self.world.asks(letter(name))
            got = None if isinstance(answer, str) else answer.kind
            assert got == expected, (name, answer, expected)
            if not isinstance(answer, str):
                it = self.world.held(letter(name)).letter
                assert it is not None
                self.world.record(
                    letter(name), LetterReleaseOrdered(manifest_sha256=it.manifest_sha256, ordered_by="x")
                )
                self.world.release(letter(name), answer)
                thing.out = True
                reached[answer.kind] += 1
            else:
                reached[answer] += 1
                self.try_the_database(name)

    def try_the_database(self, name: str) -> None:
        """In memory there is none."""

    def claim_that_it_is_exempt(self, name: str, it: LetterHeld) -> None:
        """In memory nobody would say no."""

    def page(self, which: int) -> tuple[int, Page]:
        number = which % len(self.diary.pages)
        return number, self.diary.pages[number]


GROUNDS = {"notice", "scheme-policy", "waiver"}
REFUSALS = {"already-released", "letter-outdated", "notice-missing", "notice-changed", "notice-objected"}


def test_the_gate_and_the_oracle_agree_and_releases_are_reached() -> None:
    reached.clear()
    run_state_machine_as_test(GateMachine, settings=settings(max_examples=200, stateful_step_count=50))
    assert {kind for kind in GROUNDS if reached[kind] >= 3} == GROUNDS, reached
    assert REFUSALS | {"notice-too-young", "notice-stale"} <= set(reached), reached


def test_postgresql_lets_out_and_refuses_the_same(database: Database) -> None:
    with ExitStack() as stack:
        kept = stack.enter_context(Kept(database))

        class KeptMachine(GateMachine):
            """Each run in an emptied database, emptied by its owner."""

            def make_world(self) -> World:
                empty(kept.owner)
                kept.facts.clear()
                kept.now = World().now
                return kept

            def try_the_database(self, name: str) -> None:
                """Whatever ground somebody claims, the database finds that there is none."""
                it = self.world.held(letter(name)).letter
                assert it is not None
                for ground in grounds(self.world, name):
                    with pytest.raises(Refused):
                        self.world.record(letter(name), released(it, ground, self.world.now))

            def claim_that_it_is_exempt(self, name: str, it: LetterHeld) -> None:
                """Whichever policy somebody claims, the database finds that it does not free this letter."""
                for told in self.world.of(SCHEME):
                    if isinstance(told.event, ConfirmedPolicyHeard):
                        claimed = replace(it, exemption=exemption_by(told.event))
                        with pytest.raises(Refused):
                            self.world.record(letter(name), claimed)

        reached.clear()
        run_state_machine_as_test(KeptMachine, settings=settings(max_examples=90, stateful_step_count=40))
        assert {kind for kind in GROUNDS if reached[kind] >= 2} == GROUNDS, reached
        assert set(reached) >= REFUSALS, reached


def grounds(world: World, name: str) -> list[Any]:
    """Every ground somebody could claim for it."""
    told = world.list_told(letter(name))
    claims: list[Any] = [SchemeExempt(source=SOURCE), Waived(document_sha256=DOCUMENT)]
    return claims + [AfterNotice(notice_id=each.notice_id, opened_at=world.now) for each in told[:1]]


GUARDS = {
    "event": ["event_is_final"],
    "command": ["command_is_final", "command_keeps_its_answer"],
    "release": ["release_is_decided", "release_is_final", "release_is_numbered"],
    "release_ending": ["release_ending_is_final"],
    "sending_permit": ["sending_permit_is_final"],
}


def empty(owner: Any) -> None:
    """An empty database, the only way there is: its owner lifts the guards."""
    tables = [*GUARDS, "sending", "waiver", "objection", "notice_line", "notice", "item"]
    tables += ["decision"]
    for table in GUARDS:
        owner.execute(f"ALTER TABLE notifications.{table} DISABLE TRIGGER ALL")
    owner.execute(f"TRUNCATE {', '.join(f'notifications.{table}' for table in [*tables, 'scheme_policy'])}")
    for table, guards in GUARDS.items():
        for guard in guards:
            owner.execute(f"ALTER TABLE notifications.{table} ENABLE ALWAYS TRIGGER {guard}")
