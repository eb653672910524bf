"""A figure as a letter prints it, and where."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something was read: the letter's own section, and the line of the transcription."""

    cite: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Figure(Place):
    """An amount as the letter prints it. `unit_ore` is what one step of its last printed digit is worth."""

    printed: str
    amount_ore: int
    unit_ore: int
