"""A letter's page: the whole reconciliation, the totals that agree included."""

from tests.browser.reading import Element, read_page
from tests.browser.serving import client

NBSP = "\N{NO-BREAK SPACE}"


def opened(address: str) -> Element:
    return read_page(client().get(address).text)


def rows(table: Element) -> list[list[str]]:
    return [[cell.text.replace(NBSP, " ") for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


def test_every_total_the_letter_states_is_there_with_its_difference() -> None:
    totals = rows(opened("/brev/2020/4").all("table")[0])
    assert [row[0] for row in totals] == ["290/01", "291/45", "291/60", "291/61", "291/62", "291/71", "292/60"]
    assert totals[-1] == ["292/60", "1 334 273 000", "1 395 850 000", "−61 577 000", "uforklart", "åpent"]


def test_a_settled_difference_keeps_its_size_and_tells_the_reason() -> None:
    settled = rows(opened("/brev/2020/4").all("table")[0])[0]
    assert settled[3:5] == ["+28 653", "avrunding"]
    assert settled[5] == "avklartDepartementet bekrefter at summen er rundet av til nærmeste tusen."


def test_totals_that_agree_are_told_too() -> None:
    totals = rows(opened("/brev/2020/8").all("table")[0])
    assert [row[3:] for row in totals] == [["0", "stemmer", "stemmer"]] * 4


def test_earmarks_larger_than_their_frame_are_told_as_a_difference() -> None:
    earmarks = rows(opened("/brev/2020/4").all("table")[1])
    assert earmarks[0] == ["291/62", "227 971 000", "230 400 000", "−2 429 000", "uforklart", "åpent"]


def test_a_letter_that_states_no_totals_says_so() -> None:
    main = opened("/brev/2020/1").one("main")
    assert main.all("table") == []
    assert "Brevet oppgir ingen summer for poster." in main.text


def test_an_inferred_date_says_that_the_letter_does_not_print_it() -> None:
    assert "utledet – datoen står ikke i brevet" in opened("/brev/2020/8").one("main").text
    assert "utledet" not in opened("/brev/2020/4").one("main").text
