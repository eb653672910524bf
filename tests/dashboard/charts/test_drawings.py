"""What holds of every drawing, whatever the figures: no text covers another, and nothing lies outside or is unknown."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from math import isfinite

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.dashboard.charts import burn_up, waterfall
from services.dashboard.charts.burn_up import draw_burn_up
from services.dashboard.charts.course import COMMITTED, DISPOSAL, PAID, Course
from services.dashboard.charts.drawing import Drawing, text_width
from services.dashboard.charts.waterfall import Step, draw_waterfall, steps_of
from tests.dashboard.charts.drawings import EVERY_DAY, HUGE, NEW_YEAR, course

amounts = st.one_of(st.integers(-HUGE, HUGE), st.integers(-1000, 1000), st.just(0))
days = st.integers(0, 365).map(lambda nth: NEW_YEAR + timedelta(days=nth))


@st.composite
def courses(draw: st.DrawFn, most: int = 40) -> Course:
    until = draw(days)
    moved = sorted({NEW_YEAR, *draw(st.lists(st.dates(NEW_YEAR, until), max_size=most))})
    figures = {what: tuple(draw(amounts) for _ in moved) for what in (DISPOSAL, COMMITTED, PAID)}
    letters = [(on, draw(st.one_of(st.none(), st.integers(0, 400)))) for on in moved]
    return Course(
        code="292/60", year=2020, until=until, days=tuple(moved), figures=figures, letters=tuple(letters),
        demands=tuple(draw(st.lists(st.tuples(days, st.integers(0, HUGE)), max_size=3))),
    )  # fmt: skip


ONE_STEP = course((NEW_YEAR, 100))
NOTHING = course((NEW_YEAR, 0), letters=False)
LAST_DAY = course((NEW_YEAR, 5), (date(2020, 12, 30), HUGE), (date(2020, 12, 31), -HUGE))


def sound(drawing: Drawing) -> None:
    boxes = [*drawing.boxes, *(text.box for text in drawing.texts)]
    points = [point for stroke in drawing.strokes for point in stroke.points]
    assert all(isfinite(each) for point in points for each in point)
    for x, y in points:
        assert -0.01 <= x <= drawing.width + 0.01
        assert -0.01 <= y <= drawing.height + 0.01
    for box in boxes:
        assert all(isfinite(each) for each in (box.x, box.y, box.width, box.height))
        assert box.x >= -0.01
        assert box.y >= -0.01
        assert box.x + box.width <= drawing.width + 1.01
        assert box.y + box.height <= drawing.height + 0.01
    for one, other in combinations(drawing.texts, 2):
        assert not one.box.meets(other.box), (one, other)
    assert "NaN" not in repr(drawing)
    assert 1 <= len(drawing.title.split()) <= 10
    assert drawing.description.endswith(".")


@pytest.mark.parametrize("sizes", [burn_up.WIDE, burn_up.NARROW], ids=["wide", "narrow"])
@given(year=courses())
@example(year=ONE_STEP)
@example(year=NOTHING)
@example(year=EVERY_DAY)
@example(year=LAST_DAY)
def test_no_label_of_a_year_covers_another_and_nothing_lies_outside(year: Course, sizes: burn_up.Sizes) -> None:
    drawing = draw_burn_up(year, sizes)
    sound(drawing)
    poles = [stroke for stroke in drawing.strokes if stroke.kind == "pole"]
    flags = [text for text in drawing.texts if text.kind == "flag"]
    assert len(poles) == len(flags)
    assert bool(flags) == bool(year.letters)
    for pole in poles:
        (x, top), _ = pole.points
        for flag in flags:
            box = flag.box
            assert not (box.x < x < box.x + box.width and box.y > top), "a pole runs through a flag"


def test_letters_too_close_to_be_told_apart_share_a_flag() -> None:
    flags = [text.text for text in draw_burn_up(EVERY_DAY, burn_up.WIDE).texts if text.kind == "flag"]
    assert flags[0] == "Tildelingsbrevet"
    assert flags[1].startswith("Tillegg ")
    assert "–" in flags[-1]
    assert len(flags) < 40
    mixed = course(*((NEW_YEAR + timedelta(days=nth), nth + 1) for nth in range(9)))
    mixed = replace(mixed, letters=tuple((day, None if nth % 2 else nth) for nth, (day, _) in enumerate(mixed.letters)))
    assert [text.text for text in draw_burn_up(mixed, burn_up.WIDE).texts if text.kind == "flag"][-1] == "5 endringer"


@st.composite
def moves(draw: st.DrawFn) -> list[dict[str, object]]:
    said = []
    for number in range(draw(st.integers(0, 60))):
        what = draw(st.sampled_from(("moved", "difference", "authority", "stated")))
        said.append(move(number, what, draw(amounts), draw(st.sampled_from(("rounding", "unexplained")))))
    return said


def move(number: int, what: str, amount_ore: int, kind: str = "rounding") -> dict[str, object]:
    return {
        "letter_number": number, "what": what, "amount_ore": amount_ore, "kind": kind, "settled": number % 2 == 0,
        "effective_on": NEW_YEAR,
    }  # fmt: skip


LONG_NAMES = [move(0, "moved", HUGE), move(400, "difference", -1000 * HUGE + 1, "unexplained")]
FOUR_HUNDRED = [move(number, "moved", (-1) ** number * HUGE) for number in range(400)]


@pytest.mark.parametrize("sizes", [waterfall.WIDE, waterfall.NARROW], ids=["wide", "narrow"])
@given(said=moves())
@example(said=[])
@example(said=[move(0, "moved", 0)])
@example(said=[move(0, "moved", -HUGE)])
@example(said=LONG_NAMES)
@example(said=FOUR_HUNDRED)
def test_no_word_of_a_waterfall_covers_another_and_nothing_lies_outside(
    said: list[dict[str, object]], sizes: waterfall.Sizes
) -> None:
    steps = steps_of(said, 12_345)
    drawing = draw_waterfall("292/60", steps, sizes)
    sound(drawing)
    assert len(drawing.boxes) == min(len(steps), waterfall.MOST_ROWS)


def test_of_many_bars_those_in_the_middle_are_drawn_as_one() -> None:
    steps = steps_of(FOUR_HUNDRED, 0)
    shown = waterfall.shortened(steps)
    assert len(shown) == waterfall.MOST_ROWS
    assert shown[1].name == "378 endringer"
    assert isinstance(shown[1], Step)
    assert (shown[1].before_ore, shown[1].after_ore) == (shown[0].after_ore, shown[2].before_ore)


def test_what_is_promised_beyond_what_is_at_disposal_is_told() -> None:
    over = replace(ONE_STEP, figures={DISPOSAL: (100_00,), COMMITTED: (130_50,), PAID: (0,)})
    told = draw_burn_up(over, burn_up.NARROW).description
    assert "Det er gitt 30,50 kroner mer i tilsagn enn det som er stilt til disposisjon." in told
    assert "mer i tilsagn" not in draw_burn_up(ONE_STEP, burn_up.NARROW).description


def test_what_is_demanded_and_what_is_not_planned_are_told() -> None:
    assert draw_burn_up(ONE_STEP, burn_up.WIDE).description.endswith("Ingen plan for utbetalingene er godkjent.")
    demanded = replace(ONE_STEP, demands=((date(2020, 10, 31), 60_00), (date(2020, 3, 1), 40_00)))
    drawing = draw_burn_up(demanded, burn_up.WIDE)
    assert (
        "krever at 100 kroner er utbetalt innen 31.\N{NO-BREAK SPACE}oktober 2020; ingen annen" in drawing.description
    )
    [line] = [stroke for stroke in drawing.strokes if stroke.kind == "demanded"]
    assert len({y for _, y in line.points}) == 3, "nothing, then 40, then 100"


def test_a_text_is_never_set_wider_than_it_is_taken_for() -> None:
    """What Chromium measures of Inter at 600, in 100 px."""
    for text, measured in (("Stilt til disposisjon", 894), ("Tilsagn", 359), ("1\N{NO-BREAK SPACE}341,5", 382)):
        assert measured <= text_width(text, 100) <= 1.3 * measured
