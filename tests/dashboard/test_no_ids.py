"""No id stands where a person reads: not in what a page says, and in no address it leads to."""

import pytest

from tests.browser.reading import read_page
from tests.browser.serving import PAGES, client
from tests.dashboard.crawled import UUID

OF_THE_API = "/mottakere"
"""Pages of receivers are for administrators, and lead by the id that the API and the receiver know an endpoint and
a delivery by."""


@pytest.mark.parametrize("address", PAGES)
def test_no_page_says_or_leads_by_an_id(address: str) -> None:
    if address.startswith(OF_THE_API):
        read = [each.text for each in read_page(client().get(address).text).all("body")]
        assert UUID.findall(" ".join(read)) == []
        return
    page = read_page(client().get(address).text)
    assert UUID.findall(" ".join(each.text for each in page.all("title", "body"))) == []
    assert [each for each in page.all("a") if UUID.search(each.attributes.get("href", ""))] == []


def test_deadlines_and_notices_with_an_amount_are_among_them() -> None:
    found = [
        each.attributes["href"]
        for address in ("/frister?aar=2020&tilstand=overdue", "/frister?aar=2020", "/?aar=2020&gjelder=2020-12-31")
        for each in read_page(client().get(address).text).all("a")
    ]
    assert any("/forklar/2020/frist/" in each for each in found)
    assert any("/forklar/2020/varsel/" in each for each in found)
