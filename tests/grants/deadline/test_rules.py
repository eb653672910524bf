"""Every deadline of a case is due, met or fallen away as its own rule says, by the day that rule holds people to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, run_state_machine_as_test

from services.eventlog.events import Event
from services.grants.case.events.application import ApplicationWithdrawn
from services.grants.case.events.award import Instalment, ReportOwed
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardChangeProposed,
    AwardChangeReturned,
    AwardReduced,
    Ground,
    Reduction,
    SupplementaryAwardApproved,
    TermsAccepted,
)
from services.grants.case.events.complaint import (
    ComplaintCompleted,
    ComplaintCompletionAsked,
    ComplaintReceived,
    Party,
    SuspensiveEffectGranted,
)
from services.grants.case.events.disbursement import InstalmentConditionMet, InstalmentPaid, PayOutMet
from services.grants.case.events.grant_letter import LetterFrozen, LetterReleased, LetterReleaseEnded
from services.grants.case.events.recipient_report import CaseClosed, ReportDeadlineMoved, ReportReceived
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case.hearing import Hearing
from services.grants.deadline.events import Deadline, DeadlinesTold
from services.grants.deadline.money import FALLEN_WHILE, IN_THE_WAY
from services.grants.deadline.rules import ToldDeadlines, evolve, list_deadlines, tell
from services.grants.deadline.year import list_deadlines_of_year
from services.grants.disbursement.blocks import BLOCKS
from tests.grants.acts_on_a_case import FREE, OF_THE_RECIPIENT, WAITING, lacking, promised
from tests.grants.acts_on_a_case import letter_out as letter_out_of_it
from tests.grants.allocation.letters import letter_of, registered
from tests.grants.directorate.machine import HUNT, Directorate
from tests.grants.disbursement.paying import registered as account
from tests.grants.disbursement.paying import verified
from tests.grants.fodt_fri import (
    MILLION,
    approved,
    committed,
    first_paid,
    letter_out,
    netted,
    proposed,
    reclaim_warned,
    reclaimed,
    released,
    repaid,
    running,
    warned,
    withheld,
)
from tests.grants.waiting.asks_the_rules import ACTS, DESK, Applying

REPORTS = (ReportOwed(number=1, kind="final", due_on=date(2021, 3, 1)),)
reporting = (replace(proposed, reports=REPORTS), approved, letter_out)
second_paid = InstalmentPaid(
    instalment=2, amount_ore=3 * MILLION, paid_on=date(2020, 9, 1), reference="B-1002", attested_by="per"
)
everything = (Reduction(instalment=2, amount_ore=3 * MILLION),)
annulled = AwardAnnulled(
    reductions=everything, ground=Ground(code="other", text="x"), annulled_on=date(2020, 5, 4), approved_by="ola"
)
anew = SupplementaryAwardApproved(
    amount_ore=1, added=(Instalment(number=3, amount_ore=1),), ground=annulled.ground, approved_on=date(2020, 6, 2),
    approved_by="ola", disposal_authority="Delegert",
)  # fmt: skip
complained = ComplaintReceived(
    number=1, disputed="withholding", decision_number=1, party=Party(name="Stiftelsen Født Fri"),
    decision_arrived_on=date(2020, 11, 5), lodged_on=date(2020, 11, 23), last_day_on=date(2020, 11, 26), grounds="x",
    defects=(), registered_by="liv",
)  # fmt: skip
of_the_claim = replace(complained, disputed="reclaim")
suspended = SuspensiveEffectGranted(
    number=1, suspends="reclaim", reason="x", granted_on=date(2020, 11, 24), granted_by="siri"
)


def standing(*events: Event) -> dict[str, tuple[str, date]]:
    """Each deadline of a case as it stands, by its key. All of them have a day."""
    found = list_deadlines(events)
    stands: dict[str, tuple[str, date]] = {each.key: (each.state, each.due_on) for each in found if each.due_on}
    assert len(stands) == len(found)
    return stands


def test_an_instalment_is_due_on_its_day_once_the_recipient_knows_of_it_and_met_when_paid() -> None:
    assert "instalment-2" not in standing(*committed)
    assert standing(*running)["instalment-2"] == ("due", date(2020, 9, 1))
    assert standing(*running, second_paid)["instalment-2"] == ("met", date(2020, 9, 1))


def test_an_instalment_without_a_day_is_due_by_the_end_of_the_last_year_its_money_stands_in() -> None:
    assert standing(*committed, letter_out)["instalment-1"] == ("due", date(2020, 12, 31))
    assert standing(*running)["instalment-1"] == ("met", date(2020, 12, 31))
    held_over = CommitmentCarriedOver(
        year=2020, held_ore=6 * MILLION, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/60",
        recorded_by="anne",
    )  # fmt: skip
    assert standing(*committed, letter_out, held_over)["instalment-1"] == ("due", date(2021, 12, 31))


def test_a_letter_that_came_late_makes_no_instalment_overdue() -> None:
    late = replace(letter_out, released_on=date(2020, 10, 1))
    assert standing(*committed, late)["instalment-2"] == ("due", date(2020, 10, 1))


def test_nobody_waits_to_pay_what_is_withheld_until_it_is_released() -> None:
    case = (*running, warned, withheld)
    assert standing(*case)["instalment-2"][0] == "fallen"
    assert standing(*case, released)["instalment-2"][0] == "due"


def test_an_instalment_is_for_whoever_can_do_something_about_what_is_in_its_way() -> None:
    waits = replace(proposed.instalments[1], condition="Prosjektet er i gang")
    conditional = replace(proposed, instalments=(proposed.instalments[0], waits))
    case: tuple[Event, ...] = (conditional, approved, letter_out)
    assert for_whom(*case) == ("caseworker", "Utbetaling av termin 2 (venter på: mottakerens kontonummer)")
    case = (*case, account)
    assert for_whom(*case) == ("controller", "Utbetaling av termin 2 (venter på: kontroll av kontonummeret)")
    case = (*case, verified)
    assert for_whom(*case) == ("caseworker", "Utbetaling av termin 2 (venter på: at vilkåret er oppfylt)")
    met = InstalmentConditionMet(instalment=2, ground="x", met_on=date(2020, 6, 1), confirmed_by="kari")
    assert for_whom(*case, met) == ("attestor", "Utbetaling av termin 2")
    suspended = SuspensiveEffectGranted(
        number=1, suspends="payment", reason="x", granted_on=date(2020, 11, 24), granted_by="siri"
    )
    complaint = replace(complained, disputed="award", decision_number=None)
    assert standing(*case, met, complaint, suspended)["instalment-2"][0] == "fallen"


def for_whom(*events: Event) -> tuple[str, str]:
    """Whom the second instalment is for, and what it says."""
    found = next(each for each in list_deadlines(events) if each.key == "instalment-2")
    return found.role, found.what


SEEN_TO_BY_NOBODY_HERE = {
    "letter_not_released": "nothing is due before the recipient knows of it",
    "terms_not_accepted": "nothing is due before the terms are accepted, and they have a deadline of their own",
    "cover_expired": "the promise has run out, and only another decision makes a new one",
    "outside_budget_year": "the turn of the year is recorded for all cases of a post together",
    "beyond_carry_over": "it waits for a letter of the ministry's",
    "not_due": "its day is the deadline itself",
    "withheld": "nobody waits for it until it is released",
}


def test_whatever_blocks_a_payment_is_seen_to_by_somebody_or_it_is_said_why_not() -> None:
    """Whoever adds a block says whether somebody sees to it, whether the instalment falls away, or why neither."""
    placed = (*IN_THE_WAY, *FALLEN_WHILE)
    assert {block.__name__ for block in BLOCKS if block not in placed} == SEEN_TO_BY_NOBODY_HERE.keys()
    assert {block for block in placed if block not in BLOCKS} == set()
    assert len(set(placed)) == len(placed)


SUSPENDED = replace(complained, disputed="award", decision_number=None), replace(suspended, suspends="payment")
LEAVES_NOTHING_TO_DO: dict[str, tuple[Event, ...]] = {
    "ended": (replace(annulled, reductions=()),),
    "payment_suspended": SUSPENDED,
}
"""For each block that an instalment falls away by, facts that it comes of; nothing is taken from the instalment."""


def test_an_instalment_that_nobody_can_do_anything_about_has_fallen_away() -> None:
    assert {block.__name__ for block in FALLEN_WHILE} == LEAVES_NOTHING_TO_DO.keys()
    assert standing(*running)["instalment-2"][0] == "due"
    for block, facts in LEAVES_NOTHING_TO_DO.items():
        assert standing(*running, *facts)["instalment-2"][0] == "fallen", block


def test_a_change_decided_before_the_letter_is_complained_of_from_when_the_recipient_knew() -> None:
    reduced = AwardReduced(
        reductions=everything, ground=Ground(code="other", text="x"), reduced_on=date(2020, 2, 5), approved_by="ola",
    )  # fmt: skip
    assert "complaint-period-2" not in standing(*committed, reduced)
    late = replace(letter_out, released_on=date(2020, 2, 12))
    periods = standing(*committed, reduced, late)
    assert periods["complaint-period-2"] == ("due", date(2020, 3, 4))
    after = replace(reduced, reduced_on=date(2020, 5, 4))
    assert standing(*committed, late, after)["complaint-period-2"] == ("due", date(2020, 5, 25))
    assert "complaint-period-2" not in standing(*committed, annulled)


def test_an_annulled_award_pays_nothing_more_and_asks_for_no_report() -> None:
    assert standing(*reporting)["recipient-report-1"] == ("due", date(2021, 3, 1))
    wholly = replace(annulled, reductions=(Reduction(instalment=1, amount_ore=3 * MILLION), *everything))
    ended = standing(*reporting, wholly)
    assert ended["instalment-2"][0] == ended["recipient-report-1"][0] == "fallen"


def test_what_was_paid_before_an_award_was_annulled_is_reported_all_the_same() -> None:
    """The case is not settled, nor closed, before somebody has told what the money was used for."""
    assert standing(*reporting, first_paid, annulled)["recipient-report-1"] == ("due", date(2021, 3, 1))
    sent_back = replace(repaid, reclaim=None, amount_ore=3 * MILLION)
    assert standing(*reporting, first_paid, annulled, sent_back)["recipient-report-1"][0] == "fallen"


def test_nothing_is_left_to_accept_of_an_award_that_was_reduced_to_nothing() -> None:
    whole = (Reduction(instalment=1, amount_ore=3 * MILLION), *everything)
    reduced = AwardReduced(
        reductions=whole, ground=Ground(code="other", text="x"), reduced_on=date(2020, 5, 4), approved_by="ola",
    )  # fmt: skip
    accepts = (replace(proposed, acceptance_required=True), replace(approved, cover_valid_until=date(2020, 6, 1)))
    assert standing(*accepts, letter_out)["terms-acceptance"] == ("due", date(2020, 6, 1))
    assert standing(*accepts, letter_out, reduced)["terms-acceptance"][0] == "fallen"


def test_an_award_reduced_by_the_whole_of_an_instalment_pays_it_never() -> None:
    reduced = AwardReduced(
        reductions=everything, ground=Ground(code="other", text="x"), reduced_on=date(2020, 5, 4), approved_by="ola",
    )  # fmt: skip
    assert standing(*running, reduced)["instalment-2"][0] == "fallen"


def test_a_report_is_moved_with_its_day_and_met_when_it_comes() -> None:
    moved = ReportDeadlineMoved(
        number=1, due_on=date(2021, 4, 6), reason="x", moved_on=date(2021, 2, 1), moved_by="liv"
    )
    came = ReportReceived(
        number=1, version=1, summary="x", results="x", used_ore=MILLION, accounts_attested=True, document_sha256=None,
        received_on=date(2021, 4, 1), registered_by="liv",
    )  # fmt: skip
    assert "recipient-report-1" not in standing(replace(proposed, reports=REPORTS), approved)
    assert standing(*reporting, moved)["recipient-report-1"] == ("due", date(2021, 4, 6))
    assert standing(*reporting, moved, came)["recipient-report-1"] == ("met", date(2021, 4, 6))


def test_the_time_to_answer_a_warning_ends_with_the_decision_and_is_replaced_by_a_new_warning() -> None:
    assert standing(*running, warned)["reply-period-warning-1"] == ("due", date(2020, 9, 1))
    assert standing(*running, warned, withheld)["reply-period-warning-1"][0] == "met"
    again = replace(warned, reply_by=date(2020, 9, 15))
    told = standing(*running, warned, again)
    assert (told["reply-period-warning-1"][0], told["reply-period-warning-2"]) == ("fallen", ("due", date(2020, 9, 15)))


def test_the_time_to_answer_a_warning_of_a_claim_ends_with_the_claim_and_is_replaced_by_a_new_warning() -> None:
    assert standing(*running, reclaim_warned)["reply-period-reclaim-warning-1"] == ("due", date(2020, 9, 1))
    assert standing(*running, reclaim_warned, reclaimed)["reply-period-reclaim-warning-1"][0] == "met"
    told = standing(*running, reclaim_warned, replace(reclaim_warned, reply_by=date(2020, 9, 15)))
    assert told["reply-period-reclaim-warning-1"][0] == "fallen"
    assert told["reply-period-reclaim-warning-2"] == ("due", date(2020, 9, 15))


def test_a_claim_is_waited_for_until_it_is_settled_and_not_while_a_complaint_suspends_it() -> None:
    case = (*running, reclaim_warned, reclaimed)
    assert standing(*case)["reclaim-payment-1"] == ("due", date(2020, 11, 30))
    assert standing(*case, of_the_claim, suspended)["reclaim-payment-1"][0] == "fallen"
    assert standing(*case, repaid)["reclaim-payment-1"][0] == "due"
    assert standing(*case, repaid, netted)["reclaim-payment-1"][0] == "met"


def test_the_second_withholding_of_2020_could_be_complained_of_until_23_november() -> None:
    """Decided on 2 November; the complaint came on day 21 of 21 (forvaltningsloven § 29)."""
    case = (*running, warned, withheld)
    assert standing(*case)["complaint-period-2"] == ("due", date(2020, 11, 23))
    assert standing(*case, complained)["complaint-period-2"] == ("met", date(2020, 11, 26))


@pytest.mark.parametrize("act", [*WAITING, *FREE])
def test_nothing_of_an_award_is_due_before_its_recipient_knows_of_it(act: str) -> None:
    """Whatever an earlier release let be done to it by then; and the letter makes all of it due."""
    facts = (*promised, *(WAITING | FREE)[act].given)
    assert {each.kind for each in list_deadlines(facts) if each.state == "due"} <= {"complaint-completion"}
    assert {"instalment", "complaint-period"} <= {each.kind for each in list_deadlines((*facts, letter_out_of_it))}


def test_what_is_asked_of_the_recipient_in_a_complaint_of_its_own_is_not_due_before_it_knows() -> None:
    asked = ComplaintCompletionAsked(number=1, reply_by=date(2020, 3, 9), asked_on=date(2020, 2, 6), asked_by="kari")
    for party, due in ((OF_THE_RECIPIENT, False), (lacking.party, True)):
        facts = (*promised, replace(lacking, party=party), asked)
        kinds = {each.kind for each in list_deadlines(facts) if each.state == "due"}
        assert ("complaint-completion" in kinds) == due
        told = {each.kind for each in list_deadlines((*facts, letter_out_of_it)) if each.state == "due"}
        assert "complaint-completion" in told


def test_an_award_is_complained_of_within_three_weeks_of_its_letter() -> None:
    assert "complaint-period-1" not in standing(*committed)
    assert standing(*running)["complaint-period-1"] == ("due", date(2020, 3, 2))


def test_nobody_waits_for_complaints_of_an_award_that_is_annulled_whatever_becomes_of_its_case() -> None:
    """Seen: it was asked of the state of the case, and so waited for again once the case was closed."""
    assert standing(*running, annulled)["complaint-period-1"][0] == "fallen"
    for after in (CaseClosed(closed_on=date(2020, 6, 2), closed_by="kari"), anew):
        assert standing(*running, annulled, after)["complaint-period-1"][0] == "fallen"


def test_the_time_to_put_a_complaint_right() -> None:
    formless = replace(complained, defects=("not-signed",))
    asked = ComplaintCompletionAsked(number=1, reply_by=date(2020, 12, 7), asked_on=date(2020, 11, 24), asked_by="liv")
    whole = ComplaintCompleted(number=1, completed_on=date(2020, 12, 1), recorded_by="liv")
    case = (*running, warned, withheld, formless, asked)
    assert standing(*case)["complaint-completion-1"] == ("due", date(2020, 12, 7))
    assert standing(*case, whole)["complaint-completion-1"][0] == "met"


def test_the_terms_are_accepted_by_the_day_the_letter_that_is_out_says() -> None:
    accepting = replace(proposed, acceptance_required=True)
    frozen = LetterFrozen(
        proposal_version=1, template="x", form="nb", sha256="ab" * 32, size_bytes=1, dated_on=date(2020, 2, 3),
        frozen_by="kari", accept_by=date(2020, 3, 9),
    )  # fmt: skip
    out = LetterReleased(sha256="ab" * 32, released_on=date(2020, 2, 10), message_id="1")
    accepted = TermsAccepted(accepted_on=date(2020, 3, 2), document="x", recorded_by="kari")
    stopped = LetterReleaseEnded(sha256="ab" * 32, message_id="2")
    assert "terms-acceptance" not in standing(accepting, frozen, approved)
    assert standing(accepting, frozen, approved, out)["terms-acceptance"] == ("due", date(2020, 3, 9))
    assert standing(accepting, frozen, approved, out, accepted)["terms-acceptance"][0] == "met"
    assert "terms-acceptance" not in standing(accepting, frozen, approved, out, stopped)


def test_a_promise_that_is_not_told_of_or_is_gone_waits_for_no_acceptance() -> None:
    accepting, covered = (
        replace(proposed, acceptance_required=True),
        replace(approved, cover_valid_until=date(2020, 4, 1)),
    )
    assert "terms-acceptance" not in standing(accepting, covered)
    assert standing(accepting, covered, letter_out)["terms-acceptance"] == ("due", date(2020, 4, 1))
    assert standing(accepting, covered, letter_out, annulled)["terms-acceptance"][0] == "fallen"


def test_a_decision_that_is_made_anew_is_complained_of_as_it_now_is() -> None:
    again = replace(annulled, annulled_on=date(2020, 6, 2))
    told = standing(*running, annulled, again)
    assert (told["complaint-period-2"][0], told["complaint-period-3"]) == ("fallen", ("due", date(2020, 6, 23)))


def test_an_application_that_is_answered_or_over_waits_for_no_more_of_the_applicant() -> None:
    desk = Applying()
    for act in ("arrives", "asks for more"):
        desk.does(act, "kari")
    asked = desk.life.rooms["application"].unanswered
    assert standing(*desk.life.events)["supplement-reply-1"] == ("due", asked.reply_by)
    withdrawn = ApplicationWithdrawn(reason="x", withdrawn_on=date(2020, 3, 2), recorded_by="kari")
    assert standing(*desk.life.events, withdrawn)["supplement-reply-1"][0] == "fallen"


def test_the_time_to_answer_before_a_change() -> None:
    hearing = Hearing(reply_by=date(2020, 4, 22), exemption=None, warned_on=date(2020, 4, 1))
    change = AwardChangeProposed(
        kind="reduction", reductions=everything, ground=Ground(code="terms-broken", text="x"), added=(),
        hearing=hearing, proposed_by="kari",
    )  # fmt: skip
    silent = replace(change, hearing=None)
    reduced = AwardReduced(reductions=everything, ground=change.ground, reduced_on=date(2020, 5, 4), approved_by="ola")
    back = AwardChangeReturned(reason="x", returned_by="ola")
    assert "reply-period-change-1" not in standing(*running, silent)
    assert standing(*running, change)["reply-period-change-1"] == ("due", date(2020, 4, 22))
    assert standing(*running, change, reduced)["reply-period-change-1"][0] == "met"
    assert standing(*running, change, back)["reply-period-change-1"][0] == "fallen"


# What is told of them.

DUE = Deadline(key="a", kind="instalment", state="due", due_on=date(2020, 9, 1), role="attestor", what="x")


def told(*deadlines: Deadline) -> ToldDeadlines:
    fact = DeadlinesTold(case_id=None, case_number=None, year=2020, deadlines=deadlines, as_of=1, read_to=0, rules=1)
    return evolve(ToldDeadlines(), fact)


@pytest.mark.parametrize(
    ("known", "stands", "expected"),
    [
        ((), (DUE,), (DUE,)),
        ((DUE,), (DUE,), ()),
        ((DUE,), (replace(DUE, due_on=date(2020, 9, 2)),), (replace(DUE, due_on=date(2020, 9, 2)),)),
        ((DUE,), (replace(DUE, state="met"),), (replace(DUE, state="met"),)),
        ((DUE,), (), (replace(DUE, state="fallen"),)),
        ((replace(DUE, state="met"),), (), ()),
        ((replace(DUE, state="fallen"),), (DUE,), (DUE,)),
    ],
    ids=["new", "known", "moved", "met", "gone", "gone once met", "due again"],
)
def test_what_is_new_is_told_once(
    known: Sequence[Deadline], stands: Sequence[Deadline], expected: Sequence[Deadline]
) -> None:
    assert tell(told(*known), stands) == expected
    assert tell(told(*known, *expected), stands) == ()


# In every state a case can come to.


def keep_whole(events: Sequence[Event], so_far: ToldDeadlines) -> ToldDeadlines:
    """Each key names one deadline, no deadline vanishes without being told, and what is told is all that stands."""
    found = list_deadlines(events)
    assert len({each.key for each in found}) == len(found)
    new = tell(so_far, found)
    after = told(*so_far.deadlines.values(), *new)
    assert tell(after, found) == ()
    assert {key for key, each in after.deadlines.items() if each.state == "due"} == {
        each.key for each in found if each.state == "due"
    }
    return after


def test_every_state_of_a_case_has_its_deadlines() -> None:
    reached: set[tuple[str, str]] = set()

    class Watched(Directorate):
        @invariant()
        def its_deadlines_are_told(self) -> None:
            for life in self.lives:
                keep_whole(life.events, ToldDeadlines())
                reached.update((each.kind, each.state) for each in list_deadlines(life.events))

    run_state_machine_as_test(Watched, settings=settings(HUNT, max_examples=15, stateful_step_count=20))
    assert {("complaint-period", "due"), ("reply-period", "due")} <= reached


@settings(max_examples=60)
@given(st.lists(st.tuples(ACTS, st.sampled_from(DESK)), max_size=14))
def test_every_state_of_an_application_has_its_deadlines(done: list[tuple[str, str]]) -> None:
    desk, so_far = Applying(), ToldDeadlines()
    for act, who in done:
        desk.does(act, who)
        so_far = keep_whole(desk.life.events, so_far)
        case = desk.life.rooms["application"]
        waits = case.unanswered is not None and case.ending is None and not case.granted
        due = [
            each for each in list_deadlines(desk.life.events) if each.kind == "supplement-reply" and each.state == "due"
        ]
        assert [each.due_on for each in due] == ([case.unanswered.reply_by] if waits else [])


# A year's letters.


def of_2020(*numbers: int) -> list[Event]:
    return list(registered(*(letter_of(number) for number in numbers)))


def test_the_letters_of_2020_have_their_days() -> None:
    found = list_deadlines_of_year(of_2020(*range(9)))
    days = {(each.kind, each.due_on) for each in found}
    assert ("ministry-report", date(2020, 3, 15)) in days
    assert ("ministry-report", date(2020, 8, 20)) in days
    assert ("assignment", date(2020, 6, 1)) in days or ("ministry-report", date(2020, 6, 1)) in days
    assert sum(each.amount_ore or 0 for each in found if each.kind == "pay-out") == 411 * MILLION
    assert {each.due_on for each in found if each.kind == "pay-out"} == {date(2020, 10, 31)}
    assert sum(each.kind == "letter-publication" for each in found) == 9
    assert len({each.key for each in found}) == len(found) > 40


def test_a_pay_out_is_met_once_all_of_it_is_paid() -> None:
    letters = of_2020(0, 1, 2, 3, 4)
    first = next(each for each in list_deadlines_of_year(letters) if each.kind == "pay-out")
    assert first.state == "due"
    assert first.due_on is not None
    assert first.fund_id is not None
    assert first.amount_ore is not None
    paid = PayOutMet(
        fund_id=first.fund_id, pay_by=first.due_on, amount_ore=first.amount_ore, paid_ore=first.amount_ore,
        in_time=True, found_on=date(2020, 10, 29),
    )  # fmt: skip
    after = {each.key: each.state for each in list_deadlines_of_year([*letters, paid])}
    assert after[first.key] == "met"


def test_nothing_is_due_before_a_case_has_begun() -> None:
    assert list_deadlines([]) == []
