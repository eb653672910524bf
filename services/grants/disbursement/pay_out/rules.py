"""Money that a letter wants paid out by a day, how far it has come, and what is told of it (domain rule 7).

Supplement 4 of 2020 wants 250 million on 291/60 and 161 million on 292/60 paid by 31 October. Paid of that money is
what has been disbursed on the letter's own fund, and on the funds below it, from the day the letter counts from.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.calendar.days import days_until
from services.eventlog.events import Event
from services.grants.budget_year.events.allocation import LetterCorrected, LetterRegistered, LetterWithdrawn
from services.grants.case.events.disbursement import PayOutDeadlineTold, PayOutMet

State = Literal["ahead", "near", "passed", "met"]


@dataclass(frozen=True, kw_only=True)
class PayOutDeadline:
    """What a letter wants: so much of a fund's money (whole øre) paid by the end of `pay_by`."""

    fund_id: str
    amount_ore: int
    pay_by: date
    letter_number: int
    since_on: date
    assignment: str | None
    cite: str


@dataclass(frozen=True, kw_only=True)
class PayOutProgress:
    """How it stands on a day. `paid_ore` counts what is paid to that day; `in_time_ore` what of it was paid by
    `pay_by`. `days_left` is below nothing once the day has passed."""

    deadline: PayOutDeadline
    on: date
    paid_ore: int
    in_time_ore: int
    days_left: int
    state: State

    @property
    def left_ore(self) -> int:
        return max(0, self.deadline.amount_ore - self.paid_ore)


def list_pay_outs(events: Iterable[Event]) -> tuple[PayOutDeadline, ...]:
    """Every pay-out deadline of a year's letters as last registered or corrected, by day; of a withdrawn one none."""
    read: dict[int, LetterRegistered | LetterCorrected] = {}
    for event in events:
        match event:
            case LetterRegistered() | LetterCorrected():
                read[event.letter.number] = event
            case LetterWithdrawn():
                read.pop(event.letter_number, None)
    found = (
        PayOutDeadline(
            fund_id=wanted.fund_id,
            amount_ore=wanted.amount.amount_ore,
            pay_by=wanted.pay_by,
            letter_number=letter.number,
            since_on=letter.dated.on,
            assignment=wanted.assignment,
            cite=wanted.cite,
        )
        for letter in (each.letter for each in read.values())
        for wanted in letter.pay_outs
    )
    return tuple(sorted(found, key=lambda deadline: (deadline.pay_by, deadline.fund_id)))


def stand(deadline: PayOutDeadline, *, on: date, paid_ore: int, in_time_ore: int, warning_days: int) -> PayOutProgress:
    """The deadline on a day. Met when enough was paid in time; what is paid late leaves it passed. It is near from
    `warning_days` before the day, and passed from the day after it."""
    days_left = days_until(deadline.pay_by, on=on)
    state: State = "ahead"
    if in_time_ore >= deadline.amount_ore:
        state = "met"
    elif days_left < 0:
        state = "passed"
    elif days_left <= warning_days:
        state = "near"
    return PayOutProgress(
        deadline=deadline, on=on, paid_ore=paid_ore, in_time_ore=in_time_ore, days_left=days_left, state=state
    )


def tell(told: Sequence[Event], *, standings: Iterable[PayOutProgress]) -> list[Event]:
    """What is to be told: once that a deadline is near, once that it has passed unmet, and once that all of its money
    is paid, late or in time. Told already, nothing; what two letters want alike is one thing."""
    standings = list({(_of(standing.deadline), standing.state): standing for standing in standings}.values())
    known = {(*_of(each), each.passed) for each in told if isinstance(each, PayOutDeadlineTold)}
    done = {_of(each) for each in told if isinstance(each, PayOutMet)}
    near_or_passed = [
        PayOutDeadlineTold(
            fund_id=standing.deadline.fund_id,
            pay_by=standing.deadline.pay_by,
            amount_ore=standing.deadline.amount_ore,
            paid_ore=standing.paid_ore,
            passed=standing.state == "passed",
            told_on=standing.on,
        )
        for standing in standings
        if standing.state in ("near", "passed") and (*_of(standing.deadline), standing.state == "passed") not in known
    ]
    return [*near_or_passed, *(_met(standing) for standing in standings if _is_newly_met(standing, done))]


def _is_newly_met(standing: PayOutProgress, done: Collection[tuple[str, date, int]]) -> bool:
    return standing.left_ore == 0 and _of(standing.deadline) not in done


def _of(wanted: PayOutDeadline | PayOutDeadlineTold | PayOutMet) -> tuple[str, date, int]:
    """What is wanted of which fund, and when: two letters may want something of one fund by the same day, and one that
    is corrected wants something else."""
    return wanted.fund_id, wanted.pay_by, wanted.amount_ore


def _met(standing: PayOutProgress) -> PayOutMet:
    return PayOutMet(
        fund_id=standing.deadline.fund_id,
        pay_by=standing.deadline.pay_by,
        amount_ore=standing.deadline.amount_ore,
        paid_ore=standing.paid_ore,
        in_time=standing.state == "met",
        found_on=standing.on,
    )
