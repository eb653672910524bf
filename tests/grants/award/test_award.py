"""From proposal to approval: what must be there, who may, and which year's money."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.approval import approve, propose, return_proposal
from services.grants.award.proposal import (
    AwardIncomplete,
    CommitmentAcrossYears,
    FundMalformed,
    PlanDoesNotAddUp,
    PlanMisnumbered,
)
from services.grants.award.refusals import (
    AwardAlreadyApproved,
    AwardAlreadyProposed,
    CaseSettled,
    DisposalAuthorityMissing,
    NothingProposed,
    ReasonMissing,
)
from services.grants.award.state import Award, evolve
from services.grants.case.commitment_refusals import AmountNotPositive
from services.grants.case.events.award import (
    AwardApproved,
    AwardProposed,
    AwardReturned,
    Instalment,
    NamedIn,
    Recipient,
)
from services.grants.case.events.recipient_report import CaseClosed
from services.grants.registers.organisation_numbers import OrganisationNumberInvalid, is_organisation_number
from tests import given as sentences
from tests.grants.fodt_fri import MILLION, approved, committed, proposed

returned = AwardReturned(reason="Vilkårene mangler frist for rapport.", returned_by="ola")


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Award())


def asked(proposal: AwardProposed) -> dict[str, Any]:
    """What a caseworker asks for when they propose this."""
    return {"proposal": proposal}


def approval(event: AwardApproved = approved) -> dict[str, Any]:
    return {key: vars(event)[key] for key in ("approved_by", "approved_on", "disposal_authority")}


def test_a_caseworker_proposes_an_award_to_a_recipient_the_letter_names() -> None:
    given().when(propose, **asked(proposed)).then(proposed)


def test_the_same_proposal_again_is_nothing() -> None:
    given(proposed).when(propose, **asked(proposed)).nothing()
    given(*committed).when(propose, **asked(proposed)).nothing()


def test_a_second_proposal_waits_for_the_first_to_be_returned() -> None:
    better = replace(proposed, purpose="Nasjonalt ressursmiljø 2020")
    given(proposed).when(propose, **asked(better)).refused(AwardAlreadyProposed)
    given(proposed, returned).when(propose, **asked(better)).then(better)


def test_nothing_is_proposed_in_a_case_that_is_settled_or_closed() -> None:
    ended = CaseClosed(closed_on=date(2020, 12, 1), closed_by="kari")
    given(proposed, returned, ended).when(propose, **asked(proposed)).refused(CaseSettled)
    given(ended).when(propose, **asked(proposed)).refused(CaseSettled)


def test_an_approved_award_is_not_proposed_anew() -> None:
    given(*committed).when(propose, **asked(replace(proposed, purpose="Annet"))).refused(AwardAlreadyApproved)


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("recipient", replace(proposed, recipient=Recipient(name=" "))),
        ("purpose", replace(proposed, purpose="")),
        ("terms", replace(proposed, terms=())),
        ("terms", replace(proposed, terms=("Rapport leveres.", " "))),
        ("instalments", replace(proposed, instalments=())),
        ("section of the letter", replace(proposed, basis=NamedIn(year=2020, letter=0, section=""))),
    ],
)
def test_what_is_missing_is_named(name: str, lacking: AwardProposed) -> None:
    refusal = given().when(propose, **asked(lacking)).refused(AwardIncomplete, saying=name)
    assert refusal.details["missing"] == [name]


def test_everything_missing_is_named_at_once() -> None:
    refusal = given().when(propose, **asked(replace(proposed, purpose="", terms=()))).refused(AwardIncomplete)
    assert refusal.details["missing"] == ["purpose", "terms"]


def test_a_fund_begins_with_its_budget_year() -> None:
    given().when(propose, **asked(replace(proposed, fund_id="291/71"))).refused(FundMalformed)


def test_an_organisation_number_has_the_right_check_digit() -> None:
    right = Recipient(name="Skatteetaten", organisation_number="974761076")
    wrong = Recipient(name="Skatteetaten", organisation_number="974761077")
    given().when(propose, **asked(replace(proposed, recipient=right))).then(replace(proposed, recipient=right))
    given().when(propose, **asked(replace(proposed, recipient=wrong))).refused(OrganisationNumberInvalid)


@pytest.mark.parametrize("number", ["97476107", "9747610760", "97476107a", "٩٧٤٧٦١٠٧٦", ""])
def test_an_organisation_number_is_nine_plain_digits(number: str) -> None:
    assert not is_organisation_number(number)


@pytest.mark.parametrize("amount_ore", [0, -1])
def test_an_award_is_more_than_nothing(amount_ore: int) -> None:
    given().when(propose, **asked(replace(proposed, amount_ore=amount_ore))).refused(AmountNotPositive)


def in_parts(*parts: tuple[int, int]) -> AwardProposed:
    instalments = tuple(Instalment(number=number, amount_ore=amount_ore) for number, amount_ore in parts)
    return replace(proposed, instalments=instalments)


def test_an_award_of_one_ore_can_be_proposed() -> None:
    smallest = replace(in_parts((1, 1)), amount_ore=1)
    given().when(propose, **asked(smallest)).then(smallest)


@pytest.mark.parametrize("difference_ore", [-1, 1])
def test_instalments_add_up_to_the_award_to_the_ore(difference_ore: int) -> None:
    off = in_parts((1, 3 * MILLION), (2, 3 * MILLION + difference_ore))
    refusal = given().when(propose, **asked(off)).refused(PlanDoesNotAddUp)
    assert refusal.details["difference_ore"] == difference_ore


def test_no_instalment_is_negative_even_if_the_sum_is_right() -> None:
    given().when(propose, **asked(in_parts((1, 7 * MILLION), (2, -MILLION)))).refused(AmountNotPositive)


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1), (1, 3), (0, 1)])
def test_instalments_are_numbered_from_one_in_order(numbers: tuple[int, int]) -> None:
    plan = in_parts((numbers[0], 3 * MILLION), (numbers[1], 3 * MILLION))
    given().when(propose, **asked(plan)).refused(PlanMisnumbered)


def test_the_approver_returns_it_with_a_reason() -> None:
    given(proposed).when(return_proposal, **vars(returned)).then(returned)


def test_the_same_return_again_is_nothing() -> None:
    given(proposed, returned).when(return_proposal, **vars(returned)).nothing()


def test_a_new_proposal_may_be_returned_for_the_same_reason() -> None:
    given(proposed, returned, proposed).when(return_proposal, **vars(returned)).then(returned)


def test_nothing_is_returned_without_a_reason() -> None:
    given(proposed).when(return_proposal, reason=" ", returned_by="ola").refused(ReasonMissing)


@pytest.mark.parametrize("act", [approve, return_proposal])
def test_without_a_proposal_there_is_nothing_to_decide(act: Callable[..., list[Event]]) -> None:
    asked_of = approval() if act is approve else vars(returned)
    given().when(act, **asked_of).refused(NothingProposed)


def test_a_returned_proposal_cannot_be_approved() -> None:
    given(proposed, returned).when(approve, **approval()).refused(NothingProposed)


def test_an_approved_award_is_not_returned() -> None:
    given(*committed).when(return_proposal, **vars(returned)).refused(AwardAlreadyApproved)


def test_a_second_person_approves_and_the_fund_is_bound() -> None:
    given(proposed).when(approve, **approval()).then(approved)


def test_whoever_prepared_it_cannot_approve_it() -> None:
    given(proposed).when(approve, **(approval() | {"approved_by": "kari"})).refused(SamePersonTwice)


def test_the_same_approval_again_is_nothing() -> None:
    given(*committed).when(approve, **approval()).nothing()


def test_an_award_is_approved_once() -> None:
    given(*committed).when(approve, **(approval() | {"approved_by": "liv"})).refused(AwardAlreadyApproved)


def test_nobody_approves_without_budget_disposal_authority() -> None:
    given(proposed).when(approve, **(approval() | {"disposal_authority": " "})).refused(DisposalAuthorityMissing)


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(2020, 12, 31)])
def test_a_commitment_may_count_from_the_first_and_the_last_day_of_the_year(day: date) -> None:
    given(proposed).when(approve, **(approval() | {"approved_on": day})).then(replace(approved, approved_on=day))


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2021, 1, 1)])
def test_a_commitment_on_another_years_day_needs_a_commitment_authority(day: date) -> None:
    asked_of = approval() | {"approved_on": day}
    given(proposed).when(approve, **asked_of).refused(CommitmentAcrossYears)
    across = replace(approved, approved_on=day, across_years=True)
    given(proposed).when(approve, **asked_of, commitment_authority=True).then(across)


def test_promising_payment_next_year_is_a_commitment_across_years_too() -> None:
    first, second = proposed.instalments
    late = replace(proposed, instalments=(first, replace(second, due_on=date(2021, 1, 1))))
    given().when(propose, **asked(late)).refused(CommitmentAcrossYears)
    given().when(propose, **asked(late), commitment_authority=True).then(late)
    given(late).when(approve, **approval()).refused(CommitmentAcrossYears)
    given(late).when(approve, **approval(), commitment_authority=True).then(replace(approved, across_years=True))
