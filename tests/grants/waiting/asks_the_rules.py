"""What the tests of asks the rules build, for other tests to use as well."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.application import assessment, impartiality, outcome, receiving
from services.grants.application import rules as application
from services.grants.award import approval as awarding
from services.grants.award_change import rules as change
from services.grants.case.events.award import Applied
from services.grants.complaint import admission, handling
from services.grants.disbursement import attestation
from services.grants.disbursement.payee import rules as payee
from services.grants.grant_letter import imported_release as letter_release
from services.grants.recipient_report import checking, closing, reminder, settlement
from services.grants.withholding import reclaim, repayment
from services.grants.withholding import rules as withholding
from tests.grants.application.story import CALL_OF_SPRING, CONTENT, CRITERIA, DAY_AFTER, award, scores
from tests.grants.fodt_fri import misused
from tests.grants.life import Life

NEW = UUID(int=999_999)
Try = Callable[[Any, int, str, date], Sequence[Event]]


def attest(case: Any, part: int, who: str, on: date) -> Sequence[Event]:
    payable_ore = case.commitment.payable_ore(part)
    return attestation.attest(
        case, payment_id=NEW, instalment=part, amount_ore=payable_ore, pay_on=on, attested_on=on, attested_by=who,
        open_years=dict.fromkeys(case.commitment.held_into, 10**12),
    )  # fmt: skip


def verify(case: Any, _: int, who: str, on: date) -> Sequence[Event]:
    known = case.account.account_id if case.account else NEW
    return payee.verify_account(case, account_id=known, source="Banken", verified_on=on, verified_by=who)


def withhold(case: Any, part: int, who: str, on: date) -> Sequence[Event]:
    waiting = case.find_waiting(part)
    ore = min(waiting.amount_ore, case.commitment.payable_ore(part)) if waiting else 1
    return withholding.decide(case, instalment=part, amount_ore=ore, reasons=(misused,), decided_on=on, decided_by=who)


def claim(case: Any, part: int, who: str, on: date) -> Sequence[Event]:
    waiting = case.find_waiting(part)
    ore = min(waiting.amount_ore, case.kept_ore(part, on=on)) if waiting else 1
    return reclaim.decide_reclaim(
        case, instalment=part, amount_ore=ore, reasons=(misused,), pay_by=on + timedelta(days=30), decided_on=on,
        decided_by=who,
    )  # fmt: skip


def is_paid_back(case: Any, part: int, who: str, on: date) -> Sequence[Event]:
    case.check_not_suspended(part)
    return repayment.receive_repayment(
        case, reclaim=part, instalment=None, amount_ore=case.standing_ore(part), voucher="T-1", received_on=on,
        recorded_by=who,
    )  # fmt: skip


def settle(case: Any, _: int, who: str, on: date) -> Sequence[Event]:
    return settlement.approve(case, settled_on=on, approved_by=who)


def checks(kind: Any) -> Try:
    return lambda case, part, who, on: checking.check(
        case, number=part, check=kind, note="", checked_on=on, checked_by=who
    )


def approve(case: Any, _: int, who: str, on: date) -> Sequence[Event]:
    return awarding.approve(
        case, approved_by=who, approved_on=on, disposal_authority="Delegert", scheme=None, commitment_authority=True
    )


TRIES: dict[str, tuple[str, Try]] = {
    "approve-award": ("awarding", approve),
    "approve-change": ("award", lambda case, _, who, on: change.approve_change(
        case, approved_on=on, approved_by=who, disposal_authority="Delegert", commitment_authority=True)),
    "confirm-letter-release": ("award", lambda case, _, who, __: letter_release.confirm_release(
        case, confirmed_by=who)),
    "verify-account": ("disbursement", verify),
    "attest-payment": ("disbursement", attest),
    "decide-withholding": ("withholding", withhold),
    "decide-reclaim": ("claims", claim),
    "follow-up-reclaim": ("claims", is_paid_back),
    "decide-complaint": ("complaint", lambda case, part, who, on: handling.record_outcome(
        case, number=part, outcome="upheld", document="x", decided_on=on, recorded_by=who)),
    "handle-complaint": ("complaint", lambda case, part, who, on: handling.forward(
        case, number=part, statement="x", forwarded_on=on, forwarded_by=who)),
    "take-up-late-complaint": ("complaint", lambda case, part, who, on: admission.accept_late(
        case, number=part, ground="special-reasons", reason="x", accepted_on=on, accepted_by=who)),
    "remind-of-report": ("recipient_report", lambda case, part, who, on: reminder.remind(
        case, number=part, reminded_on=on, reminded_by=who)),
    "check-report-content": ("recipient_report", checks("content")),
    "check-report-money": ("recipient_report", checks("money")),
    "approve-settlement": ("recipient_report", settle),
    "close-case": ("recipient_report", lambda case, _, who, on: closing.close(case, closed_on=on, closed_by=who)),
}  # fmt: skip

DESK = ("kari", "ola", "liv", "per")
ACTS = st.sampled_from(
    ["arrives", "arrives late", "is taken in", "is impartial", "is partial", "assesses", "asks for more", "rejects",
     "dismisses", "decides", "returns", "proposes", "time goes"]
)  # fmt: skip


class Applying:
    """One application's case, and what people at the desk do with it."""

    def __init__(self) -> None:
        self.life = Life(1, award.fund_id)
        self.today = date(2020, 2, 20)
        self.times = 0

    def does(self, act: str, who: str) -> None:
        case = self.life.rooms["application"]
        try:
            self.life.take(self.asked(case, act, who, self.today))
        except Refusal:
            return

    def asked(self, case: application.Application, act: str, who: str, on: date) -> Sequence[Event]:
        version = case.counting.version if case.counting else len(case.versions)
        match act:
            case "arrives" | "arrives late":
                self.times += 1
                arrived_on = max(on, DAY_AFTER) if act == "arrives late" else on
                content = replace(CONTENT, summary=f"Utgave {self.times}")
                return receiving.receive(
                    case, content=content, call=CALL_OF_SPRING, granted={}, contact_id=None, arrived_on=arrived_on,
                    registered_by=who,
                )  # fmt: skip
            case "is taken in":
                return receiving.take_in_late(
                    case, version=len(case.versions), ground="special-reasons", reason="x", accepted_on=on,
                    accepted_by=who,
                )  # fmt: skip
            case "is impartial" | "is partial":
                return impartiality.state_impartiality(case, person=who, impartial=act == "is impartial", stated_on=on)
            case "assesses":
                return assessment.assess(
                    case, version=version, scores=scores, summary="x", recommended_ore=None, criteria=CRITERIA,
                    assessed_on=on, assessed_by=who,
                )  # fmt: skip
            case "asks for more":
                return receiving.request_supplement(
                    case, asks=("Budsjett",), reply_by=on + timedelta(days=10), requested_on=on, requested_by=who
                )
            case "rejects":
                return outcome.propose_rejection(case, ground="no-funds", reason="x", proposed_on=on, proposed_by=who)
            case "dismisses":
                return outcome.propose_dismissal(
                    case, ground="outside-scheme", reason="x", proposed_on=on, proposed_by=who
                )
            case "decides":
                return self.decide(case, who, on)
            case "returns":
                return outcome.return_rejection(case, reason="x", returned_by=who)
            case "proposes":
                stands_on = Applied(call_id=CALL_OF_SPRING.published.call_id, version=version)
                whole = replace(award, proposed_by=who, basis=stands_on)
                terms = replace(CALL_OF_SPRING.published.terms, fund_ids=(award.fund_id,))
                return awarding.propose(self.life.rooms["awarding"], proposal=whole, scheme=terms)
        self.today += timedelta(days=9)
        return []

    @staticmethod
    def decide(case: application.Application, who: str, on: date) -> Sequence[Event]:
        if case.proposal and "rejection" in case.proposal.TOPIC:
            return outcome.reject(case, rejected_on=on, rejected_by=who)
        return outcome.dismiss(case, dismissed_on=on, dismissed_by=who)

    def may(self, act: str, who: str, on: date) -> bool:
        case = self.life.rooms["application"]
        try:
            if act == "assesses":  # what comes first, and is done by whoever assesses
                stated = impartiality.state_impartiality(case, person=who, impartial=True, stated_on=on)
                case = reduce(application.evolve, stated if who not in case.statements else (), case)
            return bool(self.asked(case, act, who, on))
        except Refusal:
            return False
