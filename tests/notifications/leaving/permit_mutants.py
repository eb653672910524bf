"""What the tests of permit mutants build, for other tests to use as well."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifications.facts.channel import LetterDispatchFailed, LetterDispatchUnknown, LetterSendingBegun
from services.notifications.facts.release import SchemeExempt
from tests.notifications.gate_mutants import Mutant
from tests.notifications.leaving.permitted_sending import SKEW, A, begun, ending, refused
from tests.notifications.permits import permit
from tests.notifications.world import LETTER_SHA256, SOURCE, KeptWorld, Refused

FAILED = LetterDispatchFailed(attempt=1, problem="x", lasting=False)


def nothing_begins_without_a_permit(world: KeptWorld) -> None:
    assert refused(world, LetterSendingBegun(attempt=1, channel="file-outbox", key="k")) == "permit-missing"


def a_permit_is_over_by_this_clock_less_the_skew(world: KeptWorld) -> None:
    by = permit(LETTER_SHA256, world.now)
    world.now = by.until - SKEW
    assert refused(world, begun(by)) == "permit-over"


def a_permit_is_of_one_letter(world: KeptWorld) -> None:
    assert refused(world, begun(permit("ab" * 32, world.now))) == "permit-of-another-letter"


def a_permit_is_of_one_try(world: KeptWorld) -> None:
    assert refused(world, begun(permit(LETTER_SHA256, world.now, attempt=2))) == "permit-of-another-try"


def a_permit_is_short(world: KeptWorld) -> None:
    long = permit(LETTER_SHA256, world.now, life=timedelta(seconds=181))
    assert refused(world, begun(long)) == "permit-impossible"


def a_permit_is_not_of_tomorrow(world: KeptWorld) -> None:
    assert refused(world, begun(permit(LETTER_SHA256, world.now + SKEW * 2))) == "permit-impossible"


def a_try_under_way_is_not_begun_again(world: KeptWorld) -> None:
    assert refused(world, begun(permit(LETTER_SHA256, world.now))) == "recorded"
    again = permit(LETTER_SHA256, world.now, attempt=2)
    assert refused(world, begun(again, attempt=2)) == "letter-on-its-way"


def a_permit_begins_one_try(world: KeptWorld) -> None:
    by = permit(LETTER_SHA256, world.now)
    assert refused(world, begun(by), FAILED) == "recorded"
    assert refused(world, begun(replace(by, attempt=2), attempt=2)) != "recorded"


def what_is_unknown_counts_as_left(world: KeptWorld) -> None:
    world.record(A, begun(permit(LETTER_SHA256, world.now)), LetterDispatchUnknown(attempt=1, problem="x"))
    assert refused(world, ending()) == "may-have-left"


def what_is_out_is_not_let_out_again(world: KeptWorld) -> None:
    world.owner.execute("UPDATE notifications.item SET released = false")  # whatever the gate's own row says
    with pytest.raises(Refused, match="already-released"):
        world.release(A, SchemeExempt(source=SOURCE))


Case = Callable[[KeptWorld], None]
SWAPS: dict[Case, tuple[str, str, str, str]] = {
    nothing_begins_without_a_permit: (
        "no permit",
        "tell_tries",
        "RAISE EXCEPTION 'permit-missing",
        "RAISE NOTICE 'permit-missing",
    ),
    a_permit_is_over_by_this_clock_less_the_skew: (
        "the skew forgotten",
        "begin_permitted",
        "clock + interval '60 seconds' < runs",
        "clock < runs",
    ),
    a_permit_is_of_one_letter: (
        "any letter",
        "begin_permitted",
        "AND i.letter_sha256 = decode(p ->> 'letter_sha256', 'hex')",
        "",
    ),
    a_permit_is_of_one_try: ("any try", "begin_permitted", "(p ->> 'attempt')::integer = tried", "true"),
    a_permit_is_short: ("as long as it says", "begin_permitted", "runs - since <= interval '180 seconds'", "true"),
    a_permit_is_not_of_tomorrow: ("of tomorrow", "begin_permitted", "since <= clock + interval '60 seconds'", "true"),
    a_try_under_way_is_not_begun_again: ("begun twice", "begin_permitted", "it.state = 'due' AND", ""),
    a_permit_begins_one_try: (
        "used again",
        "begin_permitted",
        "which, tried, since, runs, at);",
        "which, tried, since, runs, at) ON CONFLICT DO NOTHING;",
    ),
    what_is_unknown_counts_as_left: (
        "unknown is not left",
        "end_release",
        "'begun', 'unknown', 'sent'",
        "'begun', 'sent'",
    ),
    what_is_out_is_not_let_out_again: ("let out twice", "number_release", "IF EXISTS (", "IF false AND EXISTS ("),
}
MUTANTS = [Mutant(*swap, killed_by=case) for case, swap in SWAPS.items()]  # type: ignore[arg-type]
