"""What the reader meets who asks for a day that is none, or a page that is not there."""

import pytest

from tests.browser.reading import read_page
from tests.browser.serving import client


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/?gjelder=2020-02-30", "gjelder"),
        ("/?gjelder=31.13.2020", "gjelder"),
        ("/?gjelder=0001-01-01", "gjelder"),
        ("/?kjent=i-fjor", "kjent"),
        ("/?kjent=0001-01-01T00:00", "kjent"),
        ("/?aar=to", "aar"),
        ("/?aar=99999", "aar"),
        ("/poster/2020/291/71?gjelder=%00", "gjelder"),
        ("/brev/2020/4?kjent=9999-12-31T23:59:59-12:00", "kjent"),
    ],
)
def test_a_slip_is_told_at_the_field_to_correct(address: str, field: str) -> None:
    answer = client().get(address)
    assert answer.status_code == 400
    page = read_page(answer.text)
    invalid = [each.attributes["id"] for each in page.all("input", "select") if "aria-invalid" in each.attributes]
    assert invalid == [field]
    assert page.one("div", id="feil").text


@pytest.mark.parametrize("address", ["/?gjelder=HEMMELIG", "/?aar=HEMMELIG", "/?kjent=HEMMELIG", "/brev/2020/HEMMELIG"])
def test_what_was_written_is_never_shown_back(address: str) -> None:
    answer = client().get(address)
    assert answer.status_code in (400, 404)
    assert "HEMMELIG" not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/poster/2020/999/01",
        "/poster/2020/291/x",
        "/poster/2020/٢٩١/71",
        "/poster/2020/29199/71",
        "/brev/2020/9",
        "/brev/x/1",
    ],
)
def test_what_is_not_there_is_not_found(address: str) -> None:
    answer = client().get(address)
    assert answer.status_code == 404
    assert read_page(answer.text).one("h1").text == "Vi fant ikke siden"
