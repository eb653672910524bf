"""Where a case stands, in one word, also once a complaint has opened it again."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.case.command_handler import organisations_of
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import AwardAnnulled, AwardDeclined, Ground, SupplementaryAwardApproved
from services.grants.case.events.complaint import DecisionReversed, Party
from services.grants.case.events.grant_letter import LetterReleased, LetterReleaseEnded
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed
from services.grants.case.state import State, state_after, state_of
from services.grants.case_view.list_projection import Cases
from tests.grants.application.answers import complained, dismissed, rejected
from tests.grants.award.application_granted import received
from tests.grants.award.letter_freezing import approved
from tests.grants.complaint.story import bankrupt
from tests.history.history import STORED

closed = CaseClosed(closed_on=date(2020, 4, 1), closed_by="kari")
annulled = AwardAnnulled(
    reductions=(),
    ground=Ground(code="reversal-invalid", text="Vedtaket var ugyldig."),
    annulled_on=date(2020, 3, 20),
    approved_by="ola",
)
in_part = DecisionReversed(
    number=1, wholly=False, reason="Delvis medhold.", reversed_on=date(2020, 5, 1), reversed_by="liv"
)


@pytest.mark.parametrize(
    ("decision", "disputed", "stands"),
    [
        (rejected, "rejection", "rejected"),
        (dismissed, "dismissal", "dismissed"),
        (annulled, "annulment", "annulled"),
    ],
)
def test_a_complaint_opens_a_closed_case_where_its_decision_left_it(
    decision: Event, disputed: Any, stands: State
) -> None:
    complaint = replace(complained, disputed=disputed)
    assert state_of([received, decision, closed]) == "closed"
    assert state_of([received, decision, closed, complaint]) == stands


def test_a_closed_rejection_is_opened_by_a_whole_reversal_and_not_by_one_in_part() -> None:
    past = [received, rejected, closed, complained]
    assert state_of([*past, in_part]) == "rejected"
    assert state_of([*past, replace(in_part, wholly=True)]) == "received"


def test_the_list_of_cases_follows_every_fact_that_may_change_where_a_case_stands() -> None:
    """By the stored example of each, from every state. What is decided in a case once is also told by its list."""
    examples = [decode(topic, stored) for topic, stored in STORED.items()]
    released_no_more = LetterReleaseEnded(sha256="0" * 64, message_id="m", another_is_out=False)
    changes = {
        type(event)
        for event in (*examples, released_no_more, replace(in_part, wholly=True))
        for state in get_args(State)
        if state_after(state, event) != state
    }
    assert len(changes) > 15
    assert changes - set(Cases.events) == set()


def test_a_case_is_also_about_who_complains_and_who_comes_in_the_partys_place() -> None:
    estate = replace(bankrupt, party=Party(name="Drammen kommune, konkursbo", organisation_number="974760673"))
    by_the_estate = replace(complained, party=estate.party)
    assert organisations_of([received]) == {"921234554"}
    assert organisations_of([received, estate]) == {"921234554", "974760673"}
    assert organisations_of([received, by_the_estate]) == {"921234554", "974760673"}


def test_that_a_letter_is_out_is_heard_late_and_undoes_nothing_that_became_of_the_award() -> None:
    out = LetterReleased(released_on=date(2020, 3, 21), sha256="ab" * 32, message_id="7")
    ended = LetterReleaseEnded(sha256="ab" * 32, message_id="9")
    assert state_of([approved, out]) == "released"
    assert state_of([approved, out, ended]) == "approved"
    assert state_of([approved, out, ended, out]) == "released"
    assert state_of([approved, annulled, out]) == "annulled"
    assert state_of([approved, annulled, out, ended]) == "annulled"
    assert state_of([approved, out, annulled, ended]) == "annulled"


@pytest.mark.parametrize("state", [each for each in get_args(State) if each != "closed"])
def test_a_complaint_in_a_case_that_is_not_closed_leaves_it_where_it_stands(state: State) -> None:
    for disputed in ("award", "rejection", "dismissal", "annulment", "withholding"):
        assert state_after(state, replace(complained, disputed=disputed)) == state


declined = AwardDeclined(reason="Nei", reductions=(), declined_on=date(2020, 3, 20), recorded_by="kari")
settled = AwardSettled(used_ore=0, reductions=(), settled_on=date(2020, 3, 20), approved_by="ola")
anew = SupplementaryAwardApproved(
    amount_ore=1, added=(Instalment(number=2, amount_ore=1),), ground=annulled.ground, approved_on=date(2020, 6, 1),
    approved_by="ola", disposal_authority="Delegert", letter_owed=True,
)  # fmt: skip


@pytest.mark.parametrize("over", [annulled, declined, settled], ids=lambda event: event.TOPIC)
def test_what_is_promised_anew_after_an_award_was_over_is_approved_until_its_letter_is_out(over: Event) -> None:
    """Seen: it kept the state `annulled` in every list, and no control was drawn from it."""
    out = LetterReleased(released_on=date(2020, 6, 3), sha256="cd" * 32, message_id="9")
    past = [approved, replace(out, message_id="7"), over]
    assert state_of([*past, anew]) == "approved"
    assert state_of([*past, anew, out]) == "released"
    assert state_of([*past, anew, out, replace(anew, amount_ore=2)]) == "released"
    assert state_of([*past, anew, over]) == state_of(past)
    assert state_of([*past, anew, closed]) == "closed"
    assert state_of([approved, anew]) == "approved"


@pytest.mark.parametrize("state", [each for each in get_args(State) if each not in ("declined", "annulled", "settled")])
def test_what_is_added_to_an_award_that_stands_moves_it_nowhere(state: State) -> None:
    assert state_after(state, anew) == state
