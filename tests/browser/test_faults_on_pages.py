"""The control: each check of a page in a browser sees the fault it is there for, and a page without any has none."""

import os
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from dev import chromium
from dev.chromium import Chromium, Tab
from dev.looking import contents, keyboard
from dev.looking.tables import not_as_tables
from tests.browser.driven import BROWSERS, has

WHOLE = """<!doctype html><html lang="nb"><head><title>x</title><meta name="viewport" content="width=device-width">
<style>@media print {{ .no-paper {{ display: none }} }} a, summary {{ margin: 12px; display: inline-block }}
{style}</style></head><body><main><h1>Overskrift</h1>{body}</main></body></html>"""
TWO_LINKS = '<p><a href="#a">første her</a></p><p><a href="#b">andre her</a></p>'
TABLE = '<table{role}><tr><th scope="col">A</th></tr><tr><td>1</td></tr></table>'
COLUMN = '<table><thead><tr><th>A</th></tr></thead><tbody><tr><td style="text-align: end">1</td></tr></tbody></table>'
CHART = (
    '<section><svg class="chart{more}" role="img" width="90" height="90"><title>En figur</title>{drawn}</svg>'
    "{beside}</section>"
)
MARKS = '<path d="M0 0h9"/>' * 6

Check = Callable[[Tab], list[str]]


def unreached(tab: Tab) -> list[str]:
    return keyboard.unreached(tab, back=True)[1]


def misfit(tab: Tab) -> list[str]:
    return contents.misfits(tab, 390)


FAULTS: tuple[tuple[Check, str, str, str], ...] = (
    (misfit, '<p style="width: 700px">x</p>', "", "wider than the screen"),
    (misfit, '<p style="height: 6100px">x</p>', "", "px high"),
    (misfit, '<p style="overflow: hidden; width: 40px; white-space: nowrap">noe som er kuttet</p>', "", "cut off"),
    (
        misfit,
        '<form><input><button style="position: relative; top: 6px">Vis</button></form>',
        "",
        "off the field beside",
    ),
    (misfit, COLUMN, "", "not in line"),
    (misfit, '<p style="width: 60px; overflow-wrap: anywhere">Integreringstilskudd</p>', "", "is broken"),
    (contents.turned, "<p>Navn: <span>\u202eabc</span> 12 kroner</p>", "", "turned about"),
    (unreached, TWO_LINKS.replace("#b", '#b" tabindex="-1'), "", "no key reaches"),
    (unreached, TWO_LINKS.replace("#b", '#b" tabindex="3'), "", "after the beginning comes"),
    (unreached, TWO_LINKS, "a { outline: none !important }", "no focus seen"),
    (unreached, TWO_LINKS, "p:last-child { position: absolute; top: 0 }", "stands above"),
    (unreached, TWO_LINKS, "p:last-child a { position: fixed; top: -99px }", "outside the screen"),
    (unreached, f'{TWO_LINKS}<div style="position: fixed; inset: 0"></div>', "", "lies under"),
    (unreached, '<p><a onclick="x()">ingen adresse</a></p>', "", "no key reaches"),
    (
        unreached,
        f'{TWO_LINKS}<script>addEventListener("focusin", () => document.links[0].focus())</script>',
        "",
        "never",
    ),
    (contents.violations, '<img src="data:,">', "", "image-alt"),
    (contents.violations, "<p>blek tekst</p>", "p { color: #ccc }", "color-contrast"),
    (
        contents.violations,
        '<p><a href="#a">a</a><a href="#b">b</a></p>',
        "a { margin: 0; font-size: 6px }",
        "target-size",
    ),
    (contents.violations, "<h4>for langt ned</h4>", "", "heading-order"),
    (not_as_tables, TABLE.format(role=' role="presentation"'), "", "told of as row"),
    (contents.not_on_paper, CHART.format(more=" no-paper", drawn=MARKS, beside=TABLE), "", "no drawing is printed"),
    (contents.not_on_paper, CHART.format(more="", drawn="", beside=TABLE), "", "nothing is drawn"),
    (contents.not_on_paper, CHART.format(more="", drawn=MARKS, beside=""), "", "no figures beside"),
)
"""The check, what the page holds, its style, and what is said of it."""
SOUND = (
    f"{TWO_LINKS}{TABLE.format(role='')}<details><summary>Mer</summary><a href='#c'>inni her</a></details>"
    f"<p>Navn: <bdi>\u202eabc</bdi> 12 kroner</p>{CHART.format(more='', drawn=MARKS, beside=TABLE.format(role=''))}"
)


@pytest.fixture(scope="module")
def browser(long: bool) -> Iterator[Chromium | None]:
    if not has(*BROWSERS, long=long, why="what is wrong with a page in a browser"):
        yield None
        return
    with Chromium() as started:
        yield started


@pytest.fixture(scope="module")
def tab(browser: Chromium | None) -> Tab | None:
    return None if browser is None else browser.tab(width=390, scripts=True)


def show(tab: Tab, body: str, style: str = "") -> None:
    tab.look(width=390, scheme="light")
    tab.go("data:text/html;charset=utf-8," + quote(WHOLE.format(body=body, style=style)))


@pytest.mark.parametrize(("check", "body", "style", "said"), FAULTS)
def test_a_fault_is_seen(tab: Tab | None, check: Check, body: str, style: str, said: str) -> None:
    if tab is None or (check is contents.violations and contents.axe() is None):
        return
    show(tab, body, style)
    assert [each for each in check(tab) if said in each] != []


def test_where_there_is_none_none_is_seen(tab: Tab | None) -> None:
    if tab is not None:
        show(tab, SOUND)
        checks = [misfit, contents.turned, unreached, not_as_tables]
        checks += [contents.violations] if contents.axe() else []
        assert [found for check in (*checks, contents.not_on_paper) for found in check(tab)] == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<script>alert(1)</script>", "asked '1'"),
        ("<svg onload='harm = 1'></svg>", "set harm"),
        ("<img src='http://127.0.0.1:9/x.png' alt=''>", "fetched http://127.0.0.1:9/x.png"),
    ],
)
def test_what_runs_is_seen(browser: Chromium | None, tab: Tab | None, written: str, said: str) -> None:
    if browser is not None and tab is not None:
        show(tab, written)
        assert said in contents.ran(browser, tab)
        show(tab, "<p>ingenting</p>")
        assert contents.ran(browser, tab) == []


def test_a_browser_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "SILENT_SECONDS", 0.01)
    silent = Chromium()
    listening, speaking = os.pipe()
    silent.events, silent._unread, silent._from_browser = [], b"", listening
    with pytest.raises(RuntimeError, match="said nothing"):
        silent.wait_for("Page.loadEventFired", "a page")
    os.close(listening)
    os.close(speaking)
