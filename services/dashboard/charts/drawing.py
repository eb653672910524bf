"""A drawing as data: strokes, boxes and texts in one coordinate system, with a title and a description in words.

Nothing here knows what is drawn. Colours and weights are the style sheet's, by `kind`; so one drawing serves light,
dark and paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Anchor = Literal["start", "middle", "end"]

_EMS = {
    0.32: "ijlI|'.,:;!",
    0.33: " \N{NO-BREAK SPACE}",
    0.45: "tfr()[]-/",
    0.6: "acekszvxyJL",
    0.95: "mwMWæÆ%@\N{EM DASH}",
    0.78: "ABCDGHKNOPQRUVXYZØÅ",
}
_WIDTHS = {letter: ems for ems, letters in _EMS.items() for letter in letters}


def text_width(text: str, size: float) -> float:
    """At least as wide as Inter is set in that size, half-bold (units of the drawing): labels are placed by it."""
    return size * sum(_WIDTHS.get(letter, 0.68) for letter in text)


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle, or what a text takes up."""

    kind: str = ""
    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box") -> bool:
        """Whether the two share more than an edge."""
        beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        above = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not (beside or above)


@dataclass(frozen=True, kw_only=True)
class Text:
    """One line of text; `y` is the line it stands on."""

    kind: str
    text: str
    x: float
    y: float
    size: float
    anchor: Anchor = "start"

    @property
    def box(self) -> Box:
        width = text_width(self.text, self.size)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Box(kind=self.kind, x=left, y=self.y - 0.8 * self.size, width=width, height=1.05 * self.size)


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A line through points, never smoothed. `closed_at`: the height it is filled down to, if it is filled."""

    kind: str
    points: tuple[tuple[float, float], ...]
    closed_at: float | None = None

    @property
    def path(self) -> str:
        """As an SVG path, in tenths."""
        (first_x, first_y), *rest = self.points
        parts = [f"M{number(first_x)} {number(first_y)}"]
        parts += [f"L{number(x)} {number(y)}" for x, y in rest]
        if self.closed_at is not None:
            parts += [f"V{number(self.closed_at)}", f"H{number(first_x)}", "Z"]
        return "".join(parts)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """All of one drawing. `title` is at most ten words; `description` is made from the figures that are drawn."""

    width: float
    height: float
    title: str
    description: str
    strokes: tuple[Stroke, ...] = ()
    boxes: tuple[Box, ...] = ()
    texts: tuple[Text, ...] = ()


def number(value: float) -> str:
    """To a tenth of a unit, without a needless decimal."""
    written = f"{value:.1f}"
    if written == "-0.0":
        return "0"
    return written[:-2] if written.endswith(".0") else written


def wrapped(text: str, size: float, most: float) -> list[str]:
    """The words on as few lines as fit in `most`; a word that is wider has a line of its own."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def spread(wanted: Iterable[tuple[float, float]], *, top: float, bottom: float) -> list[float]:
    """Where blocks go so that none meets another: each is (where its middle should be, its height); they keep their
    order, and stay between top and bottom as far as there is room. Gives the top of each."""
    blocks = list(wanted)
    order = sorted(range(len(blocks)), key=lambda each: (blocks[each][0], each))
    tops = [0.0] * len(blocks)
    reached = top
    for each in order:
        middle, height = blocks[each]
        tops[each] = max(reached, middle - height / 2)
        reached = tops[each] + height
    limit = bottom
    for each in reversed(order):
        tops[each] = min(tops[each], limit - blocks[each][1])
        limit = tops[each]
    return tops
