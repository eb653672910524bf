"""How much of each claim held over to a post is covered, day by day, worked out in plain Python. Whole øre.

What is paid is covered. What was promised on a commitment authority binds the post from the day a letter opens it. The
others are covered in their order by what is released and not yet paid out: first what can be paid, then what is
withheld. What a letter releases on a fund below the post is for what was promised on it, or below it, alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

Moved = tuple[int, int, int]
"""Claimed, paid, withheld of a claim; committed, disbursed, withheld of a line."""
NONE: Moved = (0, 0, 0)
PAID, BY_AUTHORITY = "paid", "commitment-authority"


@dataclass(slots=True)
class Hold:
    """A case held over into a year: on which post, from which, on what ground, when it was first promised, and where it
    was held over. `name` is what its line is called, `place` where it was promised, `below` the names of the funds
    between it and its post, from above."""

    post_id: str
    from_post_id: str
    ground: str
    promised_on: date
    promised_at: int
    position: int
    name: str
    place: str
    below: tuple[str, ...]

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
Line = tuple[str, ...]
"""A fund below a post, by the names on the way down to it; the post itself is ()."""
Amounts = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Released:
    """What letters have released on the post, what they leave free taken off; what of it is for each fund and for none
    below it (for the post, what is less than the former); and what of that is set aside so far. By day."""

    on_post: Amounts
    on_lines: Mapping[Line, Amounts] = field(default_factory=dict)
    aside: Mapping[Line, Amounts] = field(default_factory=dict)


def cover(
    claims: Sequence[Covered], since: date, released: Released, opened_on: date | None, orders: Sequence[Order]
) -> tuple[list[tuple[date, str, Moved]], list[tuple[date, Line, int]]]:
    """What has to move on each claim's line (day, stream, øre), and what has to be set aside on the funds below the
    post (day, fund, øre), from a day on."""
    days = {since, *released.on_post, *([opened_on] if opened_on else []), *(order[0] for order in orders)}
    days.update(*released.on_lines.values(), *released.aside.values())
    for each in claims:
        days.update(each.line, each.claim)
    off: dict[str, Moved] = {}
    off_aside: Counter[Line] = Counter()
    steps, asides = [], []
    for day in sorted(day for day in days if day >= since):
        order = max((each for each in orders if each[0] <= day), default=None, key=lambda each: each[:2])
        pools, used = _pools(released, day), Counter[Line]()
        is_open = opened_on is not None and opened_on <= day
        for each, wanted in _wanted(claims, day, pools, used, order[2] if order else (), is_open=is_open):
            lacks = added(wanted, negative(until(each.line, day)))
            step = added(lacks, negative(off.get(each.stream, NONE)))
            off[each.stream] = lacks
            if any(step):
                steps.append((day, each.stream, step))
        for line in filter(None, released.on_lines):
            lacking = used[line] - _sum(released.aside.get(line, {}), day)
            if lacking != off_aside[line]:
                asides.append((day, line, lacking - off_aside[line]))
            off_aside[line] = lacking
    return steps, asides


def _wanted(
    claims: Sequence[Covered],
    day: date,
    pools: Counter[Line],
    used: Counter[Line],
    ranked: Sequence[str],
    *,
    is_open: bool,
) -> Iterator[tuple[Covered, Moved]]:
    """What each line should hold on the day. Takes it off the pools, and notes what of which is used."""
    stood = {each.stream: until(each.claim, day) for each in claims}
    in_order = sorted(claims, key=lambda each: _rank(each, ranked))
    for each in in_order:
        if each.hold.ground != BY_AUTHORITY:
            _take(stood[each.stream][1], each.hold.below, pools, used)
    for each in in_order:
        claimed, paid, withheld = stood[each.stream]
        unpaid = max(0, claimed - paid)
        covered = 0
        if each.hold.ground == BY_AUTHORITY:
            covered = unpaid if is_open else 0
        elif each.hold.ground != PAID:
            covered = _take(unpaid, each.hold.below, pools, used)
        held = 0 if each.hold.ground == PAID else max(0, covered - max(0, unpaid - withheld))
        yield each, (paid + covered, paid, held)


def _take(wanted_ore: int, line: Line, pools: Counter[Line], used: Counter[Line]) -> int:
    """How much of it there is, on its own line first and then above."""
    taken_ore = 0
    for depth in range(len(line), -1, -1):
        above = line[:depth]
        part_ore = max(0, min(wanted_ore - taken_ore, pools[above]))
        pools[above] -= part_ore
        used[above] += part_ore
        taken_ore += part_ore
    return taken_ore


def _pools(released: Released, day: date) -> Counter[Line]:
    """What there is on each fund on a day, beside what is for a fund below it."""
    pools = Counter({line: _sum(amounts, day) for line, amounts in released.on_lines.items()})
    pools[()] += _sum(released.on_post, day)
    return pools


def _sum(amounts: Amounts, day: date) -> int:
    return sum(amount for on, amount in amounts.items() if on <= day)


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
