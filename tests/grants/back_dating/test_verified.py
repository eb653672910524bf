"""`make verify` holds each decision to the day it was recorded, and to the bound that stood there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dev.verifying.decided_days import SINCE_THE_LOG_BEGAN, UNDER_EARLIER_RULES, DecidedDays
from dev.verifying.following import Facts
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.back_dating.acts import ACTS
from services.grants.back_dating.events import BoundConfirmed, BoundProposed, DecisionBackDated
from services.grants.back_dating.guard import STREAM
from services.grants.case.events.award import AwardApproved, AwardImported
from services.grants.case.events.award_change import AwardChangeProposed
from services.grants.case.events.disbursement import InstalmentPaid, PaymentRefused
from services.grants.case.hearing import Hearing
from tests.eventlog.played import case, life
from tests.grants.back_dating.from_before import outside
from tests.history.history import STORED

NOON = datetime(2026, 11, 27, 11, tzinfo=UTC)
TODAY = date(2026, 11, 27)
APPROVED = next(fact for fact in life(1) if isinstance(fact, AwardApproved))
CASE = case(1)


def approved(day: date) -> Event:
    return replace(APPROVED, approved_on=day)


def because(day: date, **more: Any) -> DecisionBackDated:
    said: dict[str, Any] = {"today": TODAY, "bound_days": 30, "reason": "Ferie.", "dated_by": "ola"}
    return DecisionBackDated(decisions=(APPROVED.TOPIC,), day=day, **said | more)


class Judged:
    """What is found wrong as commands are followed, one after the other."""

    def __init__(self, rules_from: int = 0, before_log_from: int = 0) -> None:
        self.days, self.at = DecidedDays(rules_from, before_log_from), 0

    def says(self, stream: str, *facts: Event, at: datetime = NOON) -> list[str]:
        found = len(self.days.faults)
        self.days.follow(Facts([(stream, fact) for fact in facts], self.at, at))
        self.at += len(facts)
        return [fault.detail for fault in self.days.faults[found:]]

    def sets(self, days: int, proposed_by: str, confirmed_by: str, *, valid_from: date = TODAY) -> list[str]:
        said: dict[str, Any] = {"days": days, "valid_from": valid_from, "reason": "Det trengs."}
        proposed = self.says(STREAM, BoundProposed(**said, proposed_by=proposed_by))
        return proposed + self.says(STREAM, BoundConfirmed(**said, confirmed_by=confirmed_by))


@pytest.mark.parametrize(("back", "holds"), [(0, True), (1, True), (30, True), (31, False)])
def test_a_decision_is_dated_back_as_far_as_the_bound_and_no_further(back: int, holds: bool) -> None:
    day = TODAY - timedelta(days=back)
    assert (Judged().says(CASE, approved(day), because(day)) == []) == holds


def test_a_decision_that_is_dated_back_says_why_in_its_own_command() -> None:
    day = TODAY - timedelta(days=1)
    judged = Judged()
    assert "nothing says why" in judged.says(CASE, approved(day))[0]
    assert "nothing says why" in judged.says(CASE, approved(day), because(day, reason=" "))[0]
    assert "nothing says why" in judged.says(CASE, approved(day), because(day - timedelta(days=1)))[0]
    assert "not the one in force" in judged.says(CASE, approved(day), because(day, bound_days=31))[0]
    assert "not the one in force" in judged.says(CASE, approved(day), because(day, today=day))[0]


def test_the_bound_in_force_is_the_one_that_two_people_had_set_by_then() -> None:
    day = TODAY - timedelta(days=60)
    judged = Judged()
    assert judged.says(CASE, approved(day), because(day)) != []
    assert judged.sets(60, "siri", "liv") == []
    assert judged.says(CASE, approved(day), because(day, bound_days=60)) == []
    assert judged.sets(90, "siri", "liv", valid_from=TODAY + timedelta(days=1)) == []
    further = TODAY - timedelta(days=61)
    assert judged.says(CASE, approved(further), because(further, bound_days=90)) != [], "it counts from tomorrow"
    assert judged.sets(0, "liv", "siri") == []
    assert judged.says(CASE, approved(day), because(day, bound_days=60)) != []


def test_a_bound_that_is_none_is_told_and_allows_nothing() -> None:
    day = TODAY - timedelta(days=60)
    said: dict[str, Any] = {"days": 60, "valid_from": TODAY, "reason": "Det trengs."}
    judged = Judged()
    assert judged.says(STREAM, BoundConfirmed(**said, confirmed_by="liv")) != []
    assert judged.says(STREAM, BoundProposed(**said | {"valid_from": day}, proposed_by="siri")) != []
    assert judged.says(STREAM, BoundProposed(**said | {"reason": " "}, proposed_by="siri")) != []
    assert judged.sets(60, "siri", "SIRI") != []
    assert judged.says(CASE, approved(day), because(day, bound_days=60)) != []


def test_midnight_may_have_passed_while_it_was_on_its_way() -> None:
    just_after = datetime(2026, 11, 26, 23, 0, 20, tzinfo=UTC)  # 00:00:20 in Norway
    yesterday = TODAY - timedelta(days=1)
    assert Judged().says(CASE, approved(yesterday), at=just_after) == []
    assert Judged().says(CASE, approved(yesterday), at=just_after + timedelta(minutes=30)) != []
    last = yesterday - timedelta(days=30)
    assert Judged().says(CASE, approved(last), because(last, today=yesterday), at=just_after) == []
    assert Judged().says(CASE, approved(TODAY), at=just_after - timedelta(seconds=40)) == []
    assert Judged().says(CASE, approved(TODAY), at=just_after - timedelta(minutes=3)) != []


def test_what_was_recorded_under_earlier_rules_is_told_and_no_fault() -> None:
    judged = Judged(rules_from=2)
    assert judged.says(CASE, approved(date(2020, 1, 2)), approved(TODAY - timedelta(days=1))) == []
    assert judged.days.counts[UNDER_EARLIER_RULES] == 2
    assert judged.says(CASE, approved(TODAY - timedelta(days=1))) != []


EACH_ACT = sorted({*ACTS, PaymentRefused.TOPIC})


@pytest.mark.parametrize("topic", EACH_ACT)
def test_every_kind_of_decision_is_held_to_its_day(topic: str) -> None:
    """The stored example of each, recorded long after the day it names."""
    fact = decode(topic, STORED[topic])
    if isinstance(fact, PaymentRefused):
        fact = replace(fact, code="taken-back")
    if isinstance(fact, AwardChangeProposed):
        fact = replace(fact, hearing=Hearing(warned_on=date(2020, 6, 1)))
    assert any("more than 30 days before" in each for each in Judged().says(CASE, fact))


def test_what_was_decided_outside_is_dated_as_its_document_says_and_what_happened_has_happened() -> None:
    imported = AwardImported(
        fund_id="2020/291/71", amount_ore=1, approved_on=date(2019, 12, 20), approved_by="ola",
        disposal_authority="Instruks 4.2", across_years=False, document="19/1", document_sha256="ab" * 32,
    )  # fmt: skip
    assert Judged().says(CASE, imported) == []
    assert "tells of" in Judged().says(CASE, replace(imported, approved_on=TODAY + timedelta(days=1)))[0]
    paid = next(fact for fact in life(1) if isinstance(fact, InstalmentPaid))
    assert Judged().says(CASE, paid) == []
    assert Judged().says(CASE, replace(paid, paid_on=TODAY + timedelta(days=1))) != []


def test_nothing_is_said_to_be_from_before_this_system_on_the_first_day_of_its_log_or_later() -> None:
    judged = Judged()
    assert judged.says(CASE, approved(TODAY)) == []
    later = NOON + timedelta(days=20)
    assert judged.says(CASE, outside(TODAY - timedelta(days=1)), at=later) == []
    for day in (TODAY, TODAY + timedelta(days=19)):
        assert "its log begins on 2026-11-27" in judged.says(CASE, outside(day), at=later)[0]


def test_what_was_taken_as_from_before_it_under_earlier_rules_is_counted_and_no_fault() -> None:
    judged = Judged(before_log_from=2)
    assert judged.says(CASE, approved(TODAY), outside(TODAY)) == []
    assert judged.days.counts[SINCE_THE_LOG_BEGAN] == 1
    assert judged.says(CASE, outside(TODAY)) != []
