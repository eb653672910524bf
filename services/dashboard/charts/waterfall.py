"""From the letter of allocation to what is at disposal, letter by letter: a bar for what each letter moves, one of its
own for what it leaves unexplained, and a whole bar for each total that a letter prints. Whole øre.

The bars lie, a row each, so that what a bar is and how much it is worth stand beside it and never cover one another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.dashboard.charts.drawing import Box, Drawing, Stroke, Text, text_width
from services.dashboard.charts.letter_names import letter_name
from services.dashboard.charts.scale import UNITS, in_unit
from services.dashboard.words.spoken import N_, gettext, kroner, signed_kroner

TOTAL, STATED, UP, DOWN, UNEXPLAINED = "total", "stated", "up", "down", "unexplained"
WHOLE = (TOTAL, STATED)
MOST_ROWS = 24
"""So many bars are drawn; of more, those in the middle are drawn as one. The table beside has all."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One bar: from `before_ore` to `after_ore`. A total stands on zero."""

    name: str
    kind: str
    letter_number: int | None
    before_ore: int
    after_ore: int

    @property
    def amount_ore(self) -> int:
        """What it moves, or what it comes to."""
        return self.after_ore if self.kind in WHOLE else self.after_ore - self.before_ore


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large it is drawn, in CSS pixels. `beside`: the words stand to the left of the bar, not above it."""

    width: float
    row: float
    letter: float
    beside: bool


WIDE = Sizes(width=800, row=30, letter=14, beside=True)
NARROW = Sizes(width=340, row=38, letter=12, beside=False)
_GAP, _WIDEST = 8.0, 190.0


def steps_of(moves: Sequence[Mapping[str, Any]], at_disposal_ore: int) -> list[Step]:
    """The bars, from the rows of the overview: the last is what is at disposal, as the post's own figure has it."""
    steps: list[Step] = []
    reached = 0
    for row in moves:
        number, amount = row["letter_number"], row["amount_ore"]
        if row["what"] == "stated":
            name = gettext(N_("Oppgitt i tillegg %(number)s"), number=number)
            steps.append(Step(name=name, kind=STATED, letter_number=number, before_ore=0, after_ore=amount))
            continue
        name, kind = _named(row, first=not steps)
        steps.append(Step(name=name, kind=kind, letter_number=number, before_ore=reached, after_ore=reached + amount))
        reached += amount
    at_disposal = gettext(N_("Stilt til disposisjon"))
    if steps and (steps[-1].kind not in WHOLE or steps[-1].after_ore != at_disposal_ore or not steps[1:]):
        steps.append(Step(name=at_disposal, kind=TOTAL, letter_number=None, before_ore=0, after_ore=at_disposal_ore))
    return steps


def _named(row: Mapping[str, Any], *, first: bool) -> tuple[str, str]:
    number, amount = row["letter_number"], row["amount_ore"]
    towards = UP if amount >= 0 else DOWN
    if row["what"] == "difference":
        if row["kind"] == "rounding":
            return gettext(N_("Avrunding i tillegg %(number)s"), number=number), towards
        if row["settled"]:
            return gettext(N_("Avklart avvik i tillegg %(number)s"), number=number), UNEXPLAINED
        return gettext(N_("Uforklart i tillegg %(number)s"), number=number), UNEXPLAINED
    if row["what"] == "authority":
        return gettext(N_("Fullmakt brukt")), towards
    return letter_name(number), TOTAL if first and number == 0 else towards


def draw_waterfall(code: str, steps: Sequence[Step], sizes: Sizes) -> Drawing:
    """The drawing of the bars, at most `MOST_ROWS` of them."""
    shown, size = shortened(steps), sizes.letter
    ends = [each for step in shown for each in (step.before_ore, step.after_ore)]
    lowest, highest = min(0, *ends, 0), max(0, *ends, 1)
    words = max((text_width(each.name, size) for each in shown), default=0.0)
    amounts = _amounts(shown, _WIDEST if sizes.beside else sizes.width - words - _GAP, size)
    left = words + _GAP if sizes.beside else 0.0
    right = sizes.width - (max((text_width(each, size) for each in amounts), default=0.0) + _GAP if sizes.beside else 0)

    def x(amount_ore: int) -> float:
        return left + (right - left) * (amount_ore - lowest) / (highest - lowest)

    boxes, texts, strokes = [], [], []
    for nth, (step, amount) in enumerate(zip(shown, amounts, strict=True)):
        top = nth * sizes.row
        base = top + (0.5 * sizes.row + 0.35 * size if sizes.beside else 1.1 * size)
        start, end = sorted((x(step.before_ore), x(step.after_ore)))
        bar_top = top + (5 if sizes.beside else 1.55 * size)
        bar = Box(kind=step.kind, x=start, y=bar_top, width=max(1.0, end - start), height=top + sizes.row - 6 - bar_top)
        boxes.append(bar)
        texts.append(Text(kind="name", text=step.name, x=0, y=base, size=size))
        texts.append(Text(kind="value", text=amount, x=sizes.width, y=base, size=size, anchor="end"))
        strokes.append(_upright("axis", x(0), top if sizes.beside else bar.y, top + sizes.row - (not sizes.beside) * 6))
        if nth + 1 < len(shown) and sizes.beside:
            strokes.append(_upright("pole", x(step.after_ore), bar.y + bar.height, bar.y + sizes.row))
    return Drawing(
        width=sizes.width,
        height=sizes.row * max(1, len(shown)),
        title=gettext(N_("Brevene bak beløpet på post %(post)s"), post=code),
        description=told(steps),
        strokes=tuple(strokes),
        boxes=tuple(boxes),
        texts=tuple(texts),
    )


def _upright(kind: str, x: float, top: float, bottom: float) -> Stroke:
    return Stroke(kind=kind, points=((x, top), (x, bottom)))


def shortened(steps: Sequence[Step]) -> list[Step]:
    """At most `MOST_ROWS` bars: those before the last few are drawn as one, what they come to together."""
    if len(steps) <= MOST_ROWS:
        return list(steps)
    first, *between = steps[: len(steps) - MOST_ROWS + 2]
    moved = [each for each in between if each.kind not in WHOLE]
    after = moved[-1].after_ore if moved else first.after_ore
    many = gettext(N_("%(count)s endringer"), count=len(moved))
    one = replace(first, name=many, kind=UP if after >= first.after_ore else DOWN, letter_number=None)
    return [first, replace(one, before_ore=first.after_ore, after_ore=after), *steps[len(steps) - MOST_ROWS + 2 :]]


def _amounts(steps: Sequence[Step], most: float, size: float) -> list[str]:
    """What each bar is worth, to the krone; in a larger unit where that would not fit."""
    said = [_amount(each, None) for each in steps]
    for unit_ore, _ in UNITS[1:]:
        if max((text_width(each, size) for each in said), default=0.0) <= most:
            break
        said = [_amount(each, unit_ore) for each in steps]
    return said


def _amount(step: Step, unit_ore: int | None) -> str:
    if unit_ore is None:
        return kroner(step.amount_ore) if step.kind in WHOLE else signed_kroner(step.amount_ore)
    said = in_unit(step.amount_ore, unit_ore)
    return said if step.kind in WHOLE or step.amount_ore <= 0 else f"+{said}"


def told(steps: Sequence[Step]) -> str:
    """The bars in words: where it began, what was added and taken, what nobody has explained, and what it came to."""
    if not steps:
        return gettext(N_("Ingen brev har stilt noe til disposisjon denne dagen."))
    *moved, last = steps
    changes = [each for each in moved if each.kind not in WHOLE]
    said = [
        gettext(N_("%(name)s: %(amount)s kroner."), name=each.name, amount=kroner(each.after_ore))
        for each in moved[:1]
        if each.kind == TOTAL
    ]
    up = sum(each.amount_ore for each in changes if each.kind != UNEXPLAINED and each.amount_ore > 0)
    down = sum(each.amount_ore for each in changes if each.kind != UNEXPLAINED and each.amount_ore < 0)
    said.append(
        gettext(
            N_("Siden er det lagt til %(up)s kroner og trukket fra %(down)s kroner."), up=kroner(up), down=kroner(-down)
        )
    )
    said += [
        gettext(N_("%(name)s: %(amount)s kroner."), name=each.name, amount=signed_kroner(each.amount_ore))
        for each in changes
        if each.kind == UNEXPLAINED
    ]
    said.append(gettext(N_("Det gir %(amount)s kroner stilt til disposisjon."), amount=kroner(last.after_ore)))
    return " ".join(said)
