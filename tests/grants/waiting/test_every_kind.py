"""Each kind of task is offered in a state of its own, to those whom its rule allows, and to nobody else.

A kind that is offered anywhere in the inbox's own code and has no state here fails. Each act is written out here, and
asked of the room's rule, as the random directorate's are (`test_asks_the_rules.py`).
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants import waiting
from services.grants.application import assessment, impartiality, outcome, receiving
from services.grants.application import rules as application
from services.grants.award import award_import
from services.grants.award.approval import propose, return_proposal
from services.grants.award_change import recipient as from_recipient
from services.grants.case.events.award_change import AwardChangeProposed, AwardDeclined, Ground, Reduction
from services.grants.case.events.disbursement import PaymentAttested, PaymentRequested
from services.grants.case.events.grant_letter import LetterFrozen
from services.grants.case.state import keep_closed
from services.grants.case.until_informed import keep_until_informed
from services.grants.complaint import admission
from services.grants.disbursement import rules as disbursement
from services.grants.disbursement.payee import rules as payee
from services.grants.grant_letter import freezing as letter_freezing
from services.grants.recipient_report import control, settlement
from services.grants.waiting.rules import list_tasks
from tests.grants import acts_on_a_case as small
from tests.grants.application import story as applied
from tests.grants.fodt_fri import claimed, from_before, outside, proposed, reclaim_warned, reclaimed, running, withheld
from tests.grants.fodt_fri import warned as to_withhold
from tests.grants.life import ROOMS
from tests.grants.waiting.asks_the_rules import NEW, TRIES, Try
from tests.grants.waiting.waiting import ACCOUNT, FINAL, complaint, forwarded, registered, report, verified

out = (small.proposed, small.approved, small.letter_out)
asked_acceptance = (replace(small.proposed, acceptance_required=True), *out[1:])
attested = PaymentAttested(
    payment_id=NEW, instalment=2, amount_ore=50, account_id=ACCOUNT, pay_on=date(2020, 9, 1),
    attested_on=date(2020, 9, 1), attested_by="per",
)  # fmt: skip
requested = PaymentRequested(payment_id=NEW, batch_id=NEW, requested_on=date(2020, 9, 2), requested_by="anne")
owing = (replace(proposed, reports=(FINAL,)), *running[1:])
frozen = LetterFrozen(
    proposal_version=1, template="v1", form="nb", sha256=small.letter_out.sha256, size_bytes=1,
    dated_on=date(2020, 2, 3), frozen_by="siri", accept_by=date(2020, 2, 20),
)  # fmt: skip
overdue = (asked_acceptance[0], frozen, *asked_acceptance[1:])
less = AwardChangeProposed(
    kind="reduction", added=(), reductions=(Reduction(instalment=2, amount_ore=50),),
    ground=Ground(code="declined-by-recipient", text="Færre kurs."), proposed_by="kari",
)  # fmt: skip
gone = AwardDeclined(
    reductions=(Reduction(instalment=1, amount_ore=100), Reduction(instalment=2, amount_ore=100)), reason="Avlyst.",
    declined_on=date(2020, 2, 20), recorded_by="kari",
)  # fmt: skip
to_settle = (*out, small.paid, small.reported, small.content_checked, small.money_checked)


def answers(case: Any, _: int, who: str, on: date) -> Sequence[Event]:
    return receiving.receive(
        case, content=replace(applied.CONTENT, summary="Utfylt"), call=applied.CALL_OF_SPRING, granted={},
        contact_id=None, arrived_on=on, registered_by=who,
    )  # fmt: skip


def assesses(case: Any, _: int, who: str, on: date) -> Sequence[Event]:
    stated = () if who in case.statements else impartiality.state_impartiality(
        case, person=who, impartial=True, stated_on=on)  # fmt: skip
    case = reduce(application.evolve, stated, case)
    return assessment.assess(
        case, version=case.counting.version, scores=applied.scores, summary="x", recommended_ore=None,
        criteria=applied.CRITERIA, assessed_on=on, assessed_by=who,
    )  # fmt: skip


def proposes(case: Any, _: int, who: str, __: date) -> Sequence[Event]:
    terms = replace(applied.CALL_OF_SPRING.published.terms, fund_ids=(applied.award.fund_id,))
    return propose(case, proposal=replace(applied.award, proposed_by=who), scheme=terms)


def freezes(case: Any, _: int, who: str, __: date) -> Sequence[Event]:
    letter_freezing.waiting_for(case, by=who)
    return [small.letter_out]


def requests(case: Any, _: int, __: str, ___: date) -> Sequence[Event]:
    """A batch asks for what is attested, whoever makes it."""
    return [requested] if case.payments[-1].state == "attested" else []


def takes(case: Any, _: int, __: str, ___: date) -> Sequence[Event]:
    return [requested] if case.payments[-1].state == "requested" else []


def accepts(case: Any, _: int, who: str, on: date) -> Sequence[Event]:
    return from_recipient.accept_terms(case, accepted_on=on, document="x", recorded_by=who)


def turns_away(case: Any, part: int, who: str, on: date) -> Sequence[Event]:
    return admission.dismiss(case, number=part, reason="x", dismissed_on=on, dismissed_by=who)


@dataclass(frozen=True, kw_only=True)
class State:
    """Facts in which a task of the kind waits, and the act that it is, in its room."""

    events: tuple[Event, ...]
    room: str = ""
    act: Try | None = None
    part: int = 0


def of(room: str, act: Try, *events: Event, part: int = 0) -> State:
    return State(events=events, room=room, act=act, part=part)


def by_rule(*events: Event, part: int = 0) -> State:
    """The act is among those that are tried of the random directorate."""
    return State(events=events, part=part)


STATES: dict[str, State] = {
    "follow-up-supplement": of("application", answers, applied.received, applied.requested, part=1),
    "accept-late-application": of("application", lambda case, part, who, on: receiving.take_in_late(
        case, version=part, ground="special-reasons", reason="x", accepted_on=on, accepted_by=who),
        applied.late, part=1),
    "assess-application": of("application", assesses, applied.received),
    "propose-award": of("awarding", proposes, applied.received, applied.impartial, applied.assessed),
    "decide-rejection": of("application", lambda case, _, who, on: outcome.reject(
        case, rejected_on=on, rejected_by=who), applied.received, applied.impartial, applied.rejection),
    "decide-dismissal": of("application", lambda case, _, who, on: outcome.dismiss(
        case, dismissed_on=on, dismissed_by=who), applied.late, applied.dismissal),
    "freeze-letter": of("letter", freezes, replace(proposed, scheme_id="ressursmiljo")),
    "renew-letter": of("awarding", lambda case, _, who, __: return_proposal(
        case, reason="x", returned_by=who), proposed, frozen),
    "approve-award": by_rule(proposed),
    "confirm-award-import": of("awarding", lambda case, _, who, __: award_import.confirm_import(
        case, confirmed_by=who, commitment_authority=True), proposed, outside),
    "approve-change": by_rule(*out, less),
    "answer-change-request": of("award", lambda case, part, who, on: from_recipient.answer_change(
        case, number=part, granted_it=True, reason="x", answered_on=on, answered_by=who),
        *out, small.asked_for, part=1),
    "confirm-letter-release": by_rule(*from_before, claimed),
    "follow-up-acceptance": of("award", accepts, *overdue),
    "record-acceptance": of("award", lambda case, _, who, on: from_recipient.accept_terms(
        case, accepted_on=on, document="x", recorded_by=who), *asked_acceptance),
    "register-account": of("disbursement", lambda case, _, who, on: payee.register_account(
        case, account_id=NEW, holder="974760673", registered_on=on, registered_by=who), *out),
    "verify-account": by_rule(*running, registered),
    "confirm-condition": of("disbursement", lambda case, part, who, on: disbursement.confirm_condition(
        case, instalment=part, ground="x", met_on=on, confirmed_by=who), *out, part=2),
    "attest-payment": by_rule(*running, registered, verified, part=2),
    "request-payment": of("disbursement", requests, *running, registered, verified, attested, part=2),
    "take-receipt": of("disbursement", takes, *running, registered, verified, attested, requested, part=2),
    "decide-withholding": by_rule(*running, to_withhold, part=2),
    "decide-reclaim": by_rule(*running, reclaim_warned, part=1),
    "follow-up-reclaim": by_rule(*running, reclaim_warned, reclaimed, part=1),
    "handle-complaint": by_rule(*running, to_withhold, withheld, complaint, part=1),
    "decide-complaint": by_rule(*running, to_withhold, withheld, complaint, forwarded, part=1),
    "take-up-late-complaint": by_rule(*out, small.late, part=1),
    "dismiss-complaint": of("complaint", turns_away, *out, small.late, part=1),
    "remind-of-report": by_rule(*owing, part=1),
    "check-report-content": by_rule(*owing, report, part=1),
    "check-report-money": by_rule(*owing, report, part=1),
    "conclude-control": of("recipient_report", lambda case, _, who, on: control.conclude(
        case, number=1, found="x", in_order=True, concluded_on=on, concluded_by=who), *out, small.controlled),
    "propose-settlement": of("recipient_report", lambda case, _, who, on: settlement.propose(
        case, used_ore=100, proposed_on=on, proposed_by=who), *to_settle),
    "approve-settlement": by_rule(*to_settle, small.settling),
    "close-case": by_rule(*out, gone),
}  # fmt: skip


def kinds() -> set[str]:
    """Every kind that the inbox's own code offers, wherever it does."""
    found: set[str] = set()
    for path in Path(str(waiting.__path__[0])).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("offered", "_about"):
                name = node.args[1]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    found.add(name.value)
    return found


def test_every_kind_has_a_state_in_which_it_is_offered() -> None:
    assert kinds() == set(STATES)


WHOSE: dict[str, set[str]] = {
    "caseworker": {
        "follow-up-supplement", "assess-application", "propose-award", "freeze-letter", "renew-letter",
        "follow-up-acceptance", "record-acceptance", "register-account", "confirm-condition", "follow-up-reclaim",
        "handle-complaint", "remind-of-report", "check-report-content", "conclude-control", "propose-settlement",
        "close-case",
    },
    "approver": {
        "accept-late-application", "decide-rejection", "decide-dismissal", "approve-award", "confirm-award-import",
        "approve-change", "answer-change-request", "confirm-letter-release", "decide-withholding", "decide-reclaim",
        "take-up-late-complaint", "dismiss-complaint", "approve-settlement",
    },
    "controller": {"verify-account", "request-payment", "take-receipt", "check-report-money"},
    "attestor": {"attest-payment"},
    "ministry": {"decide-complaint"},
}  # fmt: skip
"""The one role that each kind is offered to."""


def test_each_kind_is_offered_to_the_role_whose_it_is() -> None:
    offered: dict[str, set[str]] = {}
    for kind, state in STATES.items():
        for task in list_tasks(state.events):
            if task.task == kind:
                offered.setdefault(task.role, set()).add(kind)
    assert offered == WHOSE


OF_APPLICATIONS = (
    "accept-late-application",
    "assess-application",
    "propose-award",
    "decide-rejection",
    "decide-dismissal",
)


@pytest.mark.parametrize("kind", OF_APPLICATIONS)
@pytest.mark.parametrize("tied", ["kari", "liv", "ola"])
def test_whoever_is_tied_to_the_application_is_offered_nothing_that_their_tie_keeps_them_from(
    kind: str, tied: str
) -> None:
    """Once one of them has said so, beside all that the state holds."""
    state = STATES[kind]
    said = replace(applied.partial, person=tied, stated_on=date(2020, 3, 20))
    _agree(kind, replace(state, events=(*state.events, said)))


@pytest.mark.parametrize("kind", sorted(STATES))
def test_the_kind_is_offered_to_those_whom_its_rule_allows_and_to_nobody_else(kind: str) -> None:
    _agree(kind, STATES[kind])


def _agree(kind: str, state: State) -> None:
    tasks = [each for each in list_tasks(state.events) if (each.task, each.part) == (kind, state.part)]
    assert len(tasks) == 1, f"{kind} is not offered: {[(each.task, each.part) for each in list_tasks(state.events)]}"
    [task] = tasks
    day = max(task.from_on or LAST.get(kind, DAY), LAST.get(kind, DAY))
    for person in (*PEOPLE, "nobody-yet"):
        allowed = _allows(state, kind, person, day)
        assert allowed == (person not in task.not_by and task.only_by in (None, person)), (person, day, task)


def _allows(state: State, kind: str, person: str, day: date) -> bool:
    room, act = (state.room, state.act) if state.act else TRIES[kind]
    evolve, initial = ROOMS[room]
    try:
        follows = act(reduce(evolve, state.events, initial), state.part, person, day)
        keep_closed(state.events, follows)
        keep_until_informed(state.events, follows)
    except Refusal:
        return False
    return bool(follows)


PEOPLE = ("kari", "ola", "liv", "per", "anne", "siri", "ingrid")
DAY = date(2020, 3, 20)
LAST = {
    "decide-complaint": date(2020, 12, 2), "handle-complaint": date(2020, 12, 1), "remind-of-report": date(2021, 4, 2),
    "check-report-content": date(2021, 3, 2), "check-report-money": date(2021, 3, 2),
    "follow-up-reclaim": date(2020, 12, 1), "decide-reclaim": date(2020, 12, 1),
    "decide-withholding": date(2020, 12, 1),
    "propose-settlement": date(2020, 9, 20), "approve-settlement": date(2020, 9, 20),
    "attest-payment": date(2020, 9, 2), "request-payment": date(2020, 9, 2), "take-receipt": date(2020, 9, 3),
}  # fmt: skip
"""Days no earlier than what has happened in the case by then, where that is later than most."""
