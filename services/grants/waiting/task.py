"""One thing to be done in a case."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from services.grants.case.events.application import ApplicationReceived
from services.grants.waiting.case_facts import SOMEBODY, Ask, CaseFacts

RoleName = Literal["caseworker", "approver", "attestor", "controller", "ministry"]


@dataclass(frozen=True, kw_only=True)
class Task:
    """`task` is its stable code and `part` which instalment, report or complaint it is about (0: the case itself).

    It can be done from `from_on` to the end of `until_on`, should be by `due_on`, and not by the people in `not_by`,
    whom its rule refuses; where somebody is named as the one who does it (`only_by`), by nobody else. Amounts are whole
    øre, days are days in Europe/Oslo.
    """

    task: str
    part: int
    role: RoleName
    due_on: date | None
    from_on: date | None
    until_on: date | None
    not_by: frozenset[str]
    recipient: str
    fund_id: str | None
    amount_ore: int | None
    only_by: str | None = None


def offered(
    story: CaseFacts,
    name: str,
    role: RoleName,
    ask: Ask,
    *,
    part: int = 0,
    due_on: date | None = None,
    from_on: date | None = None,
    days: Iterable[date | None] = (),
    ends: Iterable[date | None] = (),
    amount_ore: int | None = None,
    only_by: str | None = None,
) -> list[Task]:
    """The task if its rule lets somebody do it on one of these days, without those whom it refuses; nothing if not.
    `ends` are days after which the rule may allow it no more. `only_by` is who alone may do it, where that is said.

    `from_on` is the day it can be done from whatever the case's other days are; without it, it is told only where it
    is later than all that has happened in the case.
    """
    ask = _named(ask, only_by) if only_by else ask
    day = story.first_day(ask, from_on, *days)
    if day is None:
        return []
    first = max(from_on, day) if from_on and day > story.today else from_on or (day if day > story.today else None)
    proposed = story.commitment.proposed
    recipient, of_case_ore = _whose(story)
    return [
        Task(
            task=name,
            part=part,
            role=role,
            due_on=due_on,
            from_on=first,
            until_on=story.last_day(ask, day, *ends) if ends else None,
            not_by=story.list_barred(ask, day),
            only_by=only_by,
            recipient=recipient,
            fund_id=proposed.fund_id if proposed else None,
            amount_ore=of_case_ore if amount_ore is None else amount_ore,
        )
    ]


def _named(ask: Ask, person: str) -> Ask:
    """The rule asked of the one who is named where it is asked of anybody."""
    return lambda who, on: ask(person if who == SOMEBODY else who, on)


def _whose(story: CaseFacts) -> tuple[str, int | None]:
    """Whom the case is of, and the sum it is about (whole øre)."""
    proposed, applied = story.commitment.proposed, story.list_all(ApplicationReceived)
    if proposed:
        return proposed.recipient.name, proposed.amount_ore
    return (applied[-1].applicant.name, applied[-1].amount_sought_ore) if applied else ("", None)


def once(tasks: Iterable[Task]) -> list[Task]:
    """Each task once for what it is about, in the order they first came: two payments of one instalment that wait for
    accounting are one thing to do, as soon as the first of them can be, and by whoever may do one of them."""
    found: dict[tuple[str, int], Task] = {}
    for each in tasks:
        other = found.get((each.task, each.part))
        found[each.task, each.part] = _together(other, each) if other else each
    return list(found.values())


def _together(one: Task, other: Task) -> Task:
    return replace(
        one,
        due_on=min((day for day in (one.due_on, other.due_on) if day), default=None),
        from_on=min(one.from_on, other.from_on) if one.from_on and other.from_on else None,
        until_on=max(one.until_on, other.until_on) if one.until_on and other.until_on else None,
        not_by=one.not_by & other.not_by,
        amount_ore=(one.amount_ore or 0) + (other.amount_ore or 0),
    )


def next_day(day: date) -> date:
    """The day after the last one of a period."""
    return day + timedelta(days=1)
