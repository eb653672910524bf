"""What is drawn is seen: 3 to 1 for lines and bars, 4.5 to 1 for words, on the page in light and in dark (WCAG 1.4.3,
1.4.11); and told apart without colours, by weight, dashes, filled and hollow, and the words beside."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from services.dashboard.charts.burn_up import WIDE, draw_burn_up
from services.dashboard.charts.waterfall import STATED, TOTAL
from services.dashboard.pages.routes import static_files
from tests.browser.reading import read_page
from tests.browser.serving import client
from tests.dashboard.charts.drawings import EVERY_DAY

STATIC = static_files().directory
PAGES = ("/poster/2020/291/71?gjelder=2020-12-31", "/poster/2020/292/60?gjelder=2020-12-31")
GROUND = "--ds-color-neutral-background-default"
Rules = dict[str, dict[str, str]]


def sheet(name: str) -> str:
    assert STATIC is not None
    return (Path(STATIC) / name).read_text(encoding="utf-8")


def colours(scheme: str) -> dict[str, str]:
    theme = sheet("vendor/designsystemet/theme.css")
    block = theme.split(f'[data-color-scheme="{scheme}"] {{', 1)[1].split("}", 1)[0]
    return dict(re.findall(r"(--ds-color-[a-z0-9-]+): (#[0-9a-fA-F]{6});", block))


def rules() -> Rules:
    """By class, what the style sheet of drawings says of it."""
    found: Rules = {}
    plain = re.sub(r"/\*.*?\*/", "", sheet("charts.css"), flags=re.DOTALL)
    for selectors, body in re.findall(r"([^{}]+){([^{}]*)}", plain):
        said = dict(re.findall(r"([a-z-]+): ([^;]+);", body))
        for name in re.findall(r"\.(chart__[a-z-]+)", selectors):
            found.setdefault(name, {}).update(said)
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def used() -> set[tuple[str, str]]:
    """Every element and class in the drawings of these pages."""
    pages = [read_page(client().get(address).text) for address in PAGES]
    return {
        (each.tag, name)
        for page in pages
        for drawing in page.with_class("chart")
        for each in drawing.all("path", "rect", "text")
        for name in each.attributes["class"].split()
        if "--" in name
    }


def colour_of(value: str, scheme: dict[str, str]) -> str:
    [name] = re.findall(r"var\((--[a-z0-9-]+)\)", value)
    return scheme[name]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_drawn_is_seen(scheme: str) -> None:
    shown, said = colours(scheme), rules()
    needed = {"path": ("stroke", 3.0), "rect": ("stroke", 3.0), "text": ("fill", 4.5)}
    drawn = used()
    assert len(drawn) > 12
    for tag, name in drawn:
        what, ratio = needed[tag]
        value = said.get(name, {}).get(what) or said[f"chart__{name.split('__')[1].split('--')[0]}"][what]
        assert contrast(colour_of(value, shown), shown[GROUND]) >= ratio, (scheme, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_and_bars_are_told_apart_without_colours(scheme: str) -> None:
    shown, said = colours(scheme), rules()
    names = [f"chart__line--{kind}" for kind in ("disposal", "committed", "paid", "demanded")]
    for one, other in combinations(names, 2):
        drawn = [(said[each]["stroke-width"], said[each].get("stroke-dasharray")) for each in (one, other)]
        greys = [luminance(colour_of(said[each]["stroke"], shown)) for each in (one, other)]
        assert drawn[0] != drawn[1] or abs(greys[0] - greys[1]) > 0.05, (one, other)
    bars = [f"chart__bar--{kind}" for kind in ("total", "up", "down", "unexplained")]
    for one, other in combinations(bars, 2):
        dashes = [said[each].get("stroke-dasharray") for each in (one, other)]
        fills = [luminance(colour_of(said[each]["fill"], shown)) for each in (one, other)]
        assert dashes[0] != dashes[1] or abs(fills[0] - fills[1]) > 0.05, (one, other)
    assert {TOTAL, STATED} == {"total", "stated"}


def test_each_line_is_named_at_its_end() -> None:
    kinds = {text.kind for text in draw_burn_up(EVERY_DAY, WIDE).texts}
    assert {"disposal", "committed", "paid"} <= kinds


def test_no_drawing_is_empty_on_paper() -> None:
    """What is folded on a phone is open on paper, what is drawn keeps its colours, and nothing is hidden but a copy."""
    on_paper = sheet("charts.css").split("@media print {")[1:]
    assert any(".fold::details-content { content-visibility: visible" in each for each in on_paper)
    assert any(".chart { print-color-adjust: exact" in each for each in on_paper)
    assert (
        "@media print, (min-width: 50rem) {\n  .chart--narrow { display: none; }\n  .chart--wide { display: block"
        in sheet("charts.css")
    )
    assert ".chart" not in sheet("print.css")
