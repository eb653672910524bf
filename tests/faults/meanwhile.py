"""What the tests of decisions in the same moment build, for other tests to use as well."""

from collections.abc import Callable

import pytest

from services.eventlog.command import Command, Outcome, Write
from services.eventlog.events import Event
from services.eventlog.log import Log


def meanwhile(monkeypatch: pytest.MonkeyPatch, before: Callable[[Event], bool], *writes: Write) -> None:
    """Just before the first command with such a fact is recorded, somebody else's is."""
    append = Log.append
    waiting = list(writes)

    async def raced(log: Log, command: Command, *asked: Write) -> Outcome:
        if waiting and any(before(event) for write in asked for event in write.events):
            outcome = await append(log, Command(actor="liv"), waiting.pop())
            assert outcome.outcome == "recorded", outcome
        return await append(log, command, *asked)

    monkeypatch.setattr(Log, "append", raced)
