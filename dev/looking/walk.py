"""The pages of a dashboard that runs, found as a reader finds them: by the links on each, from the first page on."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from dev.chromium import Tab
from services.dashboard.sign_in.access import (
    AUDIT,
    PAGES,
    RECEIVER,
    RECEIVERS,
    RECIPIENT,
    RECIPIENTS,
    SEARCH,
    TRYING_OUT,
    Page,
)

LINKS = """
[...new Set([...document.querySelectorAll("a[href]")].filter((each) => each.origin === location.origin
  && !each.hasAttribute("download")).map((each) => each.pathname + each.search))]
"""
OF_ONE_PATH = 3
"""So many questions (days, sides, choices) are asked of one path at most."""


UNDATED = (RECIPIENTS, RECIPIENT, RECEIVERS, RECEIVER, TRYING_OUT, AUDIT, SEARCH)


def kind_of(address: str) -> Page | None:
    """Which page an address is of; None for what is no page of the table, as a file."""
    path = address.partition("?")[0]
    return next((page for page in PAGES if re.fullmatch(_pattern(page), path)), None)


def _pattern(page: Page) -> str:
    return re.sub(r"{\w+}", "[^/]+", re.sub(r"{\w+:path}", ".+", page.address))


@dataclass
class Walk:
    """So many pages of each kind, `most`, by one reader who is signed in already. `met` says how many of each kind.
    With `asked`, as `aar=2020&gjelder=2020-12-31`, links to a page of no day lead to that day."""

    tab: Tab
    base: str
    most: int
    asked: str = ""
    met: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[tuple[Page, str]]:
        """Each page, open in the tab."""
        waiting, been, paths = deque(map(self._dated, ("/", f"{SEARCH.address}?q=291"))), set[str](), Counter[str]()
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
            waiting.extend(map(self._dated, links))

    def _dated(self, link: str) -> str:
        kind = kind_of(link)
        dated = kind is not None and "gjelder" not in link and kind not in UNDATED
        return (
            f"{link}{'&' if '?' in link else '?'}{self.asked}" if self.asked and dated and "aar=" not in link else link
        )
