"""A letter's page: the whole reconciliation, the totals that agree included."""

from tests.browser.reading import Element, read_page
from tests.browser.serving import client

NBSP = "\N{NO-BREAK SPACE}"


def opened(address: str) -> Element:
    return read_page(client().get(address).text)


def rows(table: Element) -> list[list[str]]:
    return [[cell.text.replace(NBSP, " ") for cell in row.all("th", "td")] for row in table.one("tbody").all("tr")]


def test_every_total_the_letter_states_is_there_with_its_difference() -> None:
    totals = rows(opened("/brev/2020/4").with_class("figures--differences")[0])
    assert [row[0] for row in totals] == ["290/01", "291/45", "291/60", "291/61", "291/62", "291/71", "292/60"]
    assert totals[-1] == ["292/60", "1 334 273 000", "1 395 850 000", "−61 577 000", "uforklart", "åpent"]


def test_a_settled_difference_keeps_its_size_and_tells_the_reason() -> None:
    settled = rows(opened("/brev/2020/4").with_class("figures--differences")[0])[0]
    assert settled[3:5] == ["+28 653", "avrunding"]
    assert settled[5] == "avklartDepartementet bekrefter at summen er rundet av til nærmeste tusen."


def test_totals_that_agree_are_told_too() -> None:
    totals = rows(opened("/brev/2020/8").with_class("figures--differences")[0])
    assert [row[3:] for row in totals] == [["0", "stemmer", "stemmer"]] * 4


def test_earmarks_larger_than_their_frame_are_told_as_a_difference() -> None:
    earmarks = rows(opened("/brev/2020/4").with_class("figures--differences")[1])
    assert earmarks[0] == ["291/62", "227 971 000", "230 400 000", "−2 429 000", "uforklart", "åpent"]


def test_a_letter_that_states_no_totals_says_so() -> None:
    main = opened("/brev/2020/1").one("main")
    assert main.with_class("figures--differences") == []
    assert "Brevet oppgir ingen summer for poster." in main.text


def test_an_inferred_date_says_that_the_letter_does_not_print_it() -> None:
    assert "utledet – datoen står ikke i brevet" in opened("/brev/2020/8").one("main").text
    assert "utledet" not in opened("/brev/2020/4").one("main").text


def named(page: Element, name: str) -> list[list[str]]:
    return rows(page.one("table", id=f"tabell-{name}"))


def test_what_it_says_stands_line_by_line_with_its_section_and_as_it_is_printed() -> None:
    lines = named(opened("/brev/2020/4"), "linjer")
    assert lines[-2][:3] == ["5.1", "Endret", "292/60"]
    assert lines[-2][4:] == ["161 000 000", "161 mill."]
    assert lines[-1][:3] == ["Oppdrag 2020-017", "Endret, utenfor tabellen", "291/21"]


def test_what_it_changed_stands_post_by_post_and_the_unexplained_by_itself() -> None:
    changed = [row for row in named(opened("/brev/2020/4"), "endret") if row[0] == "292/60"]
    assert [(row[2], row[5]) for row in changed] == [
        ("Endret", "161 000 000"),
        ("Avvik mot brevets sum", "−61 577 000"),
    ]


def test_what_it_asks_for_stands_with_its_days_and_under_the_numbers_in_force() -> None:
    page = opened("/brev/2020/4")
    first, second = named(page, "oppdrag")
    assert first[:5] == [
        "2020-020", "Kartlegging av frivillig norsktrening", "Oppdraget", "31. august 2020", "Frist 31. august 2020",
    ]  # fmt: skip
    assert second[1].endswith("(gitt som 2020-019; nytt nummer i tillegg 6)")
    assert second[3:5] == ["–brevet nevner ingen dag", "Månedlig (hver måned)"]
    [paid] = named(page, "frister")
    assert paid[:5] == ["Midlene skal være utbetalt", "Utbetaling", "31. oktober 2020", "161 mill.", "161 000 000"]


def test_whether_it_is_published_is_told_with_its_day() -> None:
    assert f"Publisert 3.{NBSP}januar 2020 (registrert" in opened("/brev/2020/0").one("main").text
    assert "ikke registrert som publisert" in opened("/brev/2020/4").one("main").text


def test_a_letter_of_a_later_day_says_so() -> None:
    assert "Brevet gjelder ikke ennå ved utgangen av" in opened("/brev/2020/8?gjelder=2020-06-30").one("main").text
    assert "gjelder ikke ennå" not in opened("/brev/2020/8").one("main").text
