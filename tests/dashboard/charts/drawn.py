"""Reads drawings off a page as somebody with a ruler would: the scale from its marks, the lines from their paths."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tests.browser.reading import Element

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
UNITS = {"Kroner": 100, "Tusen kroner": 10**5, "Millioner kroner": 10**8, "Milliarder kroner": 10**11}
Points = list[tuple[float, float]]


def read_kroner(text: str) -> float:
    """An amount as it is written on a page."""
    return float(text.replace(NBSP, "").replace(MINUS, "-").replace("+", "").replace(",", "."))


def points_of(path: str) -> Points:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[0-9.]+) (-?[0-9.]+)", path)]


def of_class(drawing: Element, kind: str) -> list[Element]:
    return drawing.with_class(kind)


@dataclass
class Ruler:
    """The scale of a drawing of a year, measured off it."""

    drawing: Element
    year: int
    unit_ore: int

    def __post_init__(self) -> None:
        lines = [*of_class(self.drawing, "chart__line--grid"), *of_class(self.drawing, "chart__line--axis")]
        heights = sorted((points_of(line.attributes["d"])[0][1] for line in lines), reverse=True)
        texts = [each for each in of_class(self.drawing, "chart__text--mark") if "text-anchor" in each.attributes]
        marks = sorted(read_kroner(each.text) * self.unit_ore for each in texts)
        assert len(marks) == len(heights) >= 2
        self.low, self.per_ore = (marks[0], heights[0]), (heights[-1] - heights[0]) / (marks[-1] - marks[0])
        for mark, height in zip(marks, heights, strict=True):
            assert abs(self.height(mark) - height) < 1
        (self.left, _), (self.right, _) = points_of(lines[0].attributes["d"])

    def height(self, amount_ore: float) -> float:
        return self.low[1] + (amount_ore - self.low[0]) * self.per_ore

    def x(self, day: date) -> float:
        days = (date(self.year + 1, 1, 1) - date(self.year, 1, 1)).days
        return self.left + (self.right - self.left) * (day - date(self.year, 1, 1)).days / days

    def line(self, kind: str) -> Points:
        [line] = of_class(self.drawing, f"chart__line--{kind}")
        return points_of(line.attributes["d"])


def height_at(points: Points, x: float) -> float:
    """How high a step line is at a place between two of its steps."""
    for (left, y), (right, _) in pairwise(points):
        if left <= x <= right and left != right:
            return y
    raise AssertionError(f"nothing is drawn at {x}")
