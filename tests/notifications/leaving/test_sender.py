"""The sender: each thing leaves once, or is known not to have left, or is known to be unknown."""

import asyncio
from dataclasses import dataclass

import pytest

from services.eventlog.log import History
from services.notifications.channel.port import Arrived, CannotTell, Envelope, Lost, NotSent, OutcomeUnknown, Sent
from services.notifications.channel.post import Sending
from services.notifications.release.letter_post import LetterPost
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts, Steered, let_out
from tests.notifications.leaving.sender import BEGUN, FAILED, SENT, UNKNOWN, later, sending, since_release
from tests.notifications.world import letter

DELIVERED = "letter.delivered.v1"


def test_a_letter_is_sent_once_and_followed_until_it_arrives(database: Database) -> None:
    async def story(parts: Parts) -> None:
        await parts.sender().sweep()
        await later(parts, seconds=20)
        assert await since_release(parts) == [BEGUN, SENT]
        parts.carrier.became = Arrived(at=parts.world.now, evidence="LEST")
        await later(parts, seconds=20)
        await later(parts, days=1)
        assert await since_release(parts) == [BEGUN, SENT, DELIVERED]
        assert list(parts.carrier.has.values()) == [1]

    sending(database, story)


@pytest.mark.parametrize("taken", [True, False], ids=["the channel had it", "the channel had it not"])
def test_what_is_unknown_is_asked_for_and_never_sent_blindly_again(database: Database, taken: bool) -> None:
    async def story(parts: Parts) -> None:
        parts.carrier.due.append(OutcomeUnknown("cut off"))
        parts.carrier.takes_before_failing = taken
        parts.carrier.silent = CannotTell("away")
        await parts.sender().sweep()
        for _ in range(3):
            await later(parts, minutes=10)
        assert await since_release(parts) == [BEGUN, UNKNOWN]
        assert sum(parts.carrier.has.values()) == taken
        assert parts.carrier.asked == 3
        parts.carrier.silent = None
        for _ in range(3):
            await later(parts, minutes=10)
        found = [BEGUN, UNKNOWN, SENT] if taken else [BEGUN, UNKNOWN, FAILED, BEGUN, SENT]
        assert await since_release(parts) == found
        assert list(parts.carrier.has.values()) == [1]

    sending(database, story)


def test_what_was_begun_and_never_ended_is_asked_for_after_two_minutes(database: Database) -> None:
    async def story(parts: Parts) -> None:
        history = await parts.reading.log.load(letter("a"))
        parts.world.record(
            letter("a"), *(await LetterPost(parts.reading, parts.permits, parts.now).begin(history)).facts
        )
        await later(parts, seconds=119)
        assert (parts.carrier.asked, sum(parts.carrier.has.values())) == (0, 0)
        await later(parts, seconds=2)
        assert (parts.carrier.asked, sum(parts.carrier.has.values())) == (1, 0)
        assert await since_release(parts) == [BEGUN, FAILED]
        await later(parts, minutes=1)
        assert await since_release(parts) == [BEGUN, FAILED, BEGUN, SENT]

    sending(database, story)


def test_a_passing_failure_is_tried_again_ever_more_seldom(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.carrier.due.extend([NotSent("away", lasting=False)] * 3)
        await parts.sender().sweep()
        await later(parts, seconds=9)
        assert (await since_release(parts)).count(BEGUN) == 1
        await later(parts, seconds=2)
        await later(parts, seconds=11)
        assert (await since_release(parts)).count(BEGUN) == 2
        await later(parts, seconds=10)
        await later(parts, hours=1)
        assert (await since_release(parts))[-2:] == [BEGUN, SENT]
        assert list(parts.carrier.has.values()) == [1]

    sending(database, story)


def test_a_lasting_failure_waits_for_a_person(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.carrier.due.append(NotSent("no such receiver", lasting=True))
        await parts.sender().sweep()
        await later(parts, days=2)
        assert await since_release(parts) == [BEGUN, FAILED]

    sending(database, story)


def test_a_letter_that_is_lost_on_its_way_waits_for_a_person(database: Database) -> None:
    async def story(parts: Parts) -> None:
        await parts.sender().sweep()
        parts.carrier.became = Lost(problem="FEIL")
        await later(parts, minutes=1)
        await later(parts, days=2)
        assert await since_release(parts) == [BEGUN, SENT, FAILED]
        assert list(parts.carrier.has.values()) == [1]

    sending(database, story)


def test_bytes_that_are_not_those_released_never_leave(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.world.owner.execute("ALTER TABLE notifications.letter_file DISABLE TRIGGER ALL")
        parts.world.owner.execute("UPDATE notifications.letter_file SET content = 'another letter'")
        await parts.sender().sweep()
        await later(parts, days=2)
        assert await since_release(parts) == [BEGUN, FAILED]
        assert not parts.carrier.has

    sending(database, story)


def test_a_letter_by_a_channel_that_is_not_set_up_keeps_no_others_back(database: Database) -> None:
    async def story(parts: Parts) -> None:
        let_out(parts.world, "b")
        first = min(letter("a"), letter("b"))
        known = LetterPost.sending

        def broken(post: LetterPost, history: History) -> Sending:
            if history.stream == first:
                raise AssertionError("not to be read")
            return known(post, history)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(LetterPost, "sending", broken)
            await parts.sender().sweep()
        assert list(parts.carrier.has.values()) == [1]
        await later(parts, minutes=1)
        assert list(parts.carrier.has.values()) == [1, 1]

    sending(database, story)


def test_of_two_senders_one_sends(database: Database) -> None:
    async def story(parts: Parts) -> None:
        one, other = parts.sender(), parts.sender()
        one_has_read = await parts.reading.log.load(letter("a"))
        await other.advance(letter("a"))
        begun = await LetterPost(parts.reading, parts.permits, parts.now).begin(one_has_read)
        assert not await one._record(letter("a"), one_has_read, begun.facts)
        assert await since_release(parts) == [BEGUN, SENT]
        assert list(parts.carrier.has.values()) == [1]

    sending(database, story)


def test_what_another_is_sending_at_this_moment_is_not_asked_for(database: Database) -> None:
    """One has listed both letters and is held up with the first; meanwhile the other has taken the second, and the
    channel does not have it yet. Whoever asked now would hear that there is nothing, and send it again."""

    async def story(parts: Parts) -> None:
        let_out(parts.world, "b")
        second = max(letter("a"), letter("b"))
        held_up, carried_on, steps = asyncio.Event(), asyncio.Event(), list[asyncio.Task[None]]()

        @dataclass
        class Slow(Steered):
            async def send(self, envelope: Envelope) -> Sent:
                if not steps:
                    steps.append(asyncio.create_task(other.advance(second)))
                    await held_up.wait()
                else:
                    held_up.set()
                    await carried_on.wait()
                return await super().send(envelope)

        parts.carrier = Slow()
        one, other = parts.sender(), parts.sender()
        await one.sweep()
        assert parts.carrier.asked == 0
        carried_on.set()
        await asyncio.gather(*steps)
        for name in ("a", "b"):
            assert await since_release(parts, name) == [BEGUN, SENT]
        assert list(parts.carrier.has.values()) == [1, 1]

    sending(database, story)
