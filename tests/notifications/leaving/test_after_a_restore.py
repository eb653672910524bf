"""After a log went on without lost facts: what can have left in the lost span is asked for before it is sent."""

from datetime import timedelta

import pytest

from services.eventlog.epoch.events import RESTORED, LogRestored
from services.notifications.channel.port import CannotTell
from services.notifications.channel.rules import key_of
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts, at_work, exempt_scheme, let_out
from tests.notifications.leaving.sender import BEGUN, FAILED, SENT, UNKNOWN, later, since_release
from tests.notifications.world import letter

GONE_ON = LogRestored(
    goes_on_after=1, lost_from=2, lost_to=9, last_checkpoint=1, lost_checkpoints_from=2, lost_checkpoints_to=2,
    left_outside=(), reason="-", proposed_by="kari", confirmed_by="ola",
)  # fmt: skip
KEY = key_of(letter("a"), 0)


def after_a_restore(database: Database, *, had: bool, silent: bool = False) -> tuple[list[str], int]:
    """What is recorded of a letter that the log knows to be released and no more, and how often its channel took it.
    `had`: the channel was given it in the lost span; `silent`: it cannot tell."""
    found: list[tuple[list[str], int]] = []

    async def story(parts: Parts) -> None:
        exempt_scheme(parts.world)
        let_out(parts.world, "a")
        parts.carrier.has[KEY] = int(had)
        parts.carrier.silent = CannotTell("e-mail cannot be asked for afterwards") if silent else None
        parts.world.record(RESTORED, GONE_ON)
        await parts.sender().sweep()
        for _ in range(3):
            await later(parts, minutes=10)
        found.append((await since_release(parts), parts.carrier.has[KEY]))

    at_work(database, story)
    return found[0]


def test_what_the_channel_has_is_not_sent_again(database: Database) -> None:
    assert after_a_restore(database, had=True) == ([BEGUN, SENT], 1)


def test_what_the_channel_has_not_is_sent_once(database: Database) -> None:
    assert after_a_restore(database, had=False) == ([BEGUN, FAILED, BEGUN, SENT], 1)


@pytest.mark.parametrize("had", [True, False])
def test_what_the_channel_cannot_tell_waits_for_a_person(database: Database, had: bool) -> None:
    assert after_a_restore(database, had=had, silent=True) == ([BEGUN, UNKNOWN], int(had))


def test_what_is_dated_after_the_log_went_on_is_sent_as_ever(database: Database) -> None:
    """Nobody is asked of a letter that was made on a later day: it cannot have left in the lost span."""

    async def story(parts: Parts) -> None:
        today = parts.world.now
        parts.world.now -= timedelta(days=400)
        parts.world.record(RESTORED, GONE_ON)
        parts.world.now = today
        exempt_scheme(parts.world)
        let_out(parts.world, "a")
        parts.carrier.silent = CannotTell("e-mail cannot be asked for afterwards")
        await parts.sender().sweep()
        assert await since_release(parts) == [BEGUN, SENT]
        assert parts.carrier.asked == 0

    at_work(database, story)
