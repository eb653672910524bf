"""Amounts that lead to no explanation, each with the reason; every other amount on every page must lead to one."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.browser.reading import Element

EXPLAINED, CHANGES = "/forklar/", "/endringer?"
PRINTED = "it is what the letter prints, with the place beside it: there is nothing behind it"
ENTRY = "it is itself an entry, a fact or what a letter says: what others sum to"
SO_FAR = "the sum so far of the amounts in the same table"
FOUND = "what a rule found amiss, with its letter or case beside it; it is no sum of entries"
WITHOUT: dict[tuple[str, str, str], str] = {
    ("/brev/.*", "linjer", "Beløp"): PRINTED,
    ("/brev/.*", "oppdrag", "Ramme"): PRINTED,
    ("/brev/.*", "frister", "Beløp"): PRINTED,
    ("/(brev/.*|poster/[^?]*|avvik)", ".*", "(Brevets sum|Brevets tall|Ramme)"): PRINTED,
    ("/(brev/.*|poster/[^?]*|avvik)", ".*", "(Utregnet|Sum av delene|Avvik)"): "worked out from what letters print "
    "and move, for the comparison beside it; what stands in the books of it is explained on the post",
    ("/avvik", "avvik", "Beløp"): FOUND,
    ("/poster/[^?]*", "foringer", ".*"): ENTRY,
    ("/poster/[^?]*", "brevene", "Beløp etter"): SO_FAR,
    ("/poster/[^?]*", "maaneder", "Skal være utbetalt"): "what letters demand by the day, told line by line in them",
    ("/endringer", "grunner", ".*"): ENTRY,
    ("/endringer", ".*", "Sum hittil"): SO_FAR,
    ("/tilsagn/.*", "hendelser", "Beløp"): ENTRY,
    ("/ordninger/.*", "utlysninger", "Utlyst beløp"): "what the call says, which binds nothing",
    ("/ordninger/.*", "utlysninger", "Søkt om"): "what applicants ask for: no entry is made of it",
    ("/tilbakehold-og-klager", "(tilbakehold|tilbakekrav)", "(Frigitt|Holdt av nå|Betalt tilbake|Skyldig)"): "of a "
    "warning nothing is decided, so nothing is held, released or owed: nought (decisions lead to their facts)",
}
"""By page (the path), table and heading, each a pattern."""


def amounts_of(page: Element) -> Iterator[tuple[str, str, Element]]:
    """Every amount of money on the page, with its table's name and its heading."""
    for amount in page.with_class("amount"):
        if "amount--count" in amount.attributes["class"]:
            continue
        above = list(_above(amount))
        table = next((each for each in above if each.tag == "table"), None)
        cell = next((each for each in above if each.tag in ("td", "dd", "th")), None)
        heading = cell.attributes.get("data-label", "") if cell is not None else ""
        yield (table.attributes.get("id", "") if table else "").removeprefix("tabell-"), heading, amount


def unexplained(address: str, page: Element) -> list[str]:
    """The amounts on the page that lead to no explanation and are not known to have none."""
    path = urlsplit(address).path
    return [
        f"{address}: {table} {heading} {amount.text}"
        for table, heading, amount in amounts_of(page)
        if not _leads(amount) and why_without(path, table, heading) is None
    ]


def why_without(path: str, table: str, heading: str) -> tuple[str, str, str] | None:
    """Which of the exceptions it is."""
    for patterns in WITHOUT:
        if all(re.fullmatch(p, text) for p, text in zip(patterns, (path, table, heading), strict=True)):
            return patterns
    return None


def _leads(amount: Element) -> bool:
    links = [each for each in _above(amount) if each.tag == "a"]
    return any(each.attributes.get("href", "").startswith((EXPLAINED, CHANGES)) for each in links)


def _above(element: Element) -> Iterator[Element]:
    above = element.parent
    while above is not None:
        yield above
        above = above.parent
