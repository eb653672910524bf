"""An award on an application: the version that counts, assessed, for its applicant, and no more than sought."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.approval import approve, propose
from services.grants.award.proposal import BasisNotOfScheme, FundNotOfScheme
from services.grants.award.refusals import CoverEndsTooSoon, DecidedInRound, LetterBeforeDecision, LetterMissing
from services.grants.case.events.application import (
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationWithdrawn,
    RejectionProposed,
    RejectionReturned,
)
from services.grants.case.events.award import Applied, AwardReturned, Instalment, Recipient
from services.grants.case.events.complaint import ComplaintReceived, DecisionReversed, Party
from services.grants.case.granted_application import (
    ApplicationNotAssessed,
    ApplicationOver,
    AwardBeyondSought,
    BasisNotOfCase,
    NotImpartial,
)
from tests.grants.award.application_granted import (
    FUND,
    TERMS,
    approval,
    asked,
    assessed,
    award,
    frozen,
    given,
    partial,
    received,
)
from tests.grants.fodt_fri import MILLION, approved, proposed

withdrawn = ApplicationWithdrawn(reason="Egne midler", withdrawn_on=date(2020, 2, 21), recorded_by="kari")
dismissed = ApplicationDismissed(ground="late", reason="Sent", dismissed_on=date(2020, 2, 21), dismissed_by="ola")
rejected = ApplicationRejected(ground="no-funds", reason="Tomt", rejected_on=date(2020, 2, 21), rejected_by="ola")
rejecting = RejectionProposed(ground="no-funds", reason="Tomt", proposed_on=date(2020, 2, 21), proposed_by="kari")
complained = ComplaintReceived(
    number=1,
    disputed="rejection",
    decision_number=None,
    party=Party(name="Drammen kommune"),
    decision_arrived_on=date(2020, 2, 22),
    lodged_on=date(2020, 3, 1),
    last_day_on=date(2020, 3, 14),
    grounds="Vi er uenige.",
    defects=(),
    registered_by="siri",
)


def test_what_was_applied_for_and_assessed_is_granted() -> None:
    given(received, assessed).when(propose, **asked()).then(award)


@pytest.mark.parametrize("part_ore", [1, 2 * MILLION])
def test_no_more_than_was_sought(part_ore: int) -> None:
    fitting = replace(award, amount_ore=part_ore, instalments=(Instalment(number=1, amount_ore=part_ore),))
    given(received, assessed).when(propose, **asked(fitting)).then(fitting)


def test_one_ore_more_than_was_sought_is_refused() -> None:
    more = replace(award, amount_ore=2 * MILLION + 1, instalments=(Instalment(number=1, amount_ore=2 * MILLION + 1),))
    given(received, assessed).when(propose, **asked(more)).refused(AwardBeyondSought)


def test_nobody_is_granted_what_is_not_assessed() -> None:
    given(received).when(propose, **asked()).refused(ApplicationNotAssessed)
    newer = replace(award, basis=Applied(call_id=received.call_id, version=2))
    later = replace(received, version=2)
    given(received, assessed, later).when(propose, **asked(newer)).refused(ApplicationNotAssessed)


@pytest.mark.parametrize("over", [withdrawn, dismissed, rejected, rejecting])
def test_an_application_that_is_over_is_not_granted(over: Event) -> None:
    given(received, assessed, over).when(propose, **asked()).refused(ApplicationOver)
    given(received, assessed, award, frozen, over).when(approve, **approval()).refused(ApplicationOver)


def test_a_returned_rejection_leaves_it_to_be_granted() -> None:
    back = RejectionReturned(reason="Det er midler", returned_by="ola")
    given(received, assessed, rejecting, back).when(propose, **asked()).then(award)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"recipient": Recipient(name="Drammen kommune")},
        {"basis": Applied(call_id="jobbsjansen-2020.forste-runde", version=2)},
        {"scheme_id": "jobbsjansen-ekstraordinaer-2020"},
    ],
)
def test_it_is_the_applicant_the_call_and_the_version_of_the_case(otherwise: dict[str, Any]) -> None:
    given(received, assessed).when(propose, **asked(replace(award, **otherwise))).refused(BasisNotOfCase)


def test_nobody_is_granted_an_application_they_did_not_make() -> None:
    given().when(propose, **asked()).refused(BasisNotOfCase)


def test_an_award_stays_on_the_funds_and_the_basis_of_its_scheme() -> None:
    below = replace(award, fund_id=f"{FUND}/ekstra")
    given(received, assessed).when(propose, **asked(below)).then(below)
    beside = replace(award, fund_id=f"{FUND}-2")
    given(received, assessed).when(propose, **asked(beside)).refused(FundNotOfScheme)
    named = replace(proposed, fund_id=FUND, scheme_id="jobbsjansen-2020")
    given().when(propose, **asked(named)).refused(BasisNotOfScheme)


def test_whoever_is_not_impartial_neither_proposes_nor_approves() -> None:
    given(received, assessed, partial).when(propose, **asked()).refused(NotImpartial)
    cleared = replace(partial, impartial=True)
    given(received, assessed, partial, cleared).when(propose, **asked()).then(award)
    tied = replace(partial, person="ola")
    given(received, assessed, award, frozen, tied).when(approve, **approval()).refused(NotImpartial)


def test_whoever_assessed_it_does_not_approve_it() -> None:
    given(received, assessed, award, frozen).when(approve, **approval(approved_by="siri")).refused(SamePersonTwice)


def test_the_letter_is_frozen_for_this_very_proposal_before_approval() -> None:
    given(received, assessed, award).when(approve, **approval()).refused(LetterMissing)
    older = replace(frozen, proposal_version=2)
    given(received, assessed, award, older).when(approve, **approval()).refused(LetterMissing)
    day = date(2020, 3, 1)
    granted = replace(
        approved,
        fund_id=FUND,
        amount_ore=2 * MILLION,
        approved_on=day,
        disposal_authority="Instruks 4.2",
        scheme_id=award.scheme_id,
    )
    given(received, assessed, award, frozen).when(approve, **approval()).then(granted)
    without = replace(TERMS, letter_template=None)
    unposted = replace(granted, letter_owed=False)
    given(received, assessed, award).when(approve, **approval(scheme=without)).then(unposted)


def test_an_award_is_not_approved_on_a_letter_that_is_dated_before_it() -> None:
    """A letter is dated the day it is meant to leave, which comes after the decision it tells of."""
    for days, taken in ((-1, False), (0, True), (30, True)):
        case = given(received, assessed, award, replace(frozen, dated_on=date(2020, 3, 1) + timedelta(days=days)))
        if taken:
            assert case.when(approve, **approval()).events
        else:
            case.when(approve, **approval()).refused(LetterBeforeDecision, saying="2020-03-01")
            assert case.when(approve, **approval(approved_on=date(2020, 2, 29))).events
    returned = AwardReturned(reason="Ny dato på brevet.", returned_by="ola")
    anew = replace(frozen, proposal_version=6)
    early = replace(frozen, dated_on=date(2020, 2, 28))
    assert given(received, assessed, award, early, returned, award, anew).when(approve, **approval()).events


def test_the_cover_does_not_end_before_it_begins() -> None:
    case = given(received, assessed, award, frozen)
    case.when(approve, **approval(cover_valid_until=date(2020, 2, 29))).refused(CoverEndsTooSoon)
    decided = case.when(approve, **approval(cover_valid_until=date(2020, 3, 1)))
    assert [vars(event)["cover_valid_until"] for event in decided.events] == [date(2020, 3, 1)]


def test_what_a_round_proposed_is_decided_in_that_round() -> None:
    one, other = UUID(int=1), UUID(int=2)
    in_round = replace(award, round_id=one)
    given(received, assessed, in_round, frozen).when(approve, **approval()).refused(DecidedInRound)
    elsewhere = given(received, assessed, in_round, frozen).when(approve, **approval(round_id=other))
    elsewhere.refused(DecidedInRound, saying=f"in round {one}")
    alone = given(received, assessed, award, frozen).when(approve, **approval(round_id=other))
    alone.refused(DecidedInRound, saying="in its own case, in no round")
    decided = given(received, assessed, in_round, frozen).when(approve, **approval(round_id=one))
    assert decided.refusal is None


def test_a_rejection_reversed_in_part_is_not_granted_and_one_reversed_wholly_is() -> None:
    past = (received, assessed, rejecting, rejected, complained)
    in_part = DecisionReversed(
        number=1, wholly=False, reason="Delvis medhold.", reversed_on=date(2020, 5, 1), reversed_by="liv"
    )
    given(*past, in_part).when(propose, **asked()).refused(ApplicationOver)
    given(*past, replace(in_part, wholly=True)).when(propose, **asked()).then(award)
