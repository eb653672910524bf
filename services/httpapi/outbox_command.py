"""The command line of moving an outbox, for both services. It runs where the worker does, with its environment, while
no worker runs; who asks is whoever the token says."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from services.eventlog.connections.pool import open_later
from services.eventlog.log import Log
from services.eventlog.refusal import Refusal
from services.httpapi.environment import SettingsInvalid
from services.httpapi.restoration.command import who
from services.httpapi.trust import SignIn
from services.outbox.known import KnownOutbox
from services.process.acts_by_token import Does, Look, run


class Settings(SignIn, Protocol):
    """What is needed of a service's settings."""

    @property
    def database_url(self) -> str: ...


Told = TypeVar("Told", bound=Settings)


def main(
    settings: Callable[[], Told],
    *,
    schema: str,
    name: str,
    folder: Callable[[Told], Path | None],
    arguments: Sequence[str],
) -> None:
    """Say whether the folder is the one the log knows, or move there. Refused, it ends with 1 and a sentence."""

    def asked(by: str = "", reason: str = "") -> str:
        told = settings()
        directory = folder(told)
        if directory is None:
            raise SettingsInvalid(f"The folder of {name} is not set: run this where the worker does.")
        return asyncio.run(done(told.database_url, schema, name, directory, by=by, reason=reason))

    run(
        f"The folder of {name}: which one the log knows.",
        [
            Look(name="look", what="whether this folder is the one in use", does=asked),
            Does(
                name="move",
                what="use this folder from now on",
                reason="what became of the folder before, and who looked",
                does=asked,
            ),
        ],
        who=lambda token: who(settings(), token),
        refused=(Refusal, SettingsInvalid),
        arguments=arguments,
    )


async def done(dsn: str, schema: str, name: str, directory: Path, *, by: str, reason: str) -> str:
    """What came of it, in words. Without `by` it is only looked."""
    async with open_later(dsn) as pool:
        log = Log(dsn, pool, schema=schema)
        try:
            outbox = KnownOutbox(log, directory, name=name)
            if not by:
                return "It is the one in use." if await outbox.is_known() else "It is not the one the log knows."
            return f"Things leave by it from now on. Its mark is {await outbox.move(reason=reason, moved_by=by)}."
        finally:
            await asyncio.to_thread(log.close)
