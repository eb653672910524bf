"""What holds for every page, whatever it shows: readable, operable, and safe to open."""

import re
from functools import cache
from itertools import pairwise
from urllib.parse import urlsplit

import httpx
import pytest

from services.dashboard.sign_in.access import AWARDS, DISPUTES, NOTICES, RECIPIENTS, SCHEMES
from tests.browser.reading import Element, read_page
from tests.browser.serving import PAGES, client

REFUSED = ("/?gjelder=2020-02-31", "/?kjent=i-fjor", "/?aar=to", "/poster/2020/999/1", "/brev/2020/99")
OF_A_LOG = {each.address for each in (SCHEMES, AWARDS, NOTICES, DISPUTES, RECIPIENTS)}
"""Pages of cases, which the sample year has none of: every role opens them in tests/dashboard/test_access.py."""
every_page = pytest.mark.parametrize("address", [*PAGES, *REFUSED])


browser = cache(client)


@cache
def answer(address: str) -> httpx.Response:
    """What is answered there, asked for once however many look at it."""
    found: httpx.Response = browser().get(address)
    return found


@cache
def opened(address: str) -> Element:
    return read_page(answer(address).text)


@every_page
def test_it_is_in_bokmal_and_has_a_name_of_its_own(address: str) -> None:
    page = opened(address)
    assert page.one("html").attributes["lang"] == "nb"
    assert page.one("head").one("title").text.endswith("– Tilsagn")


@every_page
def test_its_headings_begin_at_one_and_skip_no_level(address: str) -> None:
    levels = [int(heading.tag[1]) for heading in opened(address).all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels


@every_page
def test_it_carries_no_script_and_no_style_of_its_own(address: str) -> None:
    page = opened(address)
    assert page.all("style", "iframe", "object", "embed") == []
    for script in page.all("script"):
        assert script.attributes["src"].startswith("/static/")
        assert script.children == []
    names = {name for element in page.all() for name in element.attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}


@every_page
def test_it_lets_nothing_in_from_elsewhere(address: str) -> None:
    headers = answer(address).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; img-src 'self' data:;")
    assert headers["x-content-type-options"] == "nosniff"
    page = opened(address)
    fetched = [each.attributes["href"] for each in page.all("link")]
    fetched += [each.attributes["src"] for each in page.all("script")]
    assert all(url.startswith("/static/") for url in fetched)
    assert all(answer(url).status_code == 200 for url in fetched)


@every_page
def test_every_name_in_it_is_used_once_and_every_reference_leads_somewhere(address: str) -> None:
    page = opened(address)
    ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    referring = ("aria-labelledby", "aria-describedby", "for")
    referred = {part for each in page.all() for name in referring for part in each.attributes.get(name, "").split()}
    referred |= {each.attributes["href"][1:] for each in page.all("a") if each.attributes["href"].startswith("#")}
    referred |= {
        hatched for each in page.all("rect") for hatched in re.findall(r"#(\w+)", each.attributes.get("fill", ""))
    }
    assert referred <= set(ids)


@every_page
def test_every_field_has_a_label(address: str) -> None:
    page = opened(address)
    labelled = {label.attributes["for"] for label in page.all("label")}
    fields = page.all("input", "select", "textarea")
    seen = [each for each in fields if each.attributes.get("type") != "hidden"]
    assert {each.attributes["id"] for each in seen} <= labelled


@every_page
def test_every_table_has_a_caption_and_every_header_says_what_it_heads(address: str) -> None:
    for table in opened(address).all("table"):
        assert table.one("caption").text
        assert all(header.attributes["scope"] in ("col", "colgroup", "row", "rowgroup") for header in table.all("th"))
        assert all(any(cell.tag == "th" for cell in row.all("td", "th")) for row in table.all("tr"))


@every_page
def test_every_picture_has_a_name_and_a_description_or_is_only_decoration(address: str) -> None:
    for picture in opened(address).all("svg"):
        if picture.attributes.get("role") == "img":
            assert picture.one("title").text
            assert picture.one("desc").text.endswith(".")
        else:
            assert picture.attributes["aria-hidden"] == "true"


@every_page
def test_amounts_never_break_across_lines(address: str) -> None:
    written = [text for each in opened(address).all() for text in each.children if isinstance(text, str)]
    assert [text for text in written if re.search(r"[0-9] [0-9]{3}\b", text)] == []


OF_CASES = ("/tilsagn", "/tilskuddsmottakere", "/ordninger", "/varsler", "/tilbakehold")
"""Pages of cases, which the sample has none of; those that lead to them are walked over a real log, in
`tests/faults/test_figures_walked.py`."""

OF_FACTS = re.compile(r"/forklar/(?:sak/|brev/|steg/|[0-9]+/(?:varsel|frist)/)")
"""Explanations made of the facts of a case, a letter, a notice or a deadline, which the sample has none of: each
link to one is followed over a real log, in `tests/dashboard/test_every_figure_explained.py`."""


@pytest.mark.parametrize("address", PAGES)
def test_every_link_in_it_leads_to_a_page(address: str) -> None:
    links = {each.attributes["href"] for each in opened(address).all("a")}
    links = {link for link in links if not link.startswith(OF_CASES) and not OF_FACTS.match(link)}
    ours = {link for link in links if not urlsplit(link).netloc and not link.startswith("#")} - OF_A_LOG
    answers = {link: answer(link).status_code for link in ours}
    assert set(answers.values()) == {200}, answers
    assert links - ours - OF_A_LOG <= {"#innhold", "https://www.uutilsynet.no/"}
