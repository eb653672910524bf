"""Where every decision of the service is held to the day it is made, whichever room it is decided in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from services.eventlog.background.aside import aside
from services.eventlog.log import History, Log
from services.grants.back_dating.acts import IMPORTED
from services.grants.back_dating.beginning import Beginning, keep_before_log
from services.grants.back_dating.order import check_days
from services.grants.back_dating.rules import date_back, fold, is_of_today
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.guards import Decided
from services.httpapi.commands.idempotency import IdempotencyKey

STREAM = "rules-back-dating"
REASON = "back_dating_reason"
"""The member of a request's body, or its query, that says why what it asks for is dated back."""


@dataclass(frozen=True, slots=True)
class DayGuard:
    """Asked of everything a person does, before it is recorded. `today` is the day in Norway; the bound is read only
    when something is dated otherwise, so that what is done today costs nothing more."""

    log: Log
    today: Callable[[], date]
    beginning: Beginning

    async def __call__(
        self, caller: Caller, key: IdempotencyKey, histories: Mapping[str, History], decided: Decided
    ) -> tuple[Decided, Mapping[str, int]]:
        """What is decided, with a fact beside each part of it that is dated back, and the bounds' stream where it was
        read. Refuses `DatedAhead`, `BeforeItsBasis`, `BackDatedTooFar`, `BackDatingReasonMissing`, `LogHadBegun`."""
        today = self.today()
        if any(event.TOPIC in IMPORTED for events in decided.values() for event in events):
            every = [event for events in decided.values() for event in events]
            keep_before_log(every, log_began_at=await self.beginning.of_log())
        if await aside(lambda: self._is_of_today(histories, decided, today), on=len(decided)):
            return decided, {}
        history = await self.log.load(STREAM)
        bounds, reason = fold(history.events), key.stated.get(REASON)
        dating = partial(date_back, bounds=bounds, today=today, reason=reason, dated_by=caller.subject)

        def with_dates() -> Decided:
            return {stream: (*events, *dating(events)) for stream, events in decided.items()}

        return await aside(with_dates, on=len(decided)), {STREAM: history.version}

    @staticmethod
    def _is_of_today(histories: Mapping[str, History], decided: Decided, today: date) -> bool:
        for stream, events in decided.items():
            check_days(histories[stream].events, events, today=today)
        return all(is_of_today(events, today) for events in decided.values())
