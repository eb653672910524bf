"""No letter begins to leave without grants' permit: PostgreSQL at the edges of its life, and the sender when grants
gives none, says no, or is away."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.channel.port import NotSent, OutcomeUnknown
from services.notifications.facts.channel import (
    LetterDispatched,
    LetterDispatchFailed,
    LetterSendingBegun,
)
from services.notifications.facts.release import AwardEnded, LetterReleaseOrdered, SchemeExempt
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts
from tests.notifications.leaving.permitted_sending import (
    AGAIN,
    FAILED_FOR_GOOD,
    FAILED_NOW,
    LOST_SIGHT,
    NO,
    SKEW,
    A,
    begun,
    ending,
    learn,
    refused,
    released_world,
)
from tests.notifications.leaving.sender import BEGUN, FAILED, SENT, later, sending, since_release
from tests.notifications.permits import permit
from tests.notifications.world import (
    LETTER_SHA256,
    SOURCE,
    Kept,
    Refused,
    exemption_by,
    held,
    policy,
)

AN_INSTANT = timedelta(microseconds=1)
ENDED = "letter.release-ended.v1"


def test_a_try_begins_while_the_permit_runs_by_this_clock_less_what_clocks_may_differ_by(database: Database) -> None:
    with Kept(database) as world:
        by = released_world(world)
        world.now = by.until - SKEW
        assert refused(world, begun(by)) == "permit-over"
        world.now -= AN_INSTANT
        assert refused(world, begun(by)) == "recorded"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"letter_sha256": "ab" * 32}, "permit-of-another-letter"),
        ({"attempt": 2}, "permit-of-another-try"),
        ({"until": timedelta(seconds=181)}, "permit-impossible"),
        ({"until": timedelta(0)}, "permit-impossible"),
        ({"granted_at": timedelta(seconds=61)}, "permit-impossible"),
    ],
)
def test_a_permit_is_of_this_letter_and_this_try_and_short(
    database: Database, wrong: dict[str, Any], code: str
) -> None:
    with Kept(database) as world:
        by = released_world(world)
        told: dict[str, Any] = {
            name: by.granted_at + value if isinstance(value, timedelta) else value for name, value in wrong.items()
        }
        if "granted_at" in told:
            told["until"] = told["granted_at"] + timedelta(seconds=120)
        assert refused(world, begun(replace(by, **told))) == code
        assert refused(world, begun(by)) == "recorded"


def test_nothing_begins_without_one(database: Database) -> None:
    with Kept(database) as world:
        released_world(world)
        assert refused(world, LetterSendingBegun(attempt=1, channel="file-outbox", key="k")) == "permit-missing"


def test_one_permit_begins_one_try(database: Database) -> None:
    with Kept(database) as world:
        by = released_world(world)
        assert refused(world, begun(by)) == "recorded"
        assert refused(world, begun(by)) == "letter-on-its-way"
        world.record(A, LetterDispatchFailed(attempt=1, problem="x", lasting=False))
        assert refused(world, begun(by)) == "letter-on-its-way"
        again = begun(replace(by, attempt=2), attempt=2)
        with pytest.raises(Refused, match="sending_permit_pkey"):
            world.record(A, again)
        other = permit(LETTER_SHA256, world.now, attempt=2)
        assert refused(world, begun(other, attempt=2)) == "recorded"


@pytest.mark.parametrize(
    ("tries", "code"),
    [
        ((), "recorded"),
        ((FAILED_NOW,), "recorded"),
        ((FAILED_FOR_GOOD,), "recorded"),
        ((FAILED_FOR_GOOD, AGAIN), "recorded"),
        ((LOST_SIGHT, FAILED_NOW), "recorded"),
        ((LOST_SIGHT,), "may-have-left"),
        ((LOST_SIGHT, AGAIN), "may-have-left"),
        (("sent",), "may-have-left"),
        (("sent", FAILED_FOR_GOOD), "may-have-left"),
        (("sent", FAILED_FOR_GOOD, AGAIN), "may-have-left"),
    ],
)
def test_a_release_is_ended_only_before_anything_may_have_left(
    database: Database, tries: tuple[Any, ...], code: str
) -> None:
    """In PostgreSQL and in the rules' own state alike."""
    with Kept(database) as world:
        by = released_world(world)
        if tries:
            world.record(A, begun(by))
            assert refused(world, ending()) == "may-have-left"
        for each in tries:
            sent = LetterDispatched(attempt=1, channel="file-outbox", reference="x", said_at=world.now)
            world.record(A, sent if each == "sent" else each)
        assert world.held(A).may_have_left == (code == "may-have-left")
        assert refused(world, ending()) == code
        assert refused(world, ending()) == ("letter-not-released" if code == "recorded" else code)


def test_an_ended_letter_or_another_of_the_award_is_released_anew_and_once(database: Database) -> None:
    with Kept(database) as world:
        released_world(world)
        assert refused(world, ending()) == "recorded"
        world.release(A, SchemeExempt(source=SOURCE))
        with pytest.raises(Refused, match="already-released"):
            world.release(A, SchemeExempt(source=SOURCE))
        assert refused(world, ending()) == "recorded"
        world.record(A, AwardEnded(change="reduced", version=4))
        other = held("a", amount_ore=50, exemption=exemption_by(policy()))
        world.record(A, other)
        world.release(A, SchemeExempt(source=SOURCE))
        by = permit(LETTER_SHA256, world.now)
        assert refused(world, begun(by)) == "recorded"
        rows = world.owner.execute("SELECT number FROM notifications.release ORDER BY position").fetchall()
        assert rows == [(1,), (2,), (3,)]


def test_a_letter_of_an_award_that_grants_says_is_changed_does_not_leave(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.permits.refuses = NO
        for _ in range(3):
            await later(parts, minutes=10)
        assert await since_release(parts) == [ENDED]
        assert sum(parts.carrier.has.values()) == 0
        assert parts.permits.asked == [1]  # said once, and not asked again
        assert not await parts.sweep().sweep()  # and nobody has ordered it since
        parts.permits.refuses = None
        await learn(parts)
        it = parts.world.held(A).manifest_sha256
        assert it is not None
        parts.world.record(A, LetterReleaseOrdered(manifest_sha256=it, ordered_by="ingrid"))
        assert await parts.sweep().sweep() == 1
        await later(parts, minutes=1)
        assert (await since_release(parts))[-2:] == [BEGUN, SENT]
        assert list(parts.carrier.has.values()) == [1]

    sending(database, story)


def test_a_try_that_failed_before_anything_left_asks_anew_and_may_be_stopped(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.carrier.due.append(NotSent("away", lasting=False))
        await parts.sender().sweep()
        parts.permits.refuses = NO
        await later(parts, minutes=10)
        assert await since_release(parts) == [BEGUN, FAILED, ENDED]
        assert parts.permits.asked == [1, 2]
        assert sum(parts.carrier.has.values()) == 0

    sending(database, story)


def test_what_may_have_left_is_not_sent_once_more_without_grants_word(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.carrier.due.append(OutcomeUnknown("cut off"))
        parts.carrier.takes_before_failing = True
        await parts.sender().sweep()
        await learn(parts)
        parts.world.record(A, AGAIN)
        parts.permits.refuses = NO
        await later(parts, minutes=10)
        assert (await since_release(parts))[-1] == FAILED
        assert ENDED not in await since_release(parts)
        assert sum(parts.carrier.has.values()) == 1

    sending(database, story)


def test_when_grants_gives_no_word_letters_wait_and_notices_go(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.permits.silent = True
        for _ in range(3):
            await later(parts, minutes=10)
        assert await since_release(parts) == []
        parts.permits.silent = False
        await later(parts, minutes=1)
        assert await since_release(parts) == [BEGUN, SENT]

    sending(database, story)


def test_a_sender_that_stood_still_hands_nothing_over(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(parts: Parts) -> None:
        monkeypatch.setattr("services.notifications.channel.sender.MOST_SECONDS_TO_HAND_OVER", -1.0)
        await parts.sender().sweep()
        assert await since_release(parts) == [BEGUN, FAILED]
        assert sum(parts.carrier.has.values()) == 0

    sending(database, story)


def test_a_permit_that_ran_out_before_the_try_began_begins_nothing(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.permits.life = SKEW
        await later(parts, minutes=1)
        assert await since_release(parts) == []
        assert sum(parts.carrier.has.values()) == 0

    sending(database, story)
