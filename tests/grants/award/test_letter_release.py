"""A letter out before the system's time: known by two people and a document, and never a way round the notice."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.refusals import LetterFrozenHere
from services.grants.award.rules import Granted, evolve
from services.grants.case.commitment_refusals import NotCommitted
from services.grants.case.events.grant_letter import LetterReleaseImportProposed
from services.grants.grant_letter.imported_release import (
    AwardApprovedHere,
    DocumentMissing,
    LetterAlreadyOut,
    NothingClaimed,
    ReleaseBeforeApproval,
    ReleaseNotHistory,
    claim_release,
    confirm_release,
)
from tests import given as sentences
from tests.grants.award.letter_freezing import frozen
from tests.grants.fodt_fri import approved, claimed, committed, from_before, letter_out, outside, proposed

BEGAN_ON = date(2021, 3, 1)


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Granted())


def asked(claim: LetterReleaseImportProposed = claimed) -> dict[str, Any]:
    return {**vars(claim), "system_began_on": BEGAN_ON}


def test_one_claims_that_the_letter_went_out_and_another_confirms_it() -> None:
    given(*from_before).when(claim_release, **asked()).then(claimed)
    given(*from_before, claimed).when(confirm_release, confirmed_by="liv").then(letter_out)


def test_whoever_claimed_it_cannot_confirm_it() -> None:
    given(*from_before, claimed).when(confirm_release, confirmed_by="kari").refused(SamePersonTwice)


def test_the_same_claim_and_the_same_confirmation_again_are_nothing() -> None:
    given(*from_before, claimed).when(claim_release, **asked()).nothing()
    given(*from_before, claimed, letter_out).when(claim_release, **asked()).nothing()
    given(*from_before, claimed, letter_out).when(confirm_release, confirmed_by="liv").nothing()


def test_a_better_claim_replaces_the_waiting_one() -> None:
    better = replace(claimed, released_on=date(2020, 2, 11))
    given(*from_before, claimed).when(claim_release, **asked(better)).then(better)
    confirmed = replace(letter_out, released_on=date(2020, 2, 11))
    given(*from_before, claimed, better).when(confirm_release, confirmed_by="liv").then(confirmed)


def test_once_out_it_is_out() -> None:
    other = replace(claimed, released_on=date(2020, 2, 11))
    given(*from_before, claimed, letter_out).when(claim_release, **asked(other)).refused(LetterAlreadyOut)
    given(*from_before, claimed, letter_out).when(confirm_release, confirmed_by="per").refused(LetterAlreadyOut)


def test_a_claim_names_its_document() -> None:
    given(*from_before).when(claim_release, **asked(replace(claimed, document=" "))).refused(DocumentMissing)


def test_a_claim_without_a_hash_is_still_a_claim() -> None:
    paper = replace(claimed, document_sha256=None)
    given(*from_before).when(claim_release, **asked(paper)).then(paper)


def test_a_letter_goes_out_on_the_day_of_approval_at_the_earliest() -> None:
    same_day = replace(claimed, released_on=approved.approved_on)
    given(*from_before).when(claim_release, **asked(same_day)).then(same_day)
    day_before = replace(claimed, released_on=date(2020, 2, 2))
    given(*from_before).when(claim_release, **asked(day_before)).refused(ReleaseBeforeApproval)


def test_a_letter_of_the_systems_own_days_is_not_history() -> None:
    last_day = replace(claimed, released_on=date(2021, 2, 28))
    given(*from_before).when(claim_release, **asked(last_day)).then(last_day)
    given(*from_before).when(claim_release, **asked(replace(claimed, released_on=BEGAN_ON))).refused(ReleaseNotHistory)


def test_there_is_nothing_to_confirm_without_a_claim() -> None:
    given(*from_before).when(confirm_release, confirmed_by="liv").refused(NothingClaimed)


def test_what_is_approved_here_has_its_letter_released_here_whatever_day_it_counts_from() -> None:
    given(*committed).when(claim_release, **asked()).refused(AwardApprovedHere)
    late = replace(approved, approved_on=date(2021, 2, 27))
    given(proposed, late).when(claim_release, **asked(replace(claimed, released_on=date(2021, 2, 28)))).refused(
        AwardApprovedHere
    )


def test_a_claim_that_was_made_before_the_rule_is_not_confirmed_after_it() -> None:
    given(*committed, claimed).when(confirm_release, confirmed_by="liv").refused(AwardApprovedHere)


def test_a_letter_that_was_imported_before_the_rule_stays_out() -> None:
    given(*committed, claimed, letter_out).when(confirm_release, confirmed_by="liv").nothing()
    given(*committed, claimed, letter_out).when(claim_release, **asked()).nothing()
    assert given(*committed, claimed, letter_out).state.out_on == letter_out.released_on


def test_a_case_with_a_letter_of_its_own_imports_none() -> None:
    given(proposed, frozen, outside, *from_before[2:]).when(claim_release, **asked()).refused(LetterFrozenHere)
    given(proposed, frozen, outside, *from_before[2:], claimed).when(confirm_release, confirmed_by="liv").refused(
        LetterFrozenHere
    )


@pytest.mark.parametrize("events", [(), (proposed,)])
def test_there_is_no_letter_before_there_is_an_award(events: tuple[Event, ...]) -> None:
    given(*events).when(claim_release, **asked()).refused(NotCommitted)
    given(*events).when(confirm_release, confirmed_by="liv").refused(NotCommitted)
