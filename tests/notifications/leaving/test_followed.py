"""A letter of a change follows one that left: not before it has, not while a try of it is under way, and never with the
bytes that left. In PostgreSQL and in the rules' own state alike."""

from typing import Any

import psycopg
import pytest

from services.notifications.facts.channel import LetterDispatched, LetterFollowed
from services.notifications.facts.release import SchemeExempt
from services.notifications.release.rules import followed
from tests.conftest import Database
from tests.notifications.leaving.followed import FOLLOWED, OTHER, OTHER_SHA256, refused_release
from tests.notifications.leaving.permitted_sending import (
    AGAIN,
    FAILED_FOR_GOOD,
    FAILED_NOW,
    LOST_SIGHT,
    A,
    begun,
    refused,
    released_world,
)
from tests.notifications.permits import permit
from tests.notifications.world import LETTER_SHA256, SOURCE, Kept, bound_to, exemption_by, held, policy


@pytest.mark.parametrize(
    ("tries", "code"),
    [
        ((), "has-not-left"),
        ((FAILED_NOW,), "has-not-left"),
        ((FAILED_FOR_GOOD,), "has-not-left"),
        ((FAILED_FOR_GOOD, AGAIN), "has-not-left"),
        ((LOST_SIGHT,), "recorded"),
        (("sent",), "recorded"),
        (("sent", FAILED_FOR_GOOD), "recorded"),
    ],
)
def test_a_letter_is_followed_only_once_it_left_or_may_have(
    database: Database, tries: tuple[Any, ...], code: str
) -> None:
    with Kept(database) as world:
        by = released_world(world)
        if tries:
            world.record(A, begun(by))
            assert followed(world.held(A), LETTER_SHA256) == []
            assert refused(world, FOLLOWED) == "has-not-left"
        for each in tries:
            sent = LetterDispatched(attempt=1, channel="file-outbox", reference="x", said_at=world.now)
            world.record(A, sent if each == "sent" else each)
        assert bool(followed(world.held(A), LETTER_SHA256)) == (code == "recorded")
        assert followed(world.held(A), OTHER_SHA256) == []
        assert refused(world, LetterFollowed(letter_sha256=OTHER_SHA256)) == "letter-not-released"
        assert refused(world, FOLLOWED) == code


def test_what_follows_is_released_and_sent_anew_and_what_left_never_is(database: Database) -> None:
    with Kept(database) as world, psycopg.connect(database.notifications_dsn) as service:
        service.execute("INSERT INTO notifications.letter_file (content) VALUES (%s)", (OTHER,))
        service.commit()
        by = released_world(world)
        world.record(A, begun(by))
        world.record(A, LetterDispatched(attempt=1, channel="file-outbox", reference="x", said_at=world.now))
        more = held("a", amount_ore=300, exemption=exemption_by(policy()))
        assert refused(world, more) == "already-released"
        world.record(A, FOLLOWED)
        world.record(A, more)
        assert (
            refused(world, begun(permit(LETTER_SHA256, world.now, attempt=2), attempt=2)) == "permit-of-another-letter"
        )
        assert refused_release(world) == "already-released"
        world.record(A, bound_to(more, files=(OTHER_SHA256,)))
        world.release(A, SchemeExempt(source=SOURCE))
        assert not world.held(A).may_have_left
        assert refused(world, begun(permit(OTHER_SHA256, world.now, attempt=2), attempt=2)) == "recorded"
        assert world.held(A).may_have_left
