"""A stream as it reads once what was decided is recorded: what answers are made from, and never a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from services.eventlog.events import Event
from services.eventlog.folding import Facts
from services.eventlog.log import History
from services.eventlog.recorded import Recorded


@dataclass(frozen=True)
class After:
    """A stream with the `new` facts that are about to be recorded. Nothing in it is read anew: states are folded on
    from those of the stream before. `now` is the service's clock; the log will give them its own time and place."""

    before: History
    new: tuple[Event, ...]
    now: Callable[[], datetime]

    @property
    def version(self) -> int:
        return self.before.version + len(self.new)

    @cached_property
    def events(self) -> Facts[Event]:
        """What has then happened, in order."""
        return self.before.events.followed_by(self.new)

    @cached_property
    def facts(self) -> Facts[Recorded]:
        """The same for states that are folded from when as well."""
        last = self.before.recorded[-1].position if self.before.recorded else 0
        at = self.now()
        return self.before.facts.followed_by(
            Recorded(last, self.before.stream, version, event, at, "", "", "")
            for version, event in enumerate(self.new, self.before.version + 1)
        )
