"""What grants told of a case's or a year's deadlines, and what people record of them themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.notifications.deadline.deadline import BY_HAND, Deadline, end_of, post_of
from services.notifications.deadline.events import (
    DeadlineMet,
    DeadlineReopened,
    DeadlinesHeard,
    HeardDeadline,
    UndatedMet,
)


class UnknownDeadline(Refusal):
    """Nothing of that id is or was due."""

    code = "unknown-deadline"
    status = 404
    title = "Fristen finnes ikke"


class MetByItself(Refusal):
    """What is due here is met by what happens in its case or to its notice, and by nobody's word."""

    code = "deadline-met-by-itself"
    title = "Fristen innfris av det som skjer i saken"


class NotDue(Refusal):
    """It is met already, or nobody waits for it any more."""

    code = "deadline-not-due"
    title = "Fristen løper ikke"


class MetTooEarly(Refusal):
    """The day lies ahead: nothing is done before it is done."""

    code = "met-ahead"
    status = 422
    title = "Datoen er fram i tid"


class MetTooLongAgo(Refusal):
    """Before the ministry had asked for it."""

    code = "met-before-asked"
    status = 422
    title = "Datoen er før noen ba om det"


class NotMet(Refusal):
    """Nobody has said that it is done: there is nothing to take back."""

    code = "deadline-not-met"
    title = "Fristen er ikke meldt innfridd"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What grants told last, by key, and what people said was done of it: what is done is done, and a day that the
    letter is put right to afterwards undoes nothing."""

    told: Mapping[str, tuple[DeadlinesHeard, HeardDeadline]] = field(default_factory=dict)
    met: Mapping[str, DeadlineMet | UndatedMet] = field(default_factory=dict)
    reopened: Mapping[str, DeadlineReopened] = field(default_factory=dict)


def evolve(heard: Heard, event: Event) -> Heard:
    """What is known after this fact."""
    match event:
        case DeadlinesHeard(told=deadlines):
            return replace(heard, told={**heard.told, **{each.key: (event, each) for each in deadlines}})
        case DeadlineMet(key=key) | UndatedMet(key=key):
            return replace(heard, met={**heard.met, key: event})
        case DeadlineReopened(key=key):
            met = {other: each for other, each in heard.met.items() if other != key}
            return replace(heard, met=met, reopened={**heard.reopened, key: event})
    return heard


def standing(heard: Heard) -> list[Deadline]:
    """Every deadline as it stands."""
    return [_heard(of, each, heard.met.get(key)) for key, (of, each) in heard.told.items()]


def _heard(of: DeadlinesHeard, each: HeardDeadline, met: DeadlineMet | UndatedMet | None) -> Deadline:
    done = each.state == "due" and met is not None
    post = post_of(each.fund_id)
    return Deadline(
        key=each.key, kind=each.kind, state="met" if done else each.state, due_on=each.due_on,
        due_at=end_of(each.due_on) if each.due_on else None, roles=_roles(of, each), what=each.what, part=each.part,
        case_ids=(of.case_id,) if of.case_id else (), case_numbers=(of.case_number,) if of.case_number else (),
        scheme_ids=(each.scheme_id,) if each.scheme_id else (), posts=(post,) if post else (), year=of.year,
        letter_number=each.letter_number, assignment=each.assignment, amount_ore=each.amount_ore, cite=each.cite,
    )  # fmt: skip


def _roles(of: DeadlinesHeard, each: HeardDeadline) -> tuple[str, ...]:
    """Who sees to it; and the ministry, of what its own letters ask for."""
    return (each.role, "ministry") if of.year else (each.role,)


# What people record themselves.


def meet(heard: Heard, *, key: str, met_on: date, ground: str, recorded_by: str, today: date) -> list[Event]:
    """Record that it is done. The same again returns no event. Refuses `UnknownDeadline`, `MetByItself`, `NotDue`,
    `MetTooEarly`, `MetTooLongAgo`."""
    deadline = _find(heard, key)
    met: DeadlineMet | UndatedMet = UndatedMet(key=key, met_on=met_on, ground=ground, recorded_by=recorded_by)
    if deadline.due_on:
        met = DeadlineMet(key=key, due_on=deadline.due_on, met_on=met_on, ground=ground, recorded_by=recorded_by)
    if heard.met.get(key) == met:
        return []
    if deadline.state != "due":
        raise NotDue(f"It is {deadline.state}. Nothing more is waited for.")
    if met_on > today:
        raise MetTooEarly(f"{met_on} lies ahead. Record it when it is done.", last_day_on=str(today))
    of = heard.told[key][0]
    if of.year and met_on < (first := date(of.year - 1, 1, 1)):
        raise MetTooLongAgo(f"It is of {of.year}. Name a day since {first}.", first_day_on=str(first))
    return [met]


def reopen(heard: Heard, *, key: str, reason: str, recorded_by: str) -> list[Event]:
    """Record that it was not done after all. The same again returns no event. Refuses `UnknownDeadline`, `MetByItself`,
    `NotMet`."""
    _find(heard, key)
    reopened = DeadlineReopened(key=key, reason=reason, recorded_by=recorded_by)
    if key in heard.met:
        return [reopened]
    if heard.reopened.get(key) == reopened:
        return []
    raise NotMet("Nobody has recorded that it is done.")


def _find(heard: Heard, key: str) -> Deadline:
    deadline = next((each for each in standing(heard) if each.key == key), None)
    if deadline is None:
        raise UnknownDeadline("There is no such deadline.")
    if deadline.kind not in BY_HAND:
        raise MetByItself("What happens in its case meets it. Record that instead.")
    return deadline


def fold(events: Sequence[Event]) -> Heard:
    """What is known of one case's or year's deadlines."""
    heard = Heard()
    for event in events:
        heard = evolve(heard, event)
    return heard
