"""What the tests of followed mutants build, for other tests to use as well."""

from collections.abc import Callable
from typing import Any

from services.notifications.facts.channel import LetterDispatched, LetterFollowed
from services.notifications.facts.release import LetterReleaseEnded, LetterReleaseOrdered, SchemeExempt
from tests.notifications.gate_mutants import Mutant
from tests.notifications.leaving.followed import FOLLOWED, OTHER_SHA256, refused_release
from tests.notifications.leaving.permitted_sending import AGAIN, FAILED_NOW, LOST_SIGHT, A, begun, ending, refused
from tests.notifications.permits import permit
from tests.notifications.world import LETTER_SHA256, SOURCE, KeptWorld, bound_to, exemption_by, held, policy

ANEW = held("a", amount_ore=300, exemption=exemption_by(policy()))


def sent(world: KeptWorld, attempt: int = 1) -> None:
    by = permit(LETTER_SHA256, world.now, attempt=attempt)
    world.record(A, begun(by, attempt=attempt))
    world.record(A, LetterDispatched(attempt=attempt, channel="file-outbox", reference="x", said_at=world.now))


def followed(world: KeptWorld) -> None:
    """It was sent, and a letter of a change is next."""
    sent(world)
    assert refused(world, FOLLOWED) == "recorded"


def what_has_not_left_is_not_followed(world: KeptWorld) -> None:
    world.record(A, begun(permit(LETTER_SHA256, world.now)), FAILED_NOW)
    assert refused(world, FOLLOWED) == "has-not-left"


def what_may_have_left_is_followed(world: KeptWorld) -> None:
    world.record(A, begun(permit(LETTER_SHA256, world.now)), LOST_SIGHT)
    assert refused(world, FOLLOWED) == "recorded"


def what_was_asked_for_again_while_unknown_may_have_left(world: KeptWorld) -> None:
    world.record(A, begun(permit(LETTER_SHA256, world.now)), LOST_SIGHT, AGAIN)
    assert refused(world, FOLLOWED) == "recorded"


def nothing_follows_while_a_try_is_under_way(world: KeptWorld) -> None:
    sent(world)
    world.record(A, AGAIN)
    world.record(A, begun(permit(LETTER_SHA256, world.now, attempt=2), attempt=2))
    assert refused(world, FOLLOWED) == "has-not-left"


def it_is_the_letter_that_is_out_that_is_followed(world: KeptWorld) -> None:
    sent(world)
    assert refused(world, LetterFollowed(letter_sha256=OTHER_SHA256)) == "letter-not-released"


def the_letter_of_the_change_is_held_next(world: KeptWorld) -> None:
    followed(world)
    assert refused(world, ANEW) == "recorded"


def what_was_ordered_of_the_first_letter_is_not_of_the_next(world: KeptWorld) -> None:
    it = world.held(A).held
    assert it is not None
    world.record(A, LetterReleaseOrdered(manifest_sha256=it.manifest_sha256, ordered_by="ola"))
    followed(world)
    asked = "SELECT ordered FROM notifications.item WHERE item = %s"
    assert world.owner.execute(asked, (A,)).fetchone() == (False,)


def the_bytes_that_left_do_not_leave_again(world: KeptWorld) -> None:
    followed(world)
    world.record(A, ANEW)
    assert refused_release(world) == "already-released"


def bytes_that_never_left_are_let_out_anew(world: KeptWorld) -> None:
    world.record(A, ending())
    assert refused_release(world) == "recorded"


def the_next_letter_has_not_left_because_the_first_did(world: KeptWorld) -> None:
    followed(world)
    world.record(A, bound_to(ANEW, files=(OTHER_SHA256,)))
    world.release(A, SchemeExempt(source=SOURCE))
    stopped = LetterReleaseEnded(letter_sha256=OTHER_SHA256, code="award-changed-since", reason="x")
    assert refused(world, stopped) == "recorded"


Case = Callable[[Any], None]
SWAPS: tuple[tuple[Case, str, str, str, str], ...] = (
    (
        what_has_not_left_is_not_followed,
        "before it has left",
        "follow_letter",
        "AND (s.left_here OR s.state = 'unknown')",
        "",
    ),
    (what_may_have_left_is_followed, "unknown has not left", "follow_letter", "OR s.state = 'unknown'", ""),
    (
        what_was_asked_for_again_while_unknown_may_have_left,
        "a person's word",
        "tell_tries",
        "('begun', 'unknown') AND NOT",
        "('begun') AND NOT",
    ),
    (nothing_follows_while_a_try_is_under_way, "in the middle of a try", "follow_letter", "s.state <> 'begun'", "true"),
    (
        it_is_the_letter_that_is_out_that_is_followed,
        "whichever letter",
        "follow_letter",
        "AND i.letter_sha256 = decode(d ->> 'letter_sha256', 'hex')",
        "",
    ),
    (
        the_letter_of_the_change_is_held_next,
        "followed in word alone",
        "tell_tries",
        "PERFORM notifications.follow_letter(which, at, d);",
        "NULL;",
    ),
    (
        what_was_ordered_of_the_first_letter_is_not_of_the_next,
        "ordered once for all",
        "follow_letter",
        "released = false, ordered = false",
        "released = false",
    ),
    (
        the_bytes_that_left_do_not_leave_again,
        "the same bytes again",
        "number_release",
        "RAISE EXCEPTION 'already-released: these",
        "RAISE NOTICE 'already-released: these",
    ),
    (the_bytes_that_left_do_not_leave_again, "ended, not followed", "follow_letter", "at, true FROM", "at, false FROM"),
    (bytes_that_never_left_are_let_out_anew, "ended is followed", "number_release", "e.followed AND", ""),
    (
        the_next_letter_has_not_left_because_the_first_did,
        "left for ever",
        "follow_letter",
        "SET left_here = false",
        "SET left_here = left_here",
    ),
)
MUTANTS = [Mutant(name, function, was, becomes, killed_by=case) for case, name, function, was, becomes in SWAPS]
