"""How far back a decision may be dated, and who says so.

A decision is dated the day it is made. Dating it back needs a reason, and goes no further than a bound that two people
have set; thirty days until they have. It never changes which rule a decision was made under: what asks that of an
approval looks at the instant it was recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.refusal import Refusal
from services.grants.back_dating.acts import MAY_LIE_AHEAD, days_of
from services.grants.back_dating.events import BoundConfirmed, BoundProposed, DecisionBackDated
from services.text.folding import is_blank

DEFAULT_DAYS = 30
"""How far back a decision may be dated until two people have set another bound: our own number, no source names one."""


class BackDatedTooFar(Refusal):
    """The day lies further back than decisions may be dated."""

    code = "back-dated-too-far"
    status = 422
    title = "Datoen er for langt tilbake"


class BackDatingReasonMissing(Refusal):
    """The day lies before today, and it is not said why."""

    code = "back-dating-reason-missing"
    status = 422
    title = "Begrunnelse for tilbakedatering mangler"


class DatedAhead(Refusal):
    """Nobody has decided anything tomorrow."""

    code = "dated-ahead"
    status = 422
    title = "Datoen er fram i tid"


class BoundReachesBack(Refusal):
    """A bound counts from today at the earliest: what was decided before it was decided under the one that stood."""

    code = "bound-reaches-back"
    status = 422
    title = "Grensen kan ikke gjelde bakover"


class NoBoundProposed(Refusal):
    """No bound waits for a second person."""

    code = "no-bound-proposed"
    title = "Ingen grense venter på bekreftelse"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The bounds that two people have set, newest first, and the one that waits for a second person. `proposers` are
    all who have proposed one since the last was confirmed: a bound that is brought again is still theirs too."""

    confirmed: tuple[BoundConfirmed, ...] = ()
    waiting: BoundProposed | None = None
    proposers: frozenset[str] = frozenset()

    def on(self, day: date) -> int:
        """How many days back a decision made that day may be dated: the bound that began last, and of several that
        began on one day, the one confirmed last."""
        begun = [bound for bound in self.confirmed if bound.valid_from <= day]
        return max(begun, key=lambda bound: bound.valid_from).days if begun else DEFAULT_DAYS


def evolve(bounds: Bounds, event: Event) -> Bounds:
    """The bounds after this fact."""
    match event:
        case BoundProposed():
            return replace(bounds, waiting=event, proposers=bounds.proposers | {event.proposed_by})
        case BoundConfirmed():
            return Bounds(confirmed=(event, *bounds.confirmed))
        case _:
            return bounds


def fold(events: Iterable[Event]) -> Bounds:
    """The bounds as they stand."""
    return fold_once(evolve, events, Bounds)


def propose_bound(
    bounds: Bounds, *, days: int, valid_from: date, reason: str, proposed_by: str, today: date
) -> list[Event]:
    """Propose another bound. The same again returns no event; a better one replaces what waits. Refuses
    `BoundReachesBack`, `BackDatingReasonMissing`."""
    proposed = BoundProposed(days=days, valid_from=valid_from, reason=reason, proposed_by=proposed_by)
    if proposed == bounds.waiting:
        return []
    if valid_from < today:
        raise BoundReachesBack(f"Let it count from {today} or later.", first_day_on=str(today))
    if is_blank(reason):
        raise BackDatingReasonMissing("Say why decisions need to be dated so far back.")
    return [proposed]


def confirm_bound(bounds: Bounds, *, confirmed_by: str) -> list[Event]:
    """Agree as a second person: it counts from its day on. Confirmed again by the same person, nothing happens.
    Refuses `NoBoundProposed`, `SamePersonTwice`."""
    waiting = bounds.waiting
    if waiting is None:
        if bounds.confirmed and bounds.confirmed[0].confirmed_by == confirmed_by:
            return []
        raise NoBoundProposed("Nobody has proposed another bound. Propose one first.")
    keep_apart(confirmed_by, "confirm back-dating bound", {"propose back-dating bound": bounds.proposers})
    return [
        BoundConfirmed(
            days=waiting.days, valid_from=waiting.valid_from, reason=waiting.reason, confirmed_by=confirmed_by
        )
    ]


def is_of_today(events: Iterable[Event], today: date) -> bool:
    """Whether every act among these facts is dated the day it is done."""
    return all(day == today for _, day in days_of(events))


def date_back(
    events: Sequence[Event], *, bounds: Bounds, today: date, reason: str | None, dated_by: str
) -> list[DecisionBackDated]:
    """Hold the days of what is done to the day it is done, and tell of each that lies before it and why.

    Refuses `DatedAhead`, `BackDatedTooFar`, `BackDatingReasonMissing`.
    """
    bound_days = bounds.on(today)
    first_on = today - timedelta(days=bound_days)
    back: dict[date, list[str]] = {}
    for topic, day in days_of(events):
        if day > today and topic not in MAY_LIE_AHEAD:
            raise DatedAhead(f"{day} is still to come. Decide it then, or date it {today}.", last_day_on=str(today))
        if day < first_on:
            raise BackDatedTooFar(
                f"{day} is more than {bound_days} days before {today}. Date it {first_on} or later, or have two people"
                " set another bound.",
                bound_days=bound_days,
                first_day_on=str(first_on),
            )
        if day < today:
            back.setdefault(day, []).append(topic)
    if back and (reason is None or is_blank(reason)):
        raise BackDatingReasonMissing(f"Say in back_dating_reason why it is dated {min(back)} and not {today}.")
    return [
        DecisionBackDated(
            decisions=tuple(sorted(set(topics))),
            day=day,
            today=today,
            bound_days=bound_days,
            reason=reason or "",
            dated_by=dated_by,
        )
        for day, topics in sorted(back.items())
    ]
