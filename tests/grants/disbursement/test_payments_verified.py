"""`make verify` holds each payment to what accounting was asked for, and what is booked by hand to the first day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dev.verifying.following import Facts
from dev.verifying.payments import ASKED, PAID, UNDER_EARLIER_RULES, Payments
from services.eventlog.events import TOPICS, Event
from services.grants.case.command_handler import stream_of
from services.grants.case.events.disbursement import (
    BatchLine,
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentAttested,
    PaymentRefused,
    PaymentRequested,
)
from services.grants.case.events.lost_payment import LostPaymentSettled, PaymentBatchLost
from services.grants.disbursement.lost.rules import STREAM
from tests.grants.disbursement.paying import BATCH, CASE, SECOND, attested, requested

NOON = datetime(2020, 2, 10, 11, tzinfo=UTC)
BEGAN = date(2020, 2, 10)
OF_CASE, OF_ANOTHER = stream_of(CASE), stream_of(UUID(int=5))
answered = InstalmentPaid(
    instalment=1,
    amount_ore=attested.amount_ore,
    paid_on=date(2020, 3, 2),
    reference="B-7",
    attested_by="per",
    payment_id=attested.payment_id,
)
by_hand = replace(answered, payment_id=None)
lost = PaymentBatchLost(
    batch_id=BATCH,
    lines=(BatchLine(payment_id=SECOND, case_id=CASE, amount_ore=by_hand.amount_ore),),
    control_total_ore=by_hand.amount_ore,
    file_name="tilsagn.jsonl",
    sha256="ab" * 32,
    made_on=date(2020, 3, 1),
    position=57,
)
not_paid = LostPaymentSettled(payment_id=SECOND, outcome="not-paid", reason="Aldri mottatt.", settled_by="anne")


class Judged:
    """What is found wrong as commands are followed, one after the other. The log begins with one of no payment."""

    def __init__(self, by_hand_from: int | None = 0) -> None:
        self.stands: list[tuple[int, str, Event]] = []
        self.payments, self.at = Payments(self.booked, by_hand_from=by_hand_from), 0
        self.says("rules", at=NOON)

    def booked(self, stream: str, before: int) -> list[InstalmentPaid]:
        its = (event for at, of, event in self.stands if of == stream and at < before)
        return [event for event in its if isinstance(event, InstalmentPaid) and event.payment_id is None]

    def says(self, stream: str, *facts: Event, at: datetime = NOON + timedelta(days=30)) -> list[str]:
        found = len(self.payments.faults)
        self.stands += [(place, stream, fact) for place, fact in enumerate(facts, self.at + 1)]
        self.payments.follow(Facts([(stream, fact) for fact in facts], self.at, at))
        self.at += len(facts)
        return [fault.detail for fault in self.payments.faults[found:]]


def test_what_accounting_paid_as_it_was_asked_is_no_fault() -> None:
    judged = Judged()
    assert judged.says(OF_CASE, attested) == judged.says(OF_CASE, requested) == []
    assert judged.says(OF_CASE, InstalmentPaidLater(**vars(answered), charged_post_id="2021/291/71")) == []


@pytest.mark.parametrize("asked", [(), (attested,), (requested,)], ids=["nothing", "attested", "asked for alone"])
def test_a_payment_that_nobody_asked_accounting_for_is_told(asked: tuple[Event, ...]) -> None:
    judged = Judged()
    judged.says(OF_CASE, *asked)
    assert "nobody had asked accounting for" in judged.says(OF_CASE, answered)[0]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"amount_ore": 1}, "is of 1 øre"),
        ({"instalment": 2}, "of instalment 2, and accounting was asked for 300000000 of instalment 1"),
        ({"attested_by": "ola"}, "ola attested it, and per did"),
        ({"paid_on": date(2020, 2, 29)}, "before accounting was asked"),
    ],
    ids=lambda it: next(iter(it)) if isinstance(it, dict) else "",
)
def test_a_payment_otherwise_than_accounting_was_asked_for_is_told(said: dict[str, Any], wrong: str) -> None:
    judged = Judged()
    judged.says(OF_CASE, attested, requested)
    assert wrong in judged.says(OF_CASE, replace(answered, **said))[0]


def test_a_payment_is_answered_for_once_and_on_its_own_case() -> None:
    judged = Judged()
    judged.says(OF_CASE, attested, requested)
    assert judged.says(OF_ANOTHER, answered) != []
    judged = Judged()
    judged.says(OF_CASE, attested, requested)
    assert judged.says(OF_CASE, answered) == []
    assert judged.says(OF_CASE, answered) != []
    refused = PaymentRefused(
        payment_id=attested.payment_id, code="x", reason="x", refused_on=date(2020, 3, 2), recorded_by="anne"
    )
    judged = Judged()
    judged.says(OF_CASE, attested, requested, refused)
    assert judged.says(OF_CASE, answered) != []


@pytest.mark.parametrize(
    ("day", "holds"), [(BEGAN - timedelta(days=1), True), (BEGAN, False), (date(2020, 3, 2), False)]
)
def test_what_is_booked_by_hand_is_of_a_day_before_the_log(day: date, holds: bool) -> None:
    assert (Judged().says(OF_CASE, replace(by_hand, paid_on=day)) == []) == holds


def test_what_a_lost_batch_asked_for_is_booked_by_hand_once_as_it_was_asked_for() -> None:
    def lately(*facts: Event) -> Callable[..., list[str]]:
        judged = Judged()
        assert judged.says(STREAM, *facts) == []
        return judged.says

    says = lately(lost)
    assert says(OF_CASE, by_hand) == []
    assert "no lost batch asked for it" in says(OF_CASE, replace(by_hand, reference="B-8"))[0]
    assert lately(lost)(OF_ANOTHER, by_hand) != []
    assert lately(lost)(OF_CASE, replace(by_hand, amount_ore=1)) != []
    assert lately(lost)(OF_CASE, replace(by_hand, paid_on=date(2020, 2, 29))) != []
    assert lately(lost, not_paid)(OF_CASE, by_hand) != []
    astray = Judged()
    astray.says(OF_CASE, lost)
    assert astray.says(OF_CASE, by_hand) != [], "what is lost is said on a stream of its own"


def test_what_stood_under_earlier_rules_is_counted_and_what_a_story_plays_is_not_asked() -> None:
    judged = Judged(by_hand_from=1)
    assert judged.says(OF_CASE, by_hand) == []
    assert judged.payments.counts[UNDER_EARLIER_RULES] == 1
    assert judged.says(OF_CASE, by_hand) != []
    assert Judged(by_hand_from=None).says(OF_CASE, by_hand) == []


def test_every_kind_of_payment_is_followed() -> None:
    """A new version of a fact of these joins them."""
    kinds = (*PAID, PaymentAttested, PaymentRefused, PaymentRequested, PaymentBatchLost, LostPaymentSettled)
    assert {topic for topic, kind in TOPICS.items() if issubclass(kind, kinds)} == ASKED
