"""A post through its year: what is at disposal as steps, each labelled with its letter; what is promised; what is paid;
and what letters demand paid, where they do. Whole øre in; the drawing stands at the end of each day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from services.dashboard.charts.course import COMMITTED, DEMANDED, DISPOSAL, PAID, Course
from services.dashboard.charts.drawing import Drawing, Stroke, Text, spread, text_width, wrapped
from services.dashboard.charts.flags import Step, place_flags, texts_of
from services.dashboard.charts.letter_names import names_of
from services.dashboard.charts.scale import Scale, scale_of
from services.dashboard.charts.told_course import told
from services.dashboard.words.spoken import N_, gettext

NAMES = {
    DISPOSAL: N_("Stilt til disposisjon"),
    COMMITTED: N_("Tilsagn"),
    PAID: N_("Utbetalt"),
    DEMANDED: N_("Skal være utbetalt"),
}
MONTHS = N_("jan feb mars april mai juni juli aug sep okt nov des")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large it is drawn, in CSS pixels."""

    width: float
    height: float
    letter: float
    lanes: int
    label: float


WIDE = Sizes(width=800, height=410, letter=14, lanes=5, label=165)
NARROW = Sizes(width=340, height=340, letter=12, lanes=4, label=72)
_GAP = 8.0


def draw_burn_up(course: Course, sizes: Sizes) -> Drawing:
    """The drawing. Empty where the year has not begun on the day asked for."""
    return _BurnUp(course, sizes).draw()


class _BurnUp:
    def __init__(self, course: Course, sizes: Sizes) -> None:
        self.course, self.sizes, size = course, sizes, sizes.letter
        amounts = [each for row in course.figures.values() for each in row] + [course.demanded_by(course.until)]
        planned = course.demanded_by(date(course.year, 12, 31))
        self.scale: Scale = scale_of(min(amounts, default=0), max([*amounts, planned], default=0))
        self.series = (DISPOSAL, COMMITTED, PAID, *([DEMANDED] if course.demands else []))
        self.names = {each: wrapped(gettext(NAMES[each]), size, sizes.label) for each in self.series}
        values = [self.scale.words(self.value(each)) for each in self.series]
        words = [*values, *(line for lines in self.names.values() for line in lines)]
        aside = max(text_width(each, size) for each in (*words, *_beside_the_edge(course)))
        marks = max(text_width(self.scale.words(each), size) for each in self.scale.marks)
        self.left, self.right = marks + _GAP, sizes.width - aside - 2 * _GAP
        self.top = sizes.lanes * 1.35 * size + _GAP
        self.bottom = sizes.height - 1.8 * size
        self.first = date(course.year, 1, 1).toordinal()
        self.days = date(course.year, 12, 31).toordinal() - self.first + 1

    def value(self, what: str) -> int:
        """What the line ends at."""
        return self.course.demanded_by(self.last(what)) if what == DEMANDED else self.course.at(what, self.course.until)

    def last(self, what: str) -> date:
        """The plan reaches to the end of the year, the others to the day asked for."""
        return date(self.course.year, 12, 31) if what == DEMANDED else self.course.until

    def x(self, day: date) -> float:
        """Where a day begins."""
        of_year = (day.toordinal() - self.first) / self.days
        return self.left + (self.right - self.left) * min(1.0, max(0.0, of_year))

    def y(self, amount_ore: int) -> float:
        return self.bottom - (self.bottom - self.top) * self.scale.share(amount_ore)

    def draw(self) -> Drawing:
        course = self.course
        lines = [self.line(each) for each in self.series] if course.days else []
        steps, poles = self.flags()
        return Drawing(
            width=self.sizes.width,
            height=self.sizes.height,
            title=gettext(N_("Post %(post)s gjennom %(year)s"), post=course.code, year=course.year),
            description=told(course),
            strokes=(*self.grid(), *poles, *(line for line in reversed(lines))),
            texts=(*self.marks(), *self.months(), *steps, *(self.labels() if course.days else ())),
        )

    def line(self, what: str) -> Stroke:
        """A step at each day on which it moved: level until then, and level after."""
        points: list[tuple[float, float]] = []
        for day, amount in self.movements(what):
            x = self.x(day)
            if points:
                points.append((x, points[-1][1]))
            points.append((x, self.y(amount)))
        points.append((self.x(self.last(what) + timedelta(days=1)), points[-1][1]))
        return Stroke(kind=what, points=tuple(points), closed_at=None)

    def movements(self, what: str) -> list[tuple[date, int]]:
        """Each day on which it moved, with what it then was; and the first day of all."""
        if what == DEMANDED:
            days = sorted(
                {
                    date(self.course.year, 1, 1),
                    *(max(on, date(self.course.year, 1, 1)) for on, _ in self.course.demands),
                }
            )
            return [(day, self.course.demanded_by(day)) for day in days if day.year == self.course.year]
        found: list[tuple[date, int]] = []
        for day, amount in zip(self.course.days, self.course.figures[what], strict=True):
            if not found or found[-1][1] != amount:
                found.append((day, amount))
        return found

    def flags(self) -> tuple[tuple[Text, ...], list[Stroke]]:
        """The letters above their steps, each on its pole."""
        size = self.sizes.letter
        steps = [
            Step(x=self.x(on), y=self.y(self.highest_about(on)), letter_number=number)
            for on, number in self.course.letters
        ]
        flags = place_flags(
            steps, lanes=self.sizes.lanes, right=self.sizes.width, size=size, wording=names_of
        )  # fmt: skip
        texts = texts_of(flags, top=0, lane_height=1.35 * size, size=size)
        poles = [
            Stroke(kind="pole", points=((flag.x, flag.lane * 1.35 * size + 2), (flag.x, flag.steps[0].y)))
            for flag in flags
        ]
        return texts, poles

    def highest_about(self, day: date) -> int:
        """The higher end of a step."""
        before = self.course.at(DISPOSAL, day - timedelta(days=1))
        return max(before, self.course.at(DISPOSAL, day))

    def grid(self) -> list[Stroke]:
        return [
            Stroke(kind="axis" if each == 0 else "grid", points=((self.left, self.y(each)), (self.right, self.y(each))))
            for each in self.scale.marks
        ]

    def marks(self) -> list[Text]:
        """What each grid line is worth. The unit stands above the drawing."""
        size = self.sizes.letter
        return [
            Text(
                kind="mark", text=self.scale.words(each), x=self.left - _GAP / 2, y=self.y(each) + 0.35 * size,
                size=size, anchor="end",
            )
            for each in self.scale.marks
        ]  # fmt: skip

    def months(self) -> list[Text]:
        """As many months by name as there is room for, each where it begins."""
        size, names, base = self.sizes.letter, gettext(MONTHS).split(), self.bottom + 1.4 * self.sizes.letter
        room = (self.right - self.left) / 12
        widest = max(text_width(each, size) for each in names) + _GAP
        every = next((each for each in (1, 2, 3, 4, 6) if each * room >= widest), 12)
        return [
            Text(kind="mark", text=name, x=self.x(date(self.course.year, month, 1)), y=base, size=size)
            for month, name in enumerate(names, 1)
            if (month - 1) % every == 0
        ]

    def labels(self) -> list[Text]:
        """What each line is, and what it ends at, beside its end."""
        size, line = self.sizes.letter, 1.15 * self.sizes.letter
        wanted = [(self.y(self.value(each)), line * (len(self.names[each]) + 1) + 2) for each in self.series]
        tops = spread(wanted, top=self.top - _GAP, bottom=self.bottom)
        found = []
        for each, top in zip(self.series, tops, strict=True):
            x = self.x(self.last(each) + timedelta(days=1)) + _GAP
            lines = [*((each, name) for name in self.names[each]), ("value", self.scale.words(self.value(each)))]
            for nth, (kind, text) in enumerate(lines):
                found.append(Text(kind=kind, text=text, x=x, y=top + line * nth + 0.9 * size, size=size))
        return found


def _beside_the_edge(course: Course) -> list[str]:
    """What a flag at the very end of the year has to have room for."""
    alone = [names_of([Step(x=0, y=0, letter_number=number)]) for _, number in course.letters]
    of_letters = [said[0] if number else said[-1] for said, (_, number) in zip(alone, course.letters, strict=True)]
    many = names_of([Step(x=0, y=0, letter_number=number) for _, number in course.letters])[-1:] if alone[1:] else []
    return [*of_letters, *many]
