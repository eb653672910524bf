"""Labels of steps that stand close together: small flags above the drawing, each on a pole down to its step.

A flag stands to the right of its pole. One that would meet the flag before it goes a lane down; where no lane is left,
the flag before it tells of both. So no flag covers another, and no pole runs through one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.dashboard.charts.drawing import Text, text_width

GAP = 6.0


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something to label at `x`: the letter it is of, or None for something else."""

    x: float
    y: float
    letter_number: int | None


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One label, of one step or of several that stand too close to be told apart."""

    steps: tuple[Step, ...]
    lane: int
    text: str

    @property
    def x(self) -> float:
        """Where its pole stands: at the first of its steps."""
        return self.steps[0].x


Wording = Callable[[Sequence[Step]], Sequence[str]]
"""What a flag may say of its steps: the fullest first, the shortest last."""


def place_flags(steps: Sequence[Step], *, lanes: int, right: float, size: float, wording: Wording) -> tuple[Flag, ...]:
    """The flags of all steps, from left to right. `right` is where a flag must end; the shortest wording is used there
    though it should not fit."""
    flags: list[Flag] = []
    reached = [float("-inf")] * lanes
    for step in sorted(steps, key=lambda each: each.x):
        free = [lane for lane in range(lanes) if all(end + GAP <= step.x for end in reached[lane:])]
        if free and not (flags and flags[-1].x == step.x):
            flags.append(_said(Flag(steps=(step,), lane=free[0], text=""), right, size, wording))
        else:
            flags[-1] = _said(replace(flags[-1], steps=(*flags[-1].steps, step)), right, size, wording)
        reached[flags[-1].lane] = flags[-1].x + GAP + text_width(flags[-1].text, size)
    return tuple(flags)


def texts_of(flags: Sequence[Flag], *, top: float, lane_height: float, size: float) -> tuple[Text, ...]:
    """The flags as texts, lane below lane."""
    return tuple(
        Text(
            kind="flag", text=flag.text, x=flag.x + GAP, y=top + flag.lane * lane_height + size, size=size
        )
        for flag in flags
    )  # fmt: skip


def _said(flag: Flag, right: float, size: float, wording: Wording) -> Flag:
    wordings = wording(flag.steps)
    fits = [text for text in wordings if flag.x + GAP + text_width(text, size) <= right]
    return replace(flag, text=fits[0] if fits else wordings[-1])
