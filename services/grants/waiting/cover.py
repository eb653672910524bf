"""What of a task that pays is covered in a later year than the promise's: asked when the inbox is read, for what covers
a case stands on the letters and on other cases' streams. Whole øre."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from services.eventlog.folding import fold_once
from services.eventlog.log import Log
from services.grants.allocation.later_years import LaterYears
from services.grants.case.command_handler import stream_of
from services.grants.disbursement.rules import Disbursement, evolve
from services.grants.waiting.task import Task

PAYS = ("attest-payment", "request-payment")
T = TypeVar("T", bound=Task)


@dataclass(frozen=True, slots=True)
class Covered:
    """Reads what of each case is covered. Reading only."""

    log: Log
    later_years: LaterYears

    async def keep(self, tasks: Sequence[tuple[UUID, T]], *, on: date) -> list[T]:
        """The tasks, in their order: those that pay what is held over for as much as is covered on that day (or on the
        first day they can be done), and not at all where nothing is."""
        kept = [(task, await self._most_ore(case_id, task, max(on, task.from_on or on))) for case_id, task in tasks]
        return [
            task if most_ore is None else replace(task, amount_ore=min(task.amount_ore or 0, most_ore))
            for task, most_ore in kept
            if most_ore is None or most_ore > 0
        ]

    async def _most_ore(self, case_id: UUID, task: Task, day: date) -> int | None:
        """The most that may be paid by the task; None where no year but its own is asked."""
        if task.task not in PAYS or task.fund_id is None or day.year == int(task.fund_id[:4]):
            return None
        covered_ore = (await self.later_years.covered(stream_of(case_id), day)).get(day.year)
        if covered_ore is None:
            return None
        history = await self.log.load(stream_of(case_id))
        case = fold_once(evolve, history.events, Disbursement)
        waits = ("requested",) if task.task == "request-payment" else ("attested", "requested")
        return covered_ore - sum(each.attested.amount_ore for each in case.payments if each.state in waits)
