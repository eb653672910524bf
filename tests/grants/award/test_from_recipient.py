"""What the recipient says: accepts the terms, refuses the award, asks for changes; and what the year's end does."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.refusals import CaseSettled, ReasonMissing
from services.grants.award.rules import AwardGone, BeforeApproval, PaymentUnderway
from services.grants.award_change.recipient import (
    AcceptanceUndocumented,
    ChangeRequestAnswered,
    CoverEnded,
    NothingUnpaid,
    TermsAlreadyAccepted,
    UnknownChangeRequest,
    accept_terms,
    answer_change,
    decline,
    request_change,
)
from services.grants.award_change.year_end import NothingToTurn, TurnOutOfOrder, YearNotOver, turn_year
from services.grants.case.commitment_refusals import NotCommitted, ReductionBeyondUnpaid
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import (
    AwardDeclined,
    Ground,
    Reduction,
    SupplementaryAwardApproved,
    TermsAccepted,
)
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentHeldOver, CommitmentLapsed
from services.grants.case.informed import LetterNotOut
from services.grants.grant_letter.imported_release import LetterAlreadyOut, claim_release, confirm_release
from tests.grants.award.changes import attested, closed
from tests.grants.award.from_recipient import answer, answered, given, requested
from tests.grants.fodt_fri import (
    MILLION,
    approved,
    claimed,
    committed,
    first_paid,
    letter_out,
    proposed,
    running,
    withheld,
)

accepted = TermsAccepted(accepted_on=date(2020, 2, 14), document="20/00123-5", recorded_by="kari")
declined = AwardDeclined(
    reason="Prosjektet gjennomføres ikke.",
    reductions=(Reduction(instalment=2, amount_ore=3 * MILLION),),
    declined_on=date(2020, 10, 1),
    recorded_by="kari",
)
second_paid = InstalmentPaid(
    instalment=2, amount_ore=3 * MILLION, paid_on=date(2020, 9, 2), reference="B-1002", attested_by="per"
)
released = LetterReleased(released_on=date(2020, 2, 10), sha256="cd" * 32, message_id="m-1")
held = CommitmentCarriedOver(
    year=2020, held_ore=3 * MILLION, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/71",
    recorded_by="anne",
)  # fmt: skip
held_before = CommitmentHeldOver(
    year=2020, held_ore=3 * MILLION, ground="transferable", held_on=date(2020, 12, 31), recorded_by="anne"
)
lapsed = CommitmentLapsed(
    year=2020,
    reductions=(Reduction(instalment=2, amount_ore=3 * MILLION),),
    ground="not-transferable",
    lapsed_on=date(2020, 12, 31),
    recorded_by="anne",
)
NEW_YEAR = date(2021, 1, 1)


def acceptance(**otherwise: Any) -> dict[str, Any]:
    asked = {**vars(accepted), **otherwise}
    del asked["late_after"]  # that follows from the letter
    return asked


def refusal(**otherwise: Any) -> dict[str, Any]:
    return {"reason": declined.reason, "declined_on": declined.declined_on, "recorded_by": "kari", **otherwise}


def request(**otherwise: Any) -> dict[str, Any]:
    return {"asks": "Ny frist.", "received_on": date(2020, 5, 4), "registered_by": "kari", **otherwise}


def turn(**otherwise: Any) -> dict[str, Any]:
    asked = {
        "year": 2020,
        "transferable": False,
        "into_post_id": "2021/291/71",
        "today": NEW_YEAR,
        "recorded_by": "anne",
    }
    return {**asked, **otherwise}


@pytest.mark.parametrize("out", [(claimed, letter_out), (released,)])
def test_terms_are_accepted_once_the_letter_is_out(out: tuple[Event, ...]) -> None:
    given(*committed, *out).when(accept_terms, **acceptance()).then(accepted)
    same_day = replace(accepted, accepted_on=date(2020, 2, 10))
    given(*committed, *out).when(accept_terms, **acceptance(accepted_on=same_day.accepted_on)).then(same_day)
    given(*committed, *out).when(accept_terms, **acceptance(accepted_on=date(2020, 2, 9))).refused(LetterNotOut)
    given(*committed).when(accept_terms, **acceptance()).refused(LetterNotOut)


def test_terms_are_accepted_once() -> None:
    given(*running, accepted).when(accept_terms, **acceptance()).nothing()
    given(*running, accepted).when(accept_terms, **acceptance(document="20/9")).refused(TermsAlreadyAccepted)
    given(*running).when(accept_terms, **acceptance(document=" ")).refused(AcceptanceUndocumented)


def test_a_promise_holds_unaccepted_to_its_last_day() -> None:
    limited = replace(approved, cover_valid_until=date(2020, 3, 31))
    late = acceptance(accepted_on=date(2020, 4, 1))
    given(proposed, limited, released).when(accept_terms, **acceptance()).then(accepted)
    given(proposed, limited, released).when(accept_terms, **late).refused(CoverEnded, saying="2020-03-31")


def test_after_a_late_letter_a_promise_holds_as_long_as_the_recipient_may_complain() -> None:
    """The letter went out on 10 February; three weeks end on 2 March."""
    limited = replace(approved, cover_valid_until=date(2020, 2, 4))
    last = acceptance(accepted_on=date(2020, 3, 2))
    given(proposed, limited, released).when(accept_terms, **last).then(replace(accepted, accepted_on=date(2020, 3, 2)))
    late = acceptance(accepted_on=date(2020, 3, 3))
    given(proposed, limited, released).when(accept_terms, **late).refused(CoverEnded, saying="2020-03-02")


def test_a_recipient_that_refuses_frees_what_is_unpaid() -> None:
    given(*running).when(decline, **refusal()).then(declined)
    assert given(*running, declined).state.commitment.outstanding_ore == 0
    given(*running, declined).when(decline, **refusal()).nothing()
    given(*running, declined).when(decline, **refusal(reason="Annet.")).refused(AwardGone)
    given(*running, declined).when(accept_terms, **acceptance()).refused(AwardGone)


def test_what_is_withheld_falls_away_with_a_refusal_too() -> None:
    last = date(2020, 12, 1)
    freed = replace(
        declined, reductions=(Reduction(instalment=2, amount_ore=3 * MILLION, withholding=1),), declined_on=last
    )
    given(*running, withheld).when(decline, **refusal(declined_on=last)).then(freed)
    given(*running, withheld).when(decline, **refusal()).refused(ReductionBeyondUnpaid)


def test_a_refusal_has_a_reason_a_day_and_money_to_free() -> None:
    given(*running).when(decline, **refusal(reason=" ")).refused(ReasonMissing)
    given(*committed).when(decline, **refusal(declined_on=date(2020, 2, 2))).refused(BeforeApproval)
    given(*running, second_paid).when(decline, **refusal()).refused(NothingUnpaid)
    given(*running, attested).when(decline, **refusal()).refused(PaymentUnderway)
    given(proposed).when(decline, **refusal()).refused(NotCommitted)
    given(*running, closed).when(decline, **refusal()).refused(CaseSettled)


def test_a_change_is_asked_for_and_answered_by_another() -> None:
    given(*running).when(request_change, **request()).then(requested)
    given(*running, requested).when(request_change, **request()).nothing()
    given(*running, requested).when(answer_change, **answer()).then(answered)
    given(*running, requested, answered).when(answer_change, **answer()).nothing()
    given(*running, requested).when(answer_change, **answer(answered_by="kari")).refused(SamePersonTwice)
    given(*running, requested, answered).when(answer_change, **answer(granted_it=False)).refused(ChangeRequestAnswered)
    given(*running).when(answer_change, **answer()).refused(UnknownChangeRequest)


def test_a_request_and_its_answer_come_in_order_and_in_words() -> None:
    given(*committed).when(request_change, **request(asks=" ")).refused(ReasonMissing)
    given(*committed).when(request_change, **request(received_on=date(2020, 2, 2))).refused(BeforeApproval)
    given(*running, requested).when(answer_change, **answer(reason=" ")).refused(ReasonMissing)
    given(*running, requested).when(answer_change, **answer(answered_on=date(2020, 5, 3))).refused(BeforeApproval)
    same_day = replace(answered, answered_on=requested.received_on)
    given(*running, requested).when(answer_change, **answer(answered_on=requested.received_on)).then(same_day)


def test_a_letter_released_here_is_not_imported() -> None:
    began = {"system_began_on": date(2021, 3, 1)}
    given(*committed, released).when(claim_release, **vars(claimed), **began).refused(LetterAlreadyOut)
    given(*committed, claimed, released).when(confirm_release, confirmed_by="liv").refused(LetterAlreadyOut)


def test_unpaid_money_of_a_transferable_post_is_held_over() -> None:
    given(*running).when(turn_year, **turn(transferable=True)).then(held)
    assert given(*running, held).state.commitment.committed_ore == 6 * MILLION
    given(*running, held).when(turn_year, **turn(transferable=True)).nothing()


def test_other_unpaid_money_lapses_on_the_last_day_of_the_year() -> None:
    given(*running).when(turn_year, **turn()).then(lapsed)
    assert given(*running, lapsed).state.commitment.outstanding_ore == 0
    given(*running, lapsed).when(turn_year, **turn()).nothing()


def test_a_promise_on_a_commitment_authority_stands_across_the_year() -> None:
    leaning = replace(held, ground="commitment-authority")
    across = replace(approved, across_years=True)
    given(proposed, across, first_paid).when(turn_year, **turn()).then(leaning)
    given(proposed, across, first_paid).when(turn_year, **turn(transferable=True)).then(leaning)


def test_a_turn_recorded_before_the_next_years_books_knew_of_it_is_recorded_anew_and_once() -> None:
    asked = turn(transferable=True)
    given(*running, held_before).when(turn_year, **asked).then(held)
    given(*running, held_before, held).when(turn_year, **asked).nothing()
    paid_since = replace(second_paid, paid_on=date(2021, 4, 1))
    given(*running, held_before, paid_since).when(turn_year, **asked).then(held)
    given(*running, held_before, paid_since, closed).when(turn_year, **asked).then(held)
    given(*running, paid_since).when(turn_year, **asked).refused(NothingToTurn)


def test_what_was_paid_in_the_new_year_before_its_turn_was_recorded_is_held_over_with_the_rest() -> None:
    late = InstalmentPaidLater(**vars(replace(second_paid, paid_on=date(2021, 1, 12))), charged_post_id="2021/291/71")
    given(*running, late).when(turn_year, **turn(transferable=True)).then(held)
    given(*running, late).when(turn_year, **turn()).refused(NothingToTurn)


def test_money_is_carried_two_years_and_no_longer() -> None:
    again = replace(held, year=2021, held_on=date(2021, 12, 31), into_post_id="2022/291/71")
    case = (*running, held, again)
    last = replace(lapsed, year=2022, ground="carried-long-enough", lapsed_on=date(2022, 12, 31))
    asked = turn(year=2022, transferable=True, today=date(2023, 1, 1))
    given(*case).when(turn_year, **asked).then(last)


def test_years_turn_in_order_once_they_are_over() -> None:
    given(*running).when(turn_year, **turn(today=date(2020, 12, 31))).refused(YearNotOver)
    given(*running).when(turn_year, **turn(year=2021)).refused(TurnOutOfOrder)
    given(*running, second_paid).when(turn_year, **turn()).refused(NothingToTurn)
    given(proposed).when(turn_year, **turn()).refused(NotCommitted)
    given(*running, closed).when(turn_year, **turn()).refused(CaseSettled)
    given(*running, attested).when(turn_year, **turn()).refused(PaymentUnderway)


def test_what_was_paid_after_the_year_is_not_let_fall_before_it() -> None:
    given(*running, replace(withheld, decided_on=date(2021, 1, 5))).when(turn_year, **turn()).refused(
        ReductionBeyondUnpaid
    )


more_on_an_authority = SupplementaryAwardApproved(
    amount_ore=1 * MILLION,
    added=(Instalment(number=3, amount_ore=1 * MILLION, due_on=date(2021, 2, 1)),),
    ground=Ground(code="more-granted", text="Mer til 2021."),
    approved_on=date(2020, 11, 16),
    approved_by="ola",
    disposal_authority="Delegert",
    across_years=True,
)


def test_an_authority_carries_over_the_year_what_was_promised_on_it_and_no_more() -> None:
    """3 million within the year and 1 million on an authority: the 3 are not the new year's own money to bind."""
    case = (*running, more_on_an_authority)
    one = replace(held, held_ore=1 * MILLION, ground="commitment-authority")
    given(*case).when(turn_year, **turn()).then(lapsed, one)
    assert given(*case, lapsed, one).state.commitment.unpaid_on(date(2020, 12, 31)) == 1 * MILLION
    given(*case, lapsed, one).when(turn_year, **turn()).nothing()
    given(*case).when(turn_year, **turn(transferable=True)).then(replace(held, held_ore=4 * MILLION))
    given(*case, second_paid).when(turn_year, **turn(transferable=True)).then(one)
    given(*case, attested).when(turn_year, **turn()).refused(PaymentUnderway)


def test_what_was_carried_long_enough_lapses_beside_a_supplement_on_an_authority() -> None:
    """Promised in 2021 on 2020's authority, it made the three million of 2020 stand for ever."""
    again = replace(held, year=2021, held_ore=4 * MILLION, held_on=date(2021, 12, 31), into_post_id="2022/291/71")
    late = replace(more_on_an_authority, approved_on=date(2021, 3, 1))
    given(*running, held, late).when(
        turn_year, **turn(year=2021, into_post_id="2022/291/71", transferable=True, today=date(2022, 1, 1))
    ).then(again)
    asked = turn(year=2022, into_post_id="2023/291/71", transferable=True, today=date(2023, 1, 1))
    fallen = replace(lapsed, year=2022, ground="carried-long-enough", lapsed_on=date(2022, 12, 31))
    kept = replace(
        held, year=2022, held_ore=1 * MILLION, ground="commitment-authority", held_on=date(2022, 12, 31),
        into_post_id="2023/291/71",
    )  # fmt: skip
    given(*running, held, late, again).when(turn_year, **asked).then(fallen, kept)


def test_a_supplement_within_the_year_is_not_carried_on_the_awards_authority() -> None:
    across = replace(approved, across_years=True)
    within = replace(more_on_an_authority, across_years=False)
    case = (proposed, across, first_paid, within)
    third = replace(lapsed, reductions=(Reduction(instalment=3, amount_ore=1 * MILLION),))
    given(*case).when(turn_year, **turn()).then(third, replace(held, ground="commitment-authority"))


def test_terms_of_an_award_of_which_nothing_is_left_are_not_accepted() -> None:
    whole = (Reduction(instalment=1, amount_ore=3 * MILLION), Reduction(instalment=2, amount_ore=3 * MILLION))
    out = (proposed, approved, letter_out)
    lapsed = CommitmentLapsed(
        year=2020, reductions=whole, ground="not-transferable", lapsed_on=date(2020, 12, 31), recorded_by="anne"
    )
    given(*out).when(accept_terms, **acceptance()).then(accepted)
    given(*out, lapsed).when(accept_terms, **acceptance()).refused(AwardGone)
    given(*out, replace(lapsed, reductions=whole[:1])).when(accept_terms, **acceptance()).then(accepted)
