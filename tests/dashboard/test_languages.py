"""The reader's language: what they chose, else what their browser asks for, else bokmål."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dashboard.words.spoken import count, day_in_words, instant_in_words, kroner, preferred, speaking
from tests.browser.reading import read_page
from tests.browser.serving import client
from tests.conftest import Database
from tests.dashboard.office import opened, settings_of


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("", "nb"),
        ("nn-NO,nn;q=0.9,en;q=0.5", "nn"),
        ("no", "nb"),
        ("de,fr;q=0.9", "nb"),
        ("de, en-GB;q=0.8, nb;q=0.9", "nb"),
        ("en;q=0, nn;q=0.1", "nn"),
        ("EN", "en"),
        ("nn;q=x, en", "nn"),
    ],
)
def test_the_heaviest_of_ours_is_spoken(asked: str, spoken: str) -> None:
    assert preferred(asked) == spoken


@given(asked=st.text(max_size=2_000))
def test_whatever_a_browser_asks_for_is_answered_in_one_of_ours(asked: str) -> None:
    assert preferred(asked) in ("nb", "nn", "en")


def test_amounts_and_days_are_written_as_the_language_writes_them() -> None:
    told = {}
    for language in ("nb", "nn", "en"):
        with speaking(language):
            told[language] = (
                *(kroner(-123_456_750), day_in_words("2020-12-31"), instant_in_words("2020-06-22T12:05:00Z")),
                count(0, "åpent avvik", "åpne avvik"),
            )
    assert told["nb"][:3] == (
        *("\N{MINUS SIGN}1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,50", "31.\N{NO-BREAK SPACE}desember 2020"),
        "22.\N{NO-BREAK SPACE}juni 2020 kl.\N{NO-BREAK SPACE}14.05",
    )
    assert told["en"][:3] == (
        *("\N{MINUS SIGN}1,234,567.50", "31\N{NO-BREAK SPACE}December 2020"),
        "22\N{NO-BREAK SPACE}June 2020 at\N{NO-BREAK SPACE}14:05",
    )
    assert told["nn"][:3] == told["nb"][:3]
    assert [words[3] for words in told.values()] == [
        f"{none}\N{NO-BREAK SPACE}{letters}"
        for none, letters in (("ingen", "åpne avvik"), ("ingen", "opne avvik"), ("no", "open differences"))
    ]


def test_the_choice_is_kept_and_the_page_says_which_language_it_is_in(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            asked = read_page((await browser.open("/", **{"accept-language": "nn"})).text)
            assert (asked.one("html").attributes["lang"], asked.one("h1").text) == ("nn", "Logg inn")
            chosen = await browser.send("/sprak", {"sprak": "en", "til": "/?gjelder=2020-01-01&sok=%20x"})
            assert (chosen.status_code, chosen.headers["location"]) == (303, "/?gjelder=2020-01-01&sok=%20x")
            assert "HttpOnly" in chosen.headers["set-cookie"]
            page = read_page((await browser.open("/", **{"accept-language": "nn"})).text)
            assert (page.one("html").attributes["lang"], page.one("h1").text) == ("en", "Sign in")
            for elsewhere in ("https://evil.example/", "//evil.example", "/sprak", "/\\evil", "/?x=\r\ny"):
                sent = await browser.send("/sprak", {"sprak": "xx", "til": elsewhere})
                assert (sent.headers["location"], "set-cookie" in sent.headers) == ("/", False)
            forged = await browser.send("/sprak", {"sprak": "nn"}, origin="https://evil.example")
            assert forged.status_code == 403

    asyncio.run(go())


@pytest.mark.parametrize(
    ("language", "title"), [("nb", "Budsjettåret 2020"), ("nn", "Budsjettåret 2020"), ("en", "Budget year 2020")]
)
def test_a_page_is_in_one_language(language: str, title: str) -> None:
    page = read_page(client().get("/", headers={"accept-language": language}).text)
    assert page.one("html").attributes["lang"] == language
    assert page.one("h1").text == title
    pressed = [
        each.text
        for each in page.one("form", class_="masthead__language").all("button")
        if "aria-current" in each.attributes
    ]
    assert pressed == [{"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}[language]]


def test_a_refusal_is_told_in_the_readers_language(database: Database, tmp_path: Path) -> None:
    async def go() -> None:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in("ministry")
            for address, title in (
                ("/mottakere", "You do not have access to this page"),
                ("/nowhere", "We did not find the page"),
                ("/?unknown=1", "The address has unknown or repeated parameters"),
            ):
                page = read_page((await browser.open(address, **{"accept-language": "en"})).text)
                assert page.one("h1").text == title
            posted = await browser.send("/", {}, **{"accept-language": "en"})
            assert read_page(posted.text).one("html").attributes["lang"] == "en"

    asyncio.run(go())
