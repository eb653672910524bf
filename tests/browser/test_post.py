"""A post's page: its figures, its tree of funds, its ledger, and what the letters disagree on about it."""

from tests.browser.reading import Element, read_page
from tests.browser.serving import client

NBSP = "\N{NO-BREAK SPACE}"


def opened(address: str) -> Element:
    return read_page(client().get(address).text)


def fund(page: Element, name: str) -> Element:
    return next(row for row in page.with_class("fund") if row.with_class("fund__name")[0].text.endswith(name))


def test_the_fifteen_named_organisations_stand_below_their_frame() -> None:
    page = opened("/poster/2020/291/71?gjelder=2020-12-31")
    rows = page.with_class("fund")
    frame = rows.index(fund(page, "Nasjonale ressursmiljø på integreringsfeltet"))
    below = ["fund--2" in row.attributes["class"] for row in rows[frame + 1 : frame + 16]]
    assert all(below)
    assert rows[frame + 1].with_class("fund__name")[0].text == "Nivå 3: Antirasistisk senter (ARS)"
    assert rows[frame + 15].with_class("fund__name")[0].text == "Nivå 3: Født Fri"


def test_money_withheld_is_told_on_the_fund_and_on_all_above_it() -> None:
    page = opened("/poster/2020/291/71?gjelder=2020-12-31")
    for name in ("Født Fri", "Nasjonale ressursmiljø på integreringsfeltet", "annen frivillig virksomhet"):
        withheld = fund(page, name).one("td", **{"data-label": "Holdt tilbake hos mottaker"}).text
        assert withheld == "3 000 000".replace(" ", NBSP)
    before = opened("/poster/2020/291/71?gjelder=2020-11-01")
    assert fund(before, "Født Fri").one("td", **{"data-label": "Holdt tilbake hos mottaker"}).text == "0"


def test_the_bar_says_in_words_what_it_draws() -> None:
    bar = fund(opened("/poster/2020/291/71?gjelder=2020-12-31"), "Født Fri").one("svg", role="img")
    assert bar.one("title").text == "Født Fri"
    assert bar.one("desc").text.replace(NBSP, " ") == (
        "6 000 000 kroner stilt til disposisjon: 3 000 000 utbetalt, 0 gitt som tilsagn og ikke utbetalt, "
        "3 000 000 holdt tilbake, 0 gjenstår."
    )
    assert [(each.attributes["x"], each.attributes["width"]) for each in bar.all("rect")[1:]] == [
        ("0.0%", "50.0%"),
        ("50.0%", "50.0%"),
    ]


def test_each_entry_has_both_times_and_what_it_rests_on() -> None:
    page = opened("/poster/2020/291/71?gjelder=2020-12-31")
    ledger = next(table for table in page.all("table") if "figures--entries" in table.attributes["class"])
    withheld = next(row for row in ledger.all("tr") if "Termin holdt tilbake" in row.text)
    assert withheld.one("td", **{"data-label": "Gjelder fra"}).text == f"2.{NBSP}november 2020"
    assert withheld.one("td", **{"data-label": "Registrert"}).text.startswith(f"2.{NBSP}november 2020 kl.{NBSP}10.")
    assert withheld.one("td", **{"data-label": "Grunnlag"}).text == "Sak 2020/115"
    page = opened("/poster/2020/291/71?gjelder=2020-12-31&side=2")
    ledger = next(table for table in page.all("table") if "figures--entries" in table.attributes["class"])
    stated = next(row for row in ledger.all("tr") if f"+3{NBSP}000" in [moved.text for moved in row.all("dd")])
    assert stated.one("td", **{"data-label": "Grunnlag"}).one("a").text == "Tillegg nr. 4"


def test_the_newest_entry_comes_first() -> None:
    page = opened("/poster/2020/291/71?gjelder=2020-12-31")
    ledger = next(table for table in page.all("table") if "figures--entries" in table.attributes["class"])
    positions = [int(row.one("th").text) for row in ledger.one("tbody").all("tr")]
    assert positions == sorted(positions, reverse=True)
    assert len(positions) > 1


def test_only_what_the_letters_say_about_this_post_is_told_and_only_by_letters_that_count() -> None:
    about = opened("/poster/2020/291/62?gjelder=2020-12-31").with_class("about-post")
    assert [each.one("h3").text for each in about] == ["Tillegg nr. 4"]
    assert about[0].text.count("291/62") == 2
    assert opened("/poster/2020/291/62?gjelder=2020-06-21").with_class("about-post") == []


def test_a_post_nobody_has_divided_says_so() -> None:
    page = opened("/poster/2020/291/70?gjelder=2020-12-31")
    assert page.with_class("fund") == []
    assert "Brevene fordeler ikke posten." in page.one("main").text
