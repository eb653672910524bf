"""What the tests of sender build, for other tests to use as well."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.conftest import Database
from tests.notifications.leaving.parts import Parts, at_work, exempt_scheme, let_out
from tests.notifications.world import letter

BEGUN, SENT, FAILED, UNKNOWN = (
    "letter.sending-begun.v2", "letter.dispatched.v1", "letter.dispatch-failed.v1", "letter.dispatch-unknown.v1",
)  # fmt: skip


async def later(parts: Parts, **by: float) -> None:
    """So long afterwards, somebody sends what is due then."""
    parts.world.now += timedelta(**by)
    parts.world.set_clock(parts.world.now)
    await parts.sender().sweep()


async def since_release(parts: Parts, name: str = "a") -> list[str]:
    topics = await parts.topics(letter(name))
    return topics[topics.index("letter.released.v1") + 1 :]


def sending(database: Database, story: Callable[[Parts], Awaitable[None]]) -> None:
    """The story, with a letter let out."""

    async def play(parts: Parts) -> None:
        exempt_scheme(parts.world)
        let_out(parts.world, "a")
        await story(parts)

    at_work(database, play)
