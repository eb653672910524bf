"""A letter that PostgreSQL will not have begun is tried ever more seldom: each try leaves a permit in grants' log."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from services.notifications.channel import rests
from services.notifications.channel.sender import Sender
from services.notifications.release.letter_post import LetterPost
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts, at_work, exempt_scheme, let_out
from tests.notifications.permits import Granted

HOURS, LOOK_SECONDS = 12, 15


@pytest.mark.parametrize("apart", [timedelta(hours=-1), timedelta(hours=1)], ids=["over", "of the future"])
def test_clocks_that_disagree_for_half_a_day_leave_few_permits_and_then_it_leaves(
    database: Database, monkeypatch: pytest.MonkeyPatch, apart: timedelta
) -> None:
    passed = 0.0
    monkeypatch.setattr(rests, "time", SimpleNamespace(monotonic=lambda: passed))

    async def story(parts: Parts) -> None:
        nonlocal passed
        exempt_scheme(parts.world)
        stream = let_out(parts.world, "a")
        permits = Granted(lambda: parts.world.now + apart)
        post = LetterPost(parts.reading, permits, parts.now)
        sending = Sender(parts.reading.log, parts.pool, {"file-outbox": parts.carrier}, {"letter": post}, parts.now)
        for _ in range(HOURS * 3600 // LOOK_SECONDS):
            await sending.sweep()
            passed += LOOK_SECONDS
        assert not parts.carrier.has
        assert HOURS - 2 <= len(permits.asked) <= 2 * HOURS  # without the rests it is asked 2,880 times
        permits.now = parts.now
        passed += 2 * 3600
        await sending.sweep()
        assert sum(parts.carrier.has.values()) == 1
        assert "letter.dispatched.v1" in await parts.topics(stream)

    at_work(database, story)
