"""The pages of a dashboard that runs, found as a reader finds them: by the links on each, from the first page on."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from dev.chromium import Tab
from services.dashboard.sign_in.access import PAGES, SEARCH, Page

LINKS = """
[...new Set([...document.querySelectorAll("a[href]")].filter((each) => each.origin === location.origin
  && !each.hasAttribute("download")).map((each) => each.pathname + each.search))]
"""
OF_ONE_PATH = 3
"""So many questions (days, sides, choices) are asked of one path at most."""


def kind_of(address: str) -> Page | None:
    """Which page an address is of; None for what is no page of the table, as a file."""
    path = address.partition("?")[0]
    return next((page for page in PAGES if re.fullmatch(_pattern(page), path)), None)


def _pattern(page: Page) -> str:
    return re.sub(r"{\w+}", "[^/]+", re.sub(r"{\w+:path}", ".+", page.address))


@dataclass
class Walk:
    """So many pages of each kind, `most`, by one reader who is signed in already. `met` says how many of each kind."""

    tab: Tab
    base: str
    most: int
    met: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[tuple[Page, str]]:
        """Each page, open in the tab."""
        waiting, been, paths = deque(["/", f"{SEARCH.address}?q=a"]), set[str](), Counter[str]()
        while waiting:
            address = waiting.popleft()
            kind, path = kind_of(address), address.partition("?")[0]
            if kind is None or address in been or self.met[kind.address] >= self.most or paths[path] >= OF_ONE_PATH:
                continue
            been.add(address)
            paths[path] += 1
            self.met[kind.address] += 1
            self.tab.go(self.base + address)
            links = list(self.tab.evaluate(LINKS))
            yield kind, address
            waiting.extend(links)
