"""How much of each claim held over to a post is covered, day by day, worked out in plain Python. Whole øre.

What is paid is covered. What was promised on a commitment authority binds the post from the day a letter opens it. The
others are covered in their order by what is released and not yet paid out: first what can be paid, then what is
withheld.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Moved = tuple[int, int, int]
"""Claimed, paid, withheld of a claim; committed, disbursed, withheld of a line."""
NONE: Moved = (0, 0, 0)
PAID, BY_AUTHORITY = "paid", "commitment-authority"


@dataclass(slots=True)
class Hold:
    """A case held over into a year: on which post, from which, on what ground, when it was first promised, and where it
    was held over. `name` is what its line is called, `place` where it was promised."""

    post_id: str
    from_post_id: str
    ground: str
    promised_on: date
    promised_at: int
    position: int
    name: str
    place: str

    @property
    def promised(self) -> tuple[date, int]:
        return self.promised_on, self.promised_at


@dataclass(frozen=True, slots=True)
class Covered:
    """A claim on a post: what moved it, and what moved its line there so far, by day."""

    stream: str
    hold: Hold
    claim: Mapping[date, Moved]
    line: Mapping[date, Moved]


Order = tuple[date, int, Sequence[str]]


def cover(
    claims: Sequence[Covered],
    since: date,
    released: Mapping[date, int],
    opened_on: date | None,
    orders: Sequence[Order],
) -> Iterator[tuple[date, str, Moved]]:
    """What has to move on each claim's line (day, stream, øre), from a day on."""
    days = {since, *released, *([opened_on] if opened_on else []), *(order[0] for order in orders)}
    for each in claims:
        days.update(each.line, each.claim)
    off: dict[str, Moved] = {}
    for day in sorted(day for day in days if day >= since):
        order = max((each for each in orders if each[0] <= day), default=None, key=lambda each: each[:2])
        released_ore = sum(amount for on, amount in released.items() if on <= day)
        is_open = opened_on is not None and opened_on <= day
        for each, wanted in _wanted(claims, day, released_ore, order[2] if order else (), is_open=is_open):
            lacks = added(wanted, negative(until(each.line, day)))
            step = added(lacks, negative(off.get(each.stream, NONE)))
            off[each.stream] = lacks
            if any(step):
                yield day, each.stream, step


def _wanted(
    claims: Sequence[Covered], day: date, released_ore: int, ranked: Sequence[str], *, is_open: bool
) -> Iterator[tuple[Covered, Moved]]:
    """What each line should hold on the day."""
    stood = {each.stream: until(each.claim, day) for each in claims}
    left = released_ore - sum(stood[each.stream][1] for each in claims if each.hold.ground != BY_AUTHORITY)
    for each in sorted(claims, key=lambda each: _rank(each, ranked)):
        claimed, paid, withheld = stood[each.stream]
        unpaid = max(0, claimed - paid)
        covered = 0
        if each.hold.ground == BY_AUTHORITY:
            covered = unpaid if is_open else 0
        elif each.hold.ground != PAID:
            covered = max(0, min(unpaid, left))
            left -= unpaid
        held = 0 if each.hold.ground == PAID else max(0, covered - max(0, unpaid - withheld))
        yield each, (paid + covered, paid, held)


def _rank(claim: Covered, ranked: Sequence[str]) -> tuple[int, date, int]:
    place = ranked.index(claim.stream) if claim.stream in ranked else len(ranked)
    return place, *claim.hold.promised


def until(days: Mapping[date, Moved], day: date) -> Moved:
    sums = NONE
    for on, amounts in days.items():
        if on <= day:
            sums = added(sums, amounts)
    return sums


def added(one: Moved, other: Moved) -> Moved:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def negative(one: Moved) -> Moved:
    return -one[0], -one[1], -one[2]
