"""Look at the pages with a real browser: screenshots and print in a folder, and what is wrong with any of them.

    python -m dev.look shots                                  # the sample year, no database
    python -m dev.look shots --url http://127.0.0.1:8004 --person departementet    # a running dashboard, signed in

A dashboard that runs is walked by its links, so many pages of each kind (`--most`). Needs chromium, and npm once to
fetch axe-core. Ends with status 1 when axe-core finds a violation of WCAG 2.2 AA or of best practices, a page breaks
its own content security policy or answers with the wrong status, anything lies outside the width of the screen, a page
is taller than a phone can be scrolled with patience, the keyboard does not reach all of it, or it does not print whole.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dev.chromium import Chromium, Tab
from dev.looking import contents, keyboard
from dev.looking.tables import not_as_tables
from dev.looking.walk import Walk
from tests.browser.driven import sample_at, served

PAGES = {
    "year": ("/?aar=2020&gjelder=2020-12-31", 200),
    "spring": ("/?aar=2020&gjelder=2020-04-10&kjent=2020-06-01T12:00", 200),
    "empty": ("/?aar=2020&gjelder=2019-12-31", 200),
    "post": ("/poster/2020/291/71?gjelder=2020-12-31", 200),
    "letter": ("/brev/2020/4?gjelder=2020-12-31", 200),
    "receivers": ("/mottakere", 200),
    "statement": ("/tilgjengelighet", 200),
    "not-understood": ("/?gjelder=2020-02-31", 400),
    "missing": ("/poster/2020/999/1", 404),
}
SIGNED_OUT = {"sign-in": ("/logg-inn", 200), "asked-to-sign-in": ("/poster/2020/291/71?gjelder=2020-12-31", 401)}
WIDTHS = (320, 390, 1280)
SCHEMES = ("light", "dark")
JUDGED = (390, 1280)
"""The widths at which axe-core looks."""


@dataclass
class Looked:
    """What was looked at: the HTML of each page in each of the `languages`, how high it is by the width, what is wrong
    with it, and which readers met which pages."""

    browser: Chromium
    folder: Path | None = None
    languages: tuple[str, ...] = ("nb",)
    met: set[tuple[str, str]] = field(default_factory=set)
    html: dict[str, str] = field(default_factory=dict)
    heights: dict[str, Mapping[int, int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def at(self, tab: Tab, name: str, *, status: int = 200) -> None:
        """The page that is open, in every way."""
        self.html |= {f"{name} ({language})": tab.source_in(language) for language in self.languages}
        found = [] if tab.status == status else [f"status {tab.status}, not {status}"]
        found += [f"console {line}" for line in tab.complaints] + contents.turned(tab)
        heights = {}
        for width in WIDTHS:
            for scheme in SCHEMES:
                tab.look(width=width, scheme=scheme)
                said = contents.misfits(tab, width) if scheme == "light" else []
                if width in JUDGED:
                    said += contents.violations(tab)
                found += [f"{width} px {scheme}: {each}" for each in said]
                self._keep(tab, f"{name}-{width}-{scheme}")
            heights[width] = int(tab.evaluate("document.documentElement.scrollHeight"))
            found += [f"{width} px: {each}" for each in not_as_tables(tab)]
        tab.look(width=1280, scheme="light")
        found += keyboard.unreached(tab, back=True)[1]
        tab.in_grey()
        self._keep(tab, f"{name}-grey")
        tab.in_grey(grey=False)
        found += contents.not_on_paper(tab)
        if self.folder is not None:
            (self.folder / f"{file_name(name)}.pdf").write_bytes(tab.on_paper())
        tab.look(width=1280, scheme="light")
        self.heights[name] = heights
        self.faults += [f"{name}: {each}" for each in found]

    def _keep(self, tab: Tab, name: str) -> None:
        if self.folder is not None:
            (self.folder / f"{file_name(name)}.png").write_bytes(tab.screenshot())


def file_name(name: str) -> str:
    """An address as the name of a file."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_")[:120] or "first"


def look_at_sample(looked: Looked, url: str) -> Iterator[str]:
    """The pages of the sample year; the name of each as it has been looked at."""
    tab = looked.browser.tab()
    for name, (path, status) in PAGES.items():
        tab.go(url + path)
        looked.at(tab, name, status=status)
        yield name


def look_at_running(looked: Looked, url: str, person: str, most: int, asked: str) -> Iterator[str]:
    """The pages that anybody reaches, and those that `person` finds by following links."""
    tab = looked.browser.tab()
    for name, (path, status) in SIGNED_OUT.items():
        tab.go(url + path)
        looked.at(tab, name, status=status)
        yield name
    tab.go(f"{url}/logg-inn/begynn?person={person}")
    for page, address in Walk(tab, url, most, asked):
        name = f"{person} {address}"
        looked.met.add((person, page.address))
        looked.at(tab, name)
        yield name


def look(url: str, folder: Path, person: str = "", most: int = 1, asked: str = "") -> int:
    """Every page, and a line about each. Returns how many faults were found."""
    folder.mkdir(parents=True, exist_ok=True)
    with Chromium() as browser:
        looked = Looked(browser, folder)
        for name in look_at_running(looked, url, person, most, asked) if person else look_at_sample(looked, url):
            wrong = [each for each in looked.faults if each.startswith(f"{name}: ")]
            print(f"{name:60} {looked.heights[name]} {'; '.join(wrong) or 'ok'}", flush=True)
    return len(looked.faults)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--person", default="", help="whom to sign in as, where the development issuer lets anybody in")
    parser.add_argument("--most", type=int, default=1, help="how many pages of each kind")
    parser.add_argument("--asked", default="", help="of which day, where a link says none: aar=2020&gjelder=2020-12-31")
    given = parser.parse_args()
    if given.url:
        sys.exit(1 if look(given.url.rstrip("/"), given.folder, given.person, given.most, given.asked) else 0)
    with served(sample_at) as url:
        faults = look(url, given.folder)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
