"""The settlement: two people, everything answered, the rest released; then the case is closed."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import NotCommitted, ReductionBeyondUnpaid
from services.grants.case.disputes import DisputedMoney
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import AwardDeclined, Ground, Reduction, SupplementaryAwardApproved
from services.grants.case.events.complaint import ComplaintWithdrawn
from services.grants.case.events.disbursement import InstalmentPaid, PaymentAttested
from services.grants.case.events.recipient_report import (
    AwardSettled,
    CaseClosed,
    ControlSelected,
    ReportReceived,
    SettlementReturned,
)
from services.grants.case.events.withholding import ReclaimReduced
from services.grants.recipient_report.before_settlement import (
    AlreadySettled,
    ControlOpen,
    PaymentsUnanswered,
    ReportsOutstanding,
    UnsettledOverpayment,
    UsedBeyondPaid,
    UsedBeyondReported,
    WithholdingUndisposed,
)
from services.grants.recipient_report.closing import (
    ComplaintUndecided,
    NotSettled,
    ReclaimOutstanding,
    StillUndecided,
    close,
)
from services.grants.recipient_report.receiving import ReportApproved, receive
from services.grants.recipient_report.refusals import ReportReasonMissing
from services.grants.recipient_report.settlement import (
    NoSettlementProposed,
    SettledBeforeProposal,
    SettlementOutdated,
    SettlementWaits,
    approve,
    propose,
    return_proposed_settlement,
)
from tests.grants.complaint import story as complaint
from tests.grants.fodt_fri import MILLION, approved, reclaimed, released, repaid, warned, withheld
from tests.grants.recipient_report.story import (
    checked,
    final,
    given,
    interim,
    proposed,
    reported,
    reporting,
    second_paid,
    settled,
    settlement,
)

PROPOSING: dict[str, Any] = {"used_ore": 6 * MILLION, "proposed_on": date(2021, 4, 12), "proposed_by": "kari"}
APPROVING: dict[str, Any] = {"settled_on": date(2021, 4, 20), "approved_by": "ola"}
paid_out = (*reported, second_paid)
rest = Reduction(instalment=2, amount_ore=3 * MILLION)
held = replace(rest, withholding=1)
half_used = replace(settlement, used_ore=3 * MILLION, reductions=(rest,))
attested = PaymentAttested(
    payment_id=UUID(int=1),
    instalment=2,
    amount_ore=MILLION,
    account_id=UUID(int=2),
    pay_on=date(2020, 10, 1),
    attested_on=date(2020, 9, 30),
    attested_by="per",
)
controlled = ControlSelected(
    number=1,
    method="risk",
    draw=None,
    risks=("large-sum",),
    basis="Stort beløp.",
    selected_on=date(2021, 4, 1),
    selected_by="anne",
)
closed = CaseClosed(closed_on=date(2021, 4, 21), closed_by="kari")
CLOSING = {"closed_on": closed.closed_on, "closed_by": "kari"}


def test_one_proposes_and_another_settles() -> None:
    given(*paid_out).when(propose, **PROPOSING).then(settlement)
    given(*paid_out, settlement).when(propose, **PROPOSING).nothing()
    given(*paid_out, settlement).when(approve, **APPROVING).then(settled)
    given(*paid_out, settlement, settled).when(approve, **APPROVING).nothing()
    given(*paid_out, settlement).when(approve, **APPROVING | {"approved_by": "kari"}).refused(SamePersonTwice)


def test_what_was_not_used_falls_away() -> None:
    given(*reported).when(propose, **PROPOSING | {"used_ore": 3 * MILLION}).then(half_used)
    done = replace(settled, used_ore=3 * MILLION, reductions=(rest,))
    case = given(*reported, half_used)
    case.when(approve, **APPROVING).then(done)
    commitment = given(*reported, half_used, done).state.commitment
    assert (commitment.committed_ore, commitment.outstanding_ore) == (3 * MILLION, 0)


def test_a_proposal_waits_until_it_is_approved_or_returned_with_a_reason() -> None:
    back = SettlementReturned(reason="Rapporten sier noe annet.", returned_by="ola")
    asked = {"reason": back.reason, "returned_by": "ola"}
    other = PROPOSING | {"used_ore": 6 * MILLION, "proposed_by": "siri"}
    given(*paid_out, settlement).when(propose, **other).refused(SettlementWaits)
    given(*paid_out, settlement).when(return_proposed_settlement, **asked).then(back)
    given(*paid_out, settlement, back).when(return_proposed_settlement, **asked).nothing()
    given(*paid_out, settlement).when(return_proposed_settlement, **asked | {"reason": ""}).refused(ReportReasonMissing)
    given(*paid_out).when(return_proposed_settlement, **asked).refused(NoSettlementProposed)
    given(*paid_out, settlement, back).when(approve, **APPROVING).refused(NoSettlementProposed)


def test_a_settled_award_is_not_settled_again() -> None:
    given(*paid_out, settlement, settled).when(propose, **PROPOSING).refused(AlreadySettled)
    again = APPROVING | {"approved_by": "liv"}
    given(*paid_out, settlement, settled).when(approve, **again).refused(AlreadySettled)


def test_it_is_settled_only_as_the_money_stands() -> None:
    part = InstalmentPaid(
        instalment=2, amount_ore=MILLION, paid_on=date(2021, 4, 15), reference="B-1003", attested_by="per"
    )
    back = replace(repaid, reclaim=None, received_on=date(2021, 4, 16))
    given(*reported, half_used, part, back).when(approve, **APPROVING).refused(SettlementOutdated)


def test_it_is_not_settled_before_it_was_proposed_nor_before_the_money_was_free() -> None:
    early = APPROVING | {"settled_on": date(2021, 4, 11)}
    given(*paid_out, settlement).when(approve, **early).refused(SettledBeforeProposal)
    let_go = replace(released, released_on=date(2021, 4, 21))
    given(*reported, warned, withheld, let_go, half_used).when(approve, **APPROVING).refused(ReductionBeyondUnpaid)


@pytest.mark.parametrize(
    ("events", "refusal"),
    [
        ((proposed,), NotCommitted),
        ((*reporting, second_paid), ReportsOutstanding),
        ((*reporting, second_paid, interim, *checked(interim), final, checked(final)[0]), ReportsOutstanding),
        ((*reported, attested), PaymentsUnanswered),
        ((*paid_out, controlled), ControlOpen),
        ((*reported, warned, withheld, complaint.received), DisputedMoney),
        ((*paid_out, replace(complaint.received, disputed="award", decision_number=None)), DisputedMoney),
    ],
)
def test_nothing_is_settled_while_something_waits_for_an_answer(events: tuple[Event, ...], refusal: Any) -> None:
    given(*events).when(propose, **PROPOSING).refused(refusal)


def test_use_is_held_against_the_last_report_and_what_was_paid() -> None:
    less = replace(final, used_ore=5 * MILLION)
    events = (*reporting, interim, *checked(interim), less, *checked(less), second_paid)
    given(*events).when(propose, **PROPOSING).refused(UsedBeyondReported)
    given(*reported).when(propose, **PROPOSING).refused(UsedBeyondPaid)
    given(*reported).when(propose, **PROPOSING | {"used_ore": 3 * MILLION + 1}).refused(UsedBeyondPaid)


def test_what_was_paid_beyond_use_comes_back_or_is_reclaimed_first() -> None:
    less = PROPOSING | {"used_ore": 4 * MILLION}
    given(*paid_out).when(propose, **less).refused(UnsettledOverpayment)
    assert given(*paid_out, reclaimed).when(propose, **less).refusal is None
    one_back = replace(repaid, reclaim=None)
    given(*paid_out, one_back).when(propose, **less).refused(UnsettledOverpayment)
    for credited in (True, False):
        both_back = replace(repaid, reclaim=None, amount_ore=2 * MILLION, credited=credited)
        assert given(*paid_out, both_back).when(propose, **less).refusal is None


def test_withheld_money_falls_away_once_nobody_can_set_the_withholding_aside() -> None:
    half = PROPOSING | {"used_ore": 3 * MILLION}
    events = (*reported, warned, withheld)
    given(*events).when(propose, **half | {"proposed_on": date(2020, 11, 23)}).refused(WithholdingUndisposed)
    on_the_day_after = half | {"proposed_on": date(2020, 11, 24)}
    given(*events).when(propose, **on_the_day_after).then(
        replace(half_used, reductions=(held,), proposed_on=date(2020, 11, 24))
    )


@pytest.mark.parametrize(
    ("ending", "falls_away"),
    [
        (complaint.upheld, True),
        (replace(complaint.upheld, outcome="annulled"), False),
        (replace(complaint.upheld, outcome="changed"), False),
    ],
)
def test_the_ministry_decides_whether_withheld_money_falls_away(ending: Event, falls_away: bool) -> None:
    events = (*reported, warned, withheld, complaint.received, complaint.forwarded, ending)
    decided = given(*events).when(propose, **PROPOSING | {"used_ore": 3 * MILLION})
    if falls_away:
        decided.then(replace(half_used, reductions=(held,)))
    else:
        decided.refused(WithholdingUndisposed)


def test_a_settled_case_is_closed_once_and_a_complaint_opens_it() -> None:
    done = (*paid_out, settlement, settled)
    given(*done).when(close, **CLOSING).then(closed)
    given(*done, closed).when(close, **CLOSING).nothing()
    of_the_award = replace(complaint.received, disputed="award", decision_number=None)
    given(*done, closed, of_the_award).when(close, **CLOSING).refused(ComplaintUndecided)


def test_a_case_is_not_closed_with_something_left_to_do() -> None:
    given(proposed).when(close, **CLOSING).refused(StillUndecided)
    given(*reporting).when(close, **CLOSING).refused(NotSettled)
    owing = AwardSettled(used_ore=4 * MILLION, reductions=(), settled_on=date(2021, 4, 20), approved_by="ola")
    given(*paid_out, reclaimed, owing).when(close, **CLOSING).refused(ReclaimOutstanding)
    given(*paid_out, settlement, settled, controlled).when(close, **CLOSING).refused(ControlOpen)


def test_a_case_that_came_to_nothing_is_closed_without_a_settlement() -> None:
    declined = AwardDeclined(
        reason="Prosjektet er avlyst.",
        reductions=(Reduction(instalment=1, amount_ore=3 * MILLION), rest),
        declined_on=date(2020, 3, 1),
        recorded_by="kari",
    )
    given(proposed, approved, declined).when(close, **CLOSING).then(closed)


more = SupplementaryAwardApproved(
    amount_ore=MILLION,
    added=(Instalment(number=3, amount_ore=MILLION),),
    ground=Ground(code="complaint-upheld", text="Klagen førte fram."),
    approved_on=date(2021, 3, 15),
    approved_by="ola",
    disposal_authority="Delegert",
    across_years=True,
)
more_paid = InstalmentPaid(
    instalment=3, amount_ore=MILLION, paid_on=date(2021, 3, 22), reference="B-1003", attested_by="per"
)
anew = replace(final, version=2, used_ore=7 * MILLION, received_on=date(2021, 4, 2))


def arriving(report: ReportReceived) -> dict[str, Any]:
    return {name: value for name, value in vars(report).items() if name != "version"}


@pytest.mark.parametrize(
    ("before", "after"), [(paid_out, ()), ((*paid_out, settlement, settled), ()), (paid_out[:-3], paid_out[-3:])]
)
def test_what_was_promised_after_the_last_report_was_approved_is_reported_and_settled(
    before: tuple[Event, ...], after: tuple[Event, ...]
) -> None:
    """The case could not be settled but by claiming back what was rightly used."""
    case = (*before, more, *after, more_paid)
    used = PROPOSING | {"used_ore": 7 * MILLION}
    given(*case).when(propose, **used).refused(UsedBeyondReported, saying="reported anew")
    given(*case).when(receive, **arriving(anew)).then(anew)
    given(*case, anew).when(propose, **used).refused(ReportsOutstanding)
    given(*case, anew, *checked(anew)).when(propose, **used).then(replace(settlement, used_ore=7 * MILLION))


def test_a_report_is_made_anew_once_for_what_was_promised_since() -> None:
    later = replace(anew, version=3, used_ore=8 * MILLION)
    given(*paid_out, more, anew, *checked(anew)).when(receive, **arriving(later)).refused(ReportApproved)
    given(*paid_out, more).when(receive, **arriving(replace(interim, used_ore=MILLION))).refused(ReportApproved)
    given(*paid_out).when(receive, **arriving(anew)).refused(ReportApproved)
    again = replace(more, added=(Instalment(number=4, amount_ore=MILLION),))
    given(*paid_out, more, anew, *checked(anew), again).when(receive, **arriving(later)).then(later)
    given(*paid_out, more, again).when(receive, **arriving(anew)).then(anew)


def test_whoever_wrote_a_settlement_that_stood_may_approve_the_next_one() -> None:
    """What it stands on was promised since; a draft of this one that went back still counts as written."""
    used = PROPOSING | {"used_ore": 7 * MILLION, "proposed_by": "siri"}
    by_siri = replace(settlement, used_ore=7 * MILLION, proposed_by="siri")
    last = replace(settled, used_ore=7 * MILLION, approved_by="kari")
    case = (*paid_out, settlement, settled, more, more_paid, anew, *checked(anew))
    given(*case).when(propose, **used).then(by_siri)
    given(*case, by_siri).when(approve, **APPROVING | {"approved_by": "kari"}).then(last)
    back = SettlementReturned(reason="Feil.", returned_by="kari")
    by_kari = replace(by_siri, proposed_by="kari")
    given(*case, by_kari, back, by_siri).when(approve, **APPROVING | {"approved_by": "kari"}).refused(SamePersonTwice)


def test_use_is_held_against_the_last_report_though_an_earlier_one_said_more() -> None:
    more, less = replace(interim, used_ore=6 * MILLION), replace(final, used_ore=5 * MILLION)
    case = (*reporting, more, *checked(more), less, *checked(less), second_paid)
    given(*case).when(propose, **PROPOSING).refused(UsedBeyondReported)
    back = replace(repaid, reclaim=None)
    used: dict[str, Any] = {"used_ore": 5 * MILLION}
    given(*case, back).when(propose, **PROPOSING | used).then(replace(settlement, **used))


def test_all_that_came_back_of_later_years_is_out_and_all_that_is_claimed_is_accounted_for() -> None:
    back = [replace(repaid, reclaim=None, credited=False, voucher=f"T-{n}") for n in (1, 2)]
    used: dict[str, Any] = {"used_ore": 4 * MILLION}
    given(*paid_out, *back).when(propose, **PROPOSING | used).then(replace(settlement, **used))
    given(*paid_out, *back).when(propose, **PROPOSING | {"used_ore": 4 * MILLION + 1}).refused(UsedBeyondPaid)
    claims = [replace(reclaimed, number=n, amount_ore=MILLION) for n in (1, 2)]
    given(*paid_out, *claims).when(propose, **PROPOSING | used).then(replace(settlement, **used))
    one_reduced = ReclaimReduced(number=1, amount_ore=1, reason="Feil", reduced_on=date(2021, 1, 4), reduced_by="ola")
    given(*paid_out, *claims, one_reduced).when(propose, **PROPOSING | used).refused(UnsettledOverpayment)


def test_a_complaint_that_was_withdrawn_hides_nothing_of_one_that_was_upheld() -> None:
    first = replace(complaint.received, number=2)
    withdrawn = ComplaintWithdrawn(number=2, withdrawn_on=date(2020, 11, 22), recorded_by="siri")
    last = (complaint.received, complaint.forwarded, complaint.upheld)
    half = PROPOSING | {"used_ore": 3 * MILLION, "proposed_on": date(2020, 11, 23)}
    for ways in ((first, withdrawn, *last), (*last, first, withdrawn)):
        given(*reported, warned, withheld, *ways).when(propose, **half).then(
            replace(half_used, reductions=(held,), proposed_on=date(2020, 11, 23))
        )
    given(*reported, warned, withheld, first, withdrawn).when(propose, **half).refused(WithholdingUndisposed)


def test_it_may_be_settled_on_the_day_it_was_proposed_by_nobody_who_wrote_a_draft_of_it() -> None:
    same_day = replace(settled, settled_on=settlement.proposed_on)
    given(*paid_out, settlement).when(approve, **APPROVING | {"settled_on": settlement.proposed_on}).then(same_day)
    back = SettlementReturned(reason="Feil.", returned_by="liv")
    by_ola = replace(settlement, proposed_by="ola")
    given(*paid_out, by_ola, back, settlement).when(approve, **APPROVING).refused(SamePersonTwice)
