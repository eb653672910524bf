"""Pay-out deadlines as they stand in the ledger, and the daily sweep that tells of them.

The sweep looks at this year and the last, at start and each hour, so a deadline is told on its day also where nobody
looks. What is told is recorded once, whoever looks first.
"""

from collections.abc import Callable
from datetime import date, timedelta

from services.calendar.days import add_days
from services.eventlog.background.sweeping import Sweeping
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.balance.view import AsOf, Balances
from services.grants.disbursement.pay_out.rules import PayOutDeadline, PayOutProgress, list_pay_outs, stand, tell

ACTOR = "pay-out-sweep"


def stream_of(year: int) -> str:
    """The stream on which a budget year's pay-out deadlines are told."""
    return f"pay-out-{year}"


class PayOuts:
    """The queries on pay-out deadlines, and the telling. `warning_days` is how long before the day it is told first."""

    def __init__(
        self,
        log: Log,
        balances: Balances,
        today: Callable[[], date],
        *,
        warning_days: int,
        every: timedelta = timedelta(hours=1),
    ) -> None:
        self._log = log
        self._balances = balances
        self._today = today
        self._warning_days = warning_days
        self._sweeping = Sweeping(ACTOR, self._tell_today, look_seconds=every.total_seconds(), finishes=True)

    async def list_standings(self, year: int, *, on: date) -> list[PayOutProgress]:
        """Every pay-out deadline of the year's letters as it stood on a day, by what is recorded now."""
        history = await self._log.load(f"allocation-{year}")
        return [await self._stand(deadline, on) for deadline in list_pay_outs(history.events)]

    async def tell_due(self, today: date) -> int:
        """Record what is to be told of this year's and last year's deadlines. How much was told."""
        return sum([await self._tell(year, today) for year in (today.year - 1, today.year)])

    def start(self) -> None:
        """Begin the sweep; call it where the event loop runs."""
        self._sweeping.start()

    async def stop(self) -> None:
        """Tell what is under way, then end."""
        await self._sweeping.stop()

    async def _tell_today(self) -> None:
        await self.tell_due(self._today())

    async def _stand(self, deadline: PayOutDeadline, on: date) -> PayOutProgress:
        before_ore = await self._disbursed_ore(deadline, add_days(deadline.since_on, -1))
        paid_ore = await self._disbursed_ore(deadline, on) - before_ore
        in_time_ore = await self._disbursed_ore(deadline, min(on, deadline.pay_by)) - before_ore
        return stand(deadline, on=on, paid_ore=paid_ore, in_time_ore=in_time_ore, warning_days=self._warning_days)

    async def _disbursed_ore(self, deadline: PayOutDeadline, day: date) -> int:
        return await self._balances.disbursed_ore(deadline.fund_id, AsOf(valid_at=day))

    async def _tell(self, year: int, on: date) -> int:
        standings = await self.list_standings(year, on=on)
        history = await self._log.load(stream_of(year))
        events = tuple(tell(history.events, standings=standings))
        if not events:
            return 0
        outcome = await self._log.append(Command(actor=ACTOR), Write(stream_of(year), history.version, events))
        return len(events) if outcome.outcome == "recorded" else 0
