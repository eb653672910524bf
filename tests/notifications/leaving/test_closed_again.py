"""The gate is asked at each try, not at release alone: what closes it while a released letter waits keeps it here."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from services.notifications.channel.port import NotSent
from services.notifications.facts.channel import LetterDispatchFailed, LetterSentAgain
from services.notifications.facts.notice import (
    NoticeObjectionLifted,
    NoticeReceiptRevoked,
    NoticeSentAgain,
    NoticeWithdrawn,
)
from services.notifications.facts.release import AfterNotice, LetterReleaseOrdered
from tests.conftest import Database
from tests.notifications.leaving.closed_again import A, N, objected, received, told
from tests.notifications.leaving.parts import Parts, at_work
from tests.notifications.leaving.permitted_sending import begun, learn, refused
from tests.notifications.leaving.sender import BEGUN, FAILED, SENT, later, since_release
from tests.notifications.permits import permit
from tests.notifications.world import (
    BEGAN,
    LETTER_SHA256,
    Kept,
    KeptWorld,
    days,
    id_of,
    notice,
)

ENDED, AGAIN = "letter.release-ended.v1", "letter.sent-again.v1"


CLOSES = {
    "the ministry objects": objected(),
    "its receipt was none": NoticeReceiptRevoked(reason="feil", revoked_by="kari"),
    "the notice is withdrawn": NoticeWithdrawn(reason="feil", withdrawn_by="kari"),
    "the notice is sent again": NoticeSentAgain(reason="tapt", asked_by="kari"),
}


def order(world: KeptWorld) -> None:
    """Somebody asks that it leaves."""
    bound = str(world.held(A).manifest_sha256)
    world.record(A, LetterReleaseOrdered(manifest_sha256=bound, ordered_by="ingrid"))


def released(database: Database, story: Callable[[Parts], Awaitable[None]]) -> None:
    async def play(parts: Parts) -> None:
        world = parts.world
        received(world)
        world.now += days(16)
        order(world)
        assert await parts.sweep().sweep() == 1
        await story(parts)

    at_work(database, play)


@pytest.mark.parametrize("why", CLOSES)
def test_what_closes_the_gate_before_the_letter_left_keeps_it_here(database: Database, why: str) -> None:
    async def story(parts: Parts) -> None:
        parts.permits.silent = True
        await later(parts, minutes=1)
        parts.world.record(N, CLOSES[why])
        parts.permits.silent = False
        await later(parts, minutes=10)
        assert await since_release(parts) == [ENDED]
        assert sum(parts.carrier.has.values()) == 0

    released(database, story)


def test_lifted_its_days_begin_anew_though_it_was_released(database: Database) -> None:
    async def story(parts: Parts) -> None:
        world = parts.world
        world.record(N, objected())
        world.record(N, NoticeObjectionLifted(objection=1, reason="greit", lifted_by="marit", said_at=world.now))
        await later(parts, minutes=1)
        assert await since_release(parts) == [ENDED]
        await learn(parts)
        order(world)
        assert not await parts.sweep().sweep()
        world.now += days(16)
        world.set_clock(world.now)
        assert await parts.sweep().sweep() == 1
        await later(parts, minutes=1)
        assert (await since_release(parts))[-2:] == [BEGUN, SENT]

    released(database, story)


def test_what_waited_until_its_notice_was_stale_does_not_leave_on_it(database: Database) -> None:
    async def story(parts: Parts) -> None:
        parts.carrier.due.append(NotSent("away", lasting=False))
        await later(parts, minutes=1)
        await later(parts, days=80)
        assert await since_release(parts) == [BEGUN, FAILED, ENDED]

    released(database, story)


def test_a_notice_ordered_since_governs_what_has_not_left(database: Database) -> None:
    async def story(parts: Parts) -> None:
        told(parts.world, notice("m"))
        await later(parts, minutes=1)
        assert await since_release(parts) == [ENDED]

    released(database, story)


def test_what_may_have_left_is_sent_once_more_though_its_notice_is_stale_but_never_over_an_objection(
    database: Database,
) -> None:
    async def story(parts: Parts) -> None:
        world = parts.world
        await later(parts, minutes=1)
        world.record(N, objected())
        for _ in range(2):
            await learn(parts)
            world.record(A, LetterDispatchFailed(attempt=world.held(A).attempt, problem="FEIL", lasting=True))
            world.record(A, LetterSentAgain(reason="tapt", asked_by="kari"))
            await later(parts, days=100)
            await learn(parts)
            lifted = NoticeObjectionLifted(objection=1, reason="greit", lifted_by="marit", said_at=world.now)
            if not world.notice(N).objections[0].lifted_at:
                world.record(N, lifted)
        assert await since_release(parts) == [BEGUN, SENT, FAILED, AGAIN, FAILED, FAILED, AGAIN, BEGUN, SENT]

    released(database, story)


OPENS_NO_MORE = {
    "the ministry objects": "notice-objected",
    "its receipt was none": "notice-missing",
    "the notice is withdrawn": "notice-missing",
    "the notice is sent again": "notice-missing",
}


@pytest.mark.parametrize("why", CLOSES)
def test_postgresql_begins_no_try_of_a_letter_to_which_the_gate_has_closed(database: Database, why: str) -> None:
    with Kept(database) as world:
        received(world)
        world.now += days(16)
        world.release(A, AfterNotice(notice_id=id_of("n"), opened_at=world.now))
        world.record(N, CLOSES[why])
        assert refused(world, begun(permit(LETTER_SHA256, world.now))) == OPENS_NO_MORE[why]


@pytest.mark.parametrize(("after", "code"), [(days(15), "recorded"), (days(90), "notice-stale")])
def test_postgresql_asks_the_time_too_at_each_try(database: Database, after: timedelta, code: str) -> None:
    with Kept(database) as world:
        received(world)
        world.now += days(15)
        world.release(A, AfterNotice(notice_id=id_of("n"), opened_at=world.now))
        world.now = BEGAN + after
        assert refused(world, begun(permit(LETTER_SHA256, world.now))) == code
