"""An award that was decided before this system: known by two people and a document, and bound like any other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award import approval as awarding
from services.grants.award import rules as award_rules
from services.grants.award.approval import approve, propose, return_proposal
from services.grants.award.award_import import (
    HandledHere,
    ImportNotHistory,
    ImportTooOld,
    NoImportWaits,
    Outside,
    confirm_import,
    propose_import,
)
from services.grants.award.proposal import CommitmentAcrossYears
from services.grants.award.refusals import (
    AwardAlreadyApproved,
    AwardAlreadyProposed,
    AwardImportWaits,
    DisposalAuthorityMissing,
    LetterFrozenHere,
    NothingProposed,
)
from services.grants.award.state import Award, evolve
from services.grants.balance.limits import limits
from services.grants.balance.movements import effects
from services.grants.case.events.award import AwardApproved, AwardImported, AwardImportProposed
from services.grants.case.events.grant_letter import LetterFrozen, LetterReleaseImported
from services.grants.case.events.recipient_report import CaseClosed
from services.grants.grant_letter import freezing as letter_freezing
from services.grants.grant_letter import imported_release as letter_release
from services.grants.grant_letter.freezing import DecidedOutside, Print, freeze
from tests import given as sentences
from tests.grants.award.grant_letters import DATED_ON
from tests.grants.award.letter_freezing import FREEZING, frozen, printed
from tests.grants.fodt_fri import (
    FUND,
    MILLION,
    approved,
    claimed,
    committed,
    from_before,
    imported,
    outside,
    proposed,
)

BEGAN_ON = date(2021, 1, 1)


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Award())


def asked(claim: AwardImportProposed = outside, **more: Any) -> dict[str, Any]:
    told = {name: value for name, value in vars(claim).items() if name != "proposed_by"}
    return {"proposal": proposed, "outside": Outside(**told), "system_began_on": BEGAN_ON} | more


def test_one_claims_that_an_award_was_decided_outside_and_another_confirms_it() -> None:
    given().when(propose_import, **asked()).then(proposed, outside)
    given(proposed, outside).when(confirm_import, confirmed_by="ola").then(imported)


def test_whoever_claimed_it_cannot_confirm_it() -> None:
    given(proposed, outside).when(confirm_import, confirmed_by="kari").refused(SamePersonTwice)


def test_the_same_claim_and_the_same_confirmation_again_are_nothing() -> None:
    given(proposed, outside).when(propose_import, **asked()).nothing()
    given(*from_before).when(propose_import, **asked()).nothing()
    given(*from_before).when(confirm_import, confirmed_by="ola").nothing()
    given(*from_before).when(confirm_import, confirmed_by="liv").refused(AwardAlreadyApproved)


def test_a_day_of_the_systems_own_is_not_history() -> None:
    last_day = replace(outside, decided_on=date(2020, 12, 31))
    given().when(propose_import, **asked(last_day)).then(proposed, last_day)
    given().when(propose_import, **asked(replace(outside, decided_on=BEGAN_ON))).refused(ImportNotHistory)


def test_it_is_said_what_the_decision_rested_on() -> None:
    given().when(propose_import, **asked(replace(outside, disposal_authority=" "))).refused(DisposalAuthorityMissing)


def test_a_better_claim_follows_a_return() -> None:
    better = replace(outside, document="20/00123-5")
    given(proposed, outside).when(propose_import, **asked(better)).refused(AwardAlreadyProposed)
    (returned,) = given(proposed, outside).when(return_proposal, reason="Feil dokument.", returned_by="ola").events
    given(proposed, outside, returned).when(propose_import, **asked(better)).then(proposed, better)
    given(proposed, outside, returned).when(confirm_import, confirmed_by="ola").refused(NoImportWaits)


def test_what_was_proposed_and_returned_here_was_not_decided_outside() -> None:
    (returned,) = given(proposed).when(return_proposal, reason="Feil beløp.", returned_by="ola").events
    given(proposed, returned).when(propose_import, **asked()).refused(HandledHere)
    (of_the_claim,) = (
        given(proposed, returned, proposed, outside)
        .when(return_proposal, reason="Feil dokument.", returned_by="ola")
        .events
    )
    given(proposed, returned, proposed, outside, of_the_claim).when(propose_import, **asked()).refused(HandledHere)


def test_a_decision_is_not_imported_from_long_before_its_budget_year() -> None:
    """One of 1900 was once taken."""
    first = replace(outside, decided_on=date(2018, 1, 1))
    given().when(propose_import, **asked(first)).then(proposed, first)
    for day in (date(2017, 12, 31), date(1900, 1, 1)):
        given().when(propose_import, **asked(replace(outside, decided_on=day))).refused(ImportTooOld)


def test_a_claim_is_never_approved_as_a_decision_of_today_nor_a_proposal_confirmed_as_history() -> None:
    approving = {"approved_by": "ola", "approved_on": date(2020, 2, 3), "disposal_authority": "Instruks 4.2"}
    given(proposed, outside).when(approve, **approving).refused(AwardImportWaits)
    given(proposed).when(confirm_import, confirmed_by="ola").refused(NoImportWaits)
    given().when(confirm_import, confirmed_by="ola").refused(NoImportWaits)
    given(*committed).when(confirm_import, confirmed_by="ola").refused(AwardAlreadyApproved)
    given(*committed).when(propose_import, **asked()).refused(AwardAlreadyApproved)
    for person in ("ola", "liv"):
        given(*from_before).when(approve, **(approving | {"approved_by": person})).refused(AwardAlreadyApproved)


def test_a_proposal_that_waits_is_not_turned_into_the_other_kind() -> None:
    given(proposed).when(propose_import, **asked()).refused(AwardAlreadyProposed)
    given(proposed, outside).when(propose, proposal=proposed).refused(AwardAlreadyProposed)


def test_an_award_with_a_letter_of_its_own_is_decided_here() -> None:
    (returned,) = given(proposed, frozen).when(return_proposal, reason="Feil beløp.", returned_by="ola").events
    given(proposed, frozen, returned).when(propose_import, **asked()).refused(LetterFrozenHere)
    given(proposed, frozen, outside).when(confirm_import, confirmed_by="ola").refused(LetterFrozenHere)


def test_no_letter_is_made_here_of_what_was_decided_outside() -> None:
    for facts in ((proposed, outside), from_before):
        letter = sentences.given(*facts, evolve=letter_freezing.evolve, initial=letter_freezing.GrantLetter())
        letter.when(freeze, **FREEZING).refused(DecidedOutside)
        assert letter.state.waiting is None


def test_the_money_is_that_budget_years() -> None:
    early = replace(outside, decided_on=date(2019, 12, 31))
    given(proposed, early).when(confirm_import, confirmed_by="ola").refused(CommitmentAcrossYears)
    leaning = replace(imported, approved_on=date(2019, 12, 31), across_years=True)
    given(proposed, early).when(confirm_import, confirmed_by="ola", commitment_authority=True).then(leaning)


def test_nothing_is_imported_into_a_closed_case() -> None:
    closed = CaseClosed(closed_on=date(2020, 3, 1), closed_by="ola")
    refusal = given(proposed, outside, closed).when(confirm_import, confirmed_by="ola").refusal
    assert refusal is not None
    assert refusal.code == "case-ended"


def test_a_returned_claim_leaves_nothing_to_approve() -> None:
    (returned,) = given(proposed, outside).when(return_proposal, reason="Feil dokument.", returned_by="ola").events
    approving = {"approved_by": "ola", "approved_on": date(2020, 2, 3), "disposal_authority": "Instruks 4.2"}
    given(proposed, outside, returned).when(approve, **approving).refused(NothingProposed)


def test_an_imported_award_moves_the_same_money_as_an_approved_one() -> None:
    def moved(event: Event) -> Any:
        effect = effects([("case-1", event)]) or {}
        return [{**movement, "ground": ""} for movement in effect["movements"]], effect["funds"]

    assert moved(imported) == moved(approved)
    ours, theirs = (limits([("case-1", replace(made, across_years=True))], ()) for made in (imported, approved))
    assert ours == theirs
    assert [lean["amount_ore"] for lean in ours["leans"]] == [6 * MILLION]
    assert moved(imported)[0][0]["committed"] == 6 * MILLION
    assert moved(imported)[1][0]["parent_id"] == FUND


Act = Callable[[list[Event]], Sequence[Event]]


def folded(events: list[Event]) -> tuple[Award, award_rules.Granted, letter_freezing.GrantLetter]:
    return (
        sentences.given(*events, evolve=evolve, initial=Award()).state,
        sentences.given(*events, evolve=award_rules.evolve, initial=award_rules.Granted()).state,
        sentences.given(*events, evolve=letter_freezing.evolve, initial=letter_freezing.GrantLetter()).state,
    )


def printed_now(events: list[Event]) -> Print:
    """The letter, set for whatever proposal stands."""
    return replace(printed, proposal_version=folded(events)[2].proposal_version)


ACTS: dict[str, Act] = {
    "propose": lambda events: propose(folded(events)[0], proposal=proposed),
    "claim": lambda events: propose_import(folded(events)[0], **asked()),
    "return": lambda events: return_proposal(folded(events)[0], reason=f"Nei {len(events)}.", returned_by="ola"),
    "freeze": lambda events: freeze(
        folded(events)[2], dated_on=DATED_ON, printed=printed_now(events), frozen_by="kari"
    ),
    "approve": lambda events: awarding.approve(
        folded(events)[0], approved_by="ola", approved_on=date(2020, 2, 3), disposal_authority="Instruks 4.2"
    ),
    "confirm": lambda events: confirm_import(folded(events)[0], confirmed_by="ola"),
    "claim letter": lambda events: letter_release.claim_release(
        folded(events)[1], **vars(claimed), system_began_on=BEGAN_ON
    ),
    "confirm letter": lambda events: letter_release.confirm_release(folded(events)[1], confirmed_by="liv"),
}
LONG = st.lists(st.sampled_from(sorted(ACTS)), min_size=4, max_size=14)


def played(acts: Sequence[str], rules: dict[str, Act]) -> list[Event]:
    """What is recorded when these are asked one after the other; a refusal is an answer."""
    events: list[Event] = []
    for name in acts:
        try:
            events += rules[name](events)
        except Refusal:
            continue
    return events


def kinds(events: Sequence[Event]) -> set[type[Event]]:
    return {type(event) for event in events}


def test_no_case_has_both_an_approval_recorded_here_and_an_imported_letter(long: bool) -> None:
    reached: set[frozenset[type[Event]]] = set()

    @settings(max_examples=1_500 if long else 300)
    @drawn(acts=LONG)
    def holds(acts: list[str]) -> None:
        found = kinds(played(acts, ACTS))
        assert not {AwardApproved, LetterReleaseImported} <= found
        assert not {AwardApproved, AwardImported} <= found
        assert not ({LetterFrozen, LetterReleaseImported} <= found)
        reached.add(frozenset(found & {AwardApproved, AwardImported, LetterReleaseImported}))

    holds()
    assert {frozenset({AwardApproved}), frozenset({AwardImported, LetterReleaseImported})} <= reached


@pytest.mark.parametrize("name", ["claim letter"])
def test_without_the_rule_the_property_is_seen_to_fail(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_release, "keep_decided_outside", lambda _: None)
    assert name in ACTS
    found = kinds(played(["propose", "approve", "claim letter", "confirm letter"], ACTS))
    assert {AwardApproved, LetterReleaseImported} <= found
