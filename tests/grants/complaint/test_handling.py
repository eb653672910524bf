"""A complaint is handled: suspended, reversed on, sent on, decided; and the estate comes in the party's place."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.case.events.award_change import AwardReduced, Reduction
from services.grants.case.events.complaint import Disputed, Party, SuspensiveEffectEnded
from services.grants.case.events.withholding import ReclaimReduced
from services.grants.complaint.admission import WithTheMinistry
from services.grants.complaint.handling import (
    ComplaintIncomplete,
    ComplaintTooLate,
    NotForwarded,
    NothingToSuspend,
    NotSuspended,
    end_suspension,
    forward,
    grant_suspension,
    record_outcome,
    reverse,
)
from services.grants.complaint.party import NoCaseToEnter, change_party
from services.grants.complaint.rules import (
    ComplaintCase,
    ComplaintEnded,
    ComplaintReasonMissing,
    StepOutOfOrder,
    evolve,
)
from services.grants.complaint.view import shown
from services.grants.registers.organisation_numbers import OrganisationNumberInvalid
from tests.given import Given
from tests.given import given as given_facts
from tests.grants.complaint.handling import more
from tests.grants.complaint.story import (
    ESTATE,
    FODT_FRI,
    bankrupt,
    disputed_case,
    forwarded,
    half_reversed,
    late,
    received,
    reversed_wholly,
    suspended,
    unsigned,
    upheld,
)
from tests.grants.fodt_fri import MILLION, netted, reclaimed, released, repaid

ended = SuspensiveEffectEnded(number=1, reason="Saken er klar.", ended_on=date(2020, 12, 2), ended_by="liv")

lowered = ReclaimReduced(
    number=1, amount_ore=MILLION, reason="Dokumentert.", reduced_on=date(2020, 11, 10), reduced_by="ola"
)


def said(event: Event) -> dict[str, Any]:
    """What the rule is asked with for this fact to follow."""
    return dict(vars(event))


def given(*events: Event) -> Given:
    return given_facts(*disputed_case, *events, evolve=evolve, initial=ComplaintCase())


def test_payment_waits_until_it_is_said_that_it_need_not() -> None:
    given(received).when(grant_suspension, **said(suspended)).then(suspended)
    given(received, suspended).when(grant_suspension, **said(suspended)).nothing()
    given(received, suspended).when(end_suspension, **said(ended)).then(ended)
    given(received, suspended, ended).when(end_suspension, **said(ended)).nothing()
    given(received).when(end_suspension, **said(ended)).refused(NotSuspended)


def test_suspensive_effect_can_be_granted_anew_and_ends_with_the_complaint() -> None:
    again = replace(suspended, granted_on=date(2020, 12, 5))
    given(received, suspended, ended).when(grant_suspension, **said(again)).then(again)
    assert given(received, suspended).state.disputes.payment_suspended
    case = given(received, suspended, forwarded, upheld).state
    assert case.complaint(1).suspension is None
    assert not case.disputes.payment_suspended


def test_a_withholding_is_not_carried_out_by_reclaiming() -> None:
    given(received).when(grant_suspension, **said(suspended) | {"suspends": "reclaim"}).refused(NothingToSuspend)


def test_it_is_not_ended_before_it_was_granted() -> None:
    early = said(ended) | {"ended_on": date(2020, 11, 24)}
    given(received, suspended).when(end_suspension, **early).refused(StepOutOfOrder)


def test_suspensive_effect_is_reasoned_and_decided_by_another_than_who_registered_the_complaint() -> None:
    for rule, event, by in ((grant_suspension, suspended, "granted_by"), (end_suspension, ended, "ended_by")):
        state = given(received) if rule is grant_suspension else given(received, suspended)
        state.when(rule, **said(event) | {"reason": ""}).refused(ComplaintReasonMissing)
        state.when(rule, **said(event) | {by: "siri"}).refused(SamePersonTwice)


def test_a_reversal_in_part_leaves_the_complaint_open_and_a_whole_one_ends_it() -> None:
    given(received).when(reverse, **said(half_reversed)).then(half_reversed)
    given(received, half_reversed).when(reverse, **said(half_reversed)).nothing()
    given(received, half_reversed).when(forward, **said(forwarded)).then(forwarded)
    given(received, reversed_wholly).when(reverse, **said(reversed_wholly)).nothing()
    given(received, reversed_wholly).when(forward, **said(forwarded)).refused(ComplaintEnded)


def test_who_made_the_decision_may_reverse_it_for_that_favours_the_party() -> None:
    by_ola = replace(reversed_wholly, reversed_by="ola")
    given(received).when(reverse, **said(by_ola)).then(by_ola)
    given(received).when(reverse, **said(by_ola) | {"reversed_by": "siri"}).refused(SamePersonTwice)


@pytest.mark.parametrize(("rule", "event"), [(reverse, half_reversed), (forward, forwarded)])
def test_only_a_complaint_that_is_whole_and_in_time_is_tried(rule: Any, event: Event) -> None:
    given(unsigned).when(rule, **said(event)).refused(ComplaintIncomplete)
    given(late).when(rule, **said(event)).refused(ComplaintTooLate)


def test_what_is_forwarded_is_the_ministrys() -> None:
    given(received, forwarded).when(forward, **said(forwarded)).nothing()
    given(received, forwarded).when(reverse, **said(half_reversed)).refused(WithTheMinistry)
    given(received, forwarded).when(forward, **said(forwarded) | {"statement": "Nytt."}).refused(WithTheMinistry)


def test_forwarding_has_a_statement_and_is_not_done_by_who_made_the_decision() -> None:
    given(received).when(forward, **said(forwarded) | {"statement": "\n"}).refused(ComplaintReasonMissing)
    given(received).when(forward, **said(forwarded) | {"forwarded_by": "ola"}).refused(SamePersonTwice)


def test_a_reversal_says_why() -> None:
    given(received).when(reverse, **said(half_reversed) | {"reason": ""}).refused(ComplaintReasonMissing)


def test_the_ministrys_outcome_is_final() -> None:
    given(received, forwarded).when(record_outcome, **said(upheld)).then(upheld)
    given(received, forwarded, upheld).when(record_outcome, **said(upheld)).nothing()
    other = said(upheld) | {"outcome": "changed"}
    given(received, forwarded, upheld).when(record_outcome, **other).refused(ComplaintEnded)


def test_the_ministry_decides_what_it_was_sent_after_it_was_sent() -> None:
    given(received).when(record_outcome, **said(upheld)).refused(NotForwarded)
    early = said(upheld) | {"decided_on": date(2020, 12, 9)}
    given(received, forwarded).when(record_outcome, **early).refused(StepOutOfOrder)


def test_who_forwarded_it_does_not_record_what_came_back() -> None:
    by_siri = said(upheld) | {"recorded_by": "siri"}
    given(received, forwarded).when(record_outcome, **by_siri).refused(SamePersonTwice)


def test_the_estate_becomes_the_party_of_the_open_complaint() -> None:
    given(received, forwarded).when(change_party, **said(bankrupt)).then(bankrupt)
    given(received, bankrupt).when(change_party, **said(bankrupt) | {"recorded_by": "kari"}).nothing()
    case = given(received, forwarded, bankrupt).state
    assert (case.party, case.complaint(1).party, case.complaint(1).received.party) == (ESTATE, ESTATE, FODT_FRI)


def test_another_ones_complaint_and_one_that_is_ended_keep_their_party() -> None:
    neighbour = Party(name="Naboen")
    assert given(replace(received, party=neighbour), bankrupt).state.complaint(1).party == neighbour
    assert given(received, reversed_wholly, bankrupt).state.complaint(1).party == FODT_FRI


def test_a_party_enters_a_case_that_has_one_in_order_and_with_a_number_that_can_exist() -> None:
    nobody = given_facts(evolve=evolve, initial=ComplaintCase())
    nobody.when(change_party, **said(bankrupt)).refused(NoCaseToEnter)
    earlier = said(replace(bankrupt, changed_on=date(2021, 1, 19)))
    given(bankrupt).when(change_party, **earlier).refused(StepOutOfOrder)
    odd = said(replace(bankrupt, party=Party(name="Boet", organisation_number="123456789")))
    given().when(change_party, **odd).refused(OrganisationNumberInvalid)


def test_the_case_names_what_must_follow_a_reversal_and_whether_it_is_done() -> None:
    def follow_ups(*events: Event) -> Any:
        told = shown((*disputed_case, received, *events))
        assert told is not None
        return told["complaints"][0]["follow_ups"]

    assert follow_ups(forwarded, upheld) == []
    todo = {"act": "release-withholding", "number": 1, "done": False}
    assert follow_ups(reversed_wholly) == [todo]
    assert follow_ups(reversed_wholly, released) == [todo | {"done": True}]
    some = replace(released, amount_ore=1 * MILLION)
    assert follow_ups(half_reversed, some, forwarded, replace(upheld, outcome="changed")) == [
        todo | {"done": True},
        todo,
    ]


def test_what_cannot_be_let_go_any_more_is_promised_anew_once_the_decision_does_not_stand() -> None:
    """Nothing is left of a claim that was paid, or of withheld money that fell away: the act the case named could never
    be done, and showed undone for ever."""

    def follow_ups(of: Disputed, *events: Event) -> Any:
        told = shown((*disputed_case, reclaimed, replace(received, disputed=of), *events))
        assert told is not None
        return [(each["act"], each["number"], each["done"]) for each in told["complaints"][0]["follow_ups"]]

    anew, reduce = ("supplementary-award", None, False), ("reduce-reclaim", 1, False)
    whole, changed = replace(repaid, amount_ore=2 * MILLION), (forwarded, replace(upheld, outcome="changed"))
    assert follow_ups("reclaim", reversed_wholly) == [reduce]
    assert follow_ups("reclaim", repaid, reversed_wholly) == [reduce, anew]
    assert follow_ups("reclaim", repaid, netted, reversed_wholly) == [anew]
    assert follow_ups("reclaim", repaid, *changed) == [reduce]
    assert follow_ups("reclaim", whole, *changed) == [anew]
    assert follow_ups("reclaim", whole, *changed, more) == [("supplementary-award", None, True)]
    assert follow_ups("reclaim", replace(lowered, amount_ore=2 * MILLION), reversed_wholly) == []
    assert follow_ups("reclaim", replace(whole, reclaim=2), reversed_wholly) == [reduce]
    gone = AwardReduced(
        reductions=(Reduction(instalment=2, amount_ore=2 * MILLION, withholding=1),),
        ground=more.ground, reduced_on=date(2020, 12, 1), approved_by="liv",
    )  # fmt: skip
    whole_gone = replace(gone, reductions=(replace(gone.reductions[0], amount_ore=3 * MILLION),))
    let_go = ("release-withholding", 1, False)
    assert follow_ups("withholding", gone, *changed) == [let_go]
    assert follow_ups("withholding", gone, reversed_wholly) == [let_go, anew]
    assert follow_ups("withholding", gone, replace(released, amount_ore=1 * MILLION), *changed) == [anew]
    assert follow_ups("withholding", released, *changed) == []
    assert follow_ups("withholding", reversed_wholly, gone) == [let_go, anew]
    assert follow_ups("withholding", reversed_wholly, whole_gone) == [anew]
    assert follow_ups("withholding", *changed, whole_gone) == [anew]
    assert follow_ups("withholding", *changed, gone) == [let_go]
    assert follow_ups("reclaim", reversed_wholly, repaid) == [reduce, anew]
    assert follow_ups("reclaim", *changed, whole) == [anew]


def test_what_was_set_aside_whole_is_followed_up_once_nothing_is_left_of_it() -> None:
    """Seen: a krone let go of three million that the ministry had set aside, and the case said that it was done."""

    def done(*events: Event) -> list[bool]:
        told = shown((*disputed_case, reclaimed, received, *events))
        assert told is not None
        return [each["done"] for each in told["complaints"][0]["follow_ups"]]

    some, rest = replace(released, amount_ore=1 * MILLION), replace(released, amount_ore=2 * MILLION)
    annulled = (forwarded, replace(upheld, outcome="annulled"))
    for set_aside in ((reversed_wholly,), annulled):
        assert done(*set_aside, some) == [False]
        assert done(*set_aside, some, replace(some, reason="Mer er dokumentert.")) == [False]
        assert done(*set_aside, some, rest) == [True]
    assert done(forwarded, replace(upheld, outcome="changed"), some) == [True]


@pytest.mark.parametrize("disputed", ["rejection", "dismissal"])
def test_a_refused_application_is_granted_nothing_on_a_reversal_in_part(disputed: Disputed) -> None:
    def follow_ups(reversal: Event) -> Any:
        told = shown((replace(received, disputed=disputed, decision_number=None), reversal))
        assert told is not None
        return told["complaints"][0]["follow_ups"]

    assert follow_ups(half_reversed) == []
    assert follow_ups(reversed_wholly) == [{"act": "propose-award", "number": None, "done": False}]


def test_a_case_without_complaints_shows_nothing_of_them() -> None:
    assert shown(disputed_case) is None


def test_every_step_of_the_story_is_told_as_it_stands() -> None:
    told = shown((*disputed_case, received, suspended, forwarded, bankrupt, upheld))
    assert told is not None
    (complaint,) = told["complaints"]
    assert (complaint["state"], complaint["outcome"], complaint["suspends"]) == ("decided", "upheld", None)
    assert complaint["party"]["name"] == ESTATE.name
    assert complaint["lodged_by"]["name"] == FODT_FRI.name


@pytest.mark.parametrize("step", [half_reversed, forwarded], ids=lambda step: type(step).__name__)
def test_suspensive_effect_stands_whatever_else_is_done_until_it_is_ended(step: Event) -> None:
    stands = [(received, suspended, step), (received, step, suspended)]
    ended_by_then = [(received, suspended, ended, step), (received, suspended, step, ended)]
    for facts in (*stands, *ended_by_then):
        case = given(*facts).state
        assert (case.complaint(1).suspension == suspended) is (facts in stands)
        assert case.disputes.payment_suspended is (facts in stands)
