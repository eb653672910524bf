"""What the tests of permit mutants build, for other tests to use as well."""

from collections.abc import Callable
from datetime import timedelta

from services.eventlog.command import Command, Write
from services.grants.grant_letter.permit.events import PermitAnswered
from tests.grants.award.letter_freezing import OTHER
from tests.grants.grant_letter.permit_in_the_log import AN_INSTANT, SENT, SKEW, WRITTEN_OFF, example
from tests.grants.grant_letter.permitted import LIFE, NOON, PermittedCase, granted
from tests.notifications.gate_mutants import Mutant

ANNULLED = "award.annulled.v1"


def an_award_is_not_annulled_while_its_letter_is_sent(case: PermittedCase) -> None:
    case.permit()
    assert case.write(case.stream, example(ANNULLED)).outcome == "refused"


def time_alone_ends_no_permit(case: PermittedCase) -> None:
    case.permit()
    case.set_clock(NOON + timedelta(days=1))
    assert case.write(case.stream, example(ANNULLED)).outcome == "refused"


def a_permit_stands_on_the_case_as_it_is(case: PermittedCase) -> None:
    assert case.permit(case_version=2).outcome == "stale"


def an_answer_to_another_try_ends_none(case: PermittedCase) -> None:
    case.permit()
    case.write(case.permits, PermitAnswered(attempt=2, outcome="not-sent", message_id="9"))
    assert case.write(case.stream, example(ANNULLED)).outcome == "refused"


def two_letters_of_a_case_are_not_sent_at_once(case: PermittedCase) -> None:
    case.permit()
    assert case.permit(sha256=OTHER).outcome == "refused"


def a_permit_does_not_last(case: PermittedCase) -> None:
    assert case.write(case.permits, granted(3, life_seconds=181)).outcome == "refused"


def a_permit_is_not_written_off_while_a_try_may_begin(case: PermittedCase) -> None:
    case.permit()
    case.set_clock(NOON + LIFE + SKEW - AN_INSTANT)
    assert case.write(case.permits, WRITTEN_OFF).outcome == "refused"


def another_permit_is_open_again(case: PermittedCase) -> None:
    case.permit()
    case.write(case.permits, SENT)
    case.permit()
    assert case.write(case.stream, example(ANNULLED)).outcome == "refused"


def a_permit_holds_for_what_comes_in_a_later_commit(case: PermittedCase) -> None:
    case.permit()
    case.write("case-other", example("award.commitment-held-over.v1"))
    assert case.write(case.stream, example(ANNULLED)).outcome == "refused"


def a_permit_holds_for_what_is_recorded_with_it(case: PermittedCase) -> None:
    permit = Write(case.permits, 0, (granted(case.version(case.stream)),))
    annulled = Write(case.stream, case.version(case.stream), (example(ANNULLED),))
    assert case.log.append_now(Command(actor="x"), permit, annulled).outcome == "refused"


Case = Callable[[PermittedCase], None]
SWAPS: dict[Case, tuple[str, str, str, str]] = {
    an_award_is_not_annulled_while_its_letter_is_sent: (
        "nothing is kept out",
        "keep_permits",
        "PERFORM grants.refuse_while_sent(fact.stream);",
        "",
    ),
    time_alone_ends_no_permit: (
        "over with time",
        "refuse_while_sent",
        "p.outcome IS NULL;",
        "p.outcome IS NULL AND p.until > grants.log_clock();",
    ),
    a_permit_stands_on_the_case_as_it_is: ("decided earlier", "grant_permit", "IS DISTINCT FROM", "<"),
    an_answer_to_another_try_ends_none: (
        "any answer",
        "keep_permits",
        "p.attempt = (d ->> 'attempt')::integer AND",
        "",
    ),
    two_letters_of_a_case_are_not_sent_at_once: (
        "two letters",
        "grant_permit",
        "PERFORM grants.refuse_while_sent(which);",
        "NULL;",
    ),
    a_permit_does_not_last: ("as long as it says", "grant_permit", "NOT BETWEEN 1 AND 180", "< 1"),
    a_permit_is_not_written_off_while_a_try_may_begin: (
        "written off early",
        "keep_permits",
        "p.until + interval '60 seconds'",
        "p.until",
    ),
    a_permit_holds_for_what_comes_in_a_later_commit: (
        "only what comes with it",
        "keep_permits",
        "NOT EXISTS (SELECT FROM grants.letter_permit p WHERE p.outcome IS NULL)",
        "true",
    ),
    a_permit_holds_for_what_is_recorded_with_it: (
        "only what comes after it",
        "keep_permits",
        "AND NOT EXISTS (SELECT FROM grants.event e WHERE e.position > before AND e.topic ^@ 'permit.')",
        "",
    ),
    another_permit_is_open_again: ("answered for ever", "grant_permit", ", outcome = NULL", ""),
}
MUTANTS = [Mutant(*swap, killed_by=case) for case, swap in SWAPS.items()]  # type: ignore[arg-type]
