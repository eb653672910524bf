"""The real letters, to the krone: what stood at IMDi's disposal on each post on the day of every letter of 2020."""

from datetime import date

import pytest

from services.grants.budget_year.state import BudgetYear, counts_from, letters_by
from tests.grants.allocation.letters import KRONE, folded, letter_of, registered, year_2020

LETTER_DAYS = ["2020-01-01", "2020-05-19", "2020-05-20", "2020-06-21", "2020-06-22", "2020-12-30", "2020-12-31"]
AT_DISPOSAL_KRONER = {
    "290/01": (278_400_000, 278_400_000, 288_727_347, 288_727_347, 291_156_000, 291_156_000, 291_964_000),
    "291/21": (35_000_000, 35_000_000, 47_817_553, 47_817_553, 48_817_553, 48_817_553, 48_817_553),
    "291/45": (53_500_000, 53_500_000, 60_544_705, 60_544_705, 69_544_000, 69_544_000, 69_544_000),
    "291/60": (7_545_630_000,) * 4 + (7_724_723_000, 7_724_723_000, 7_068_926_000),
    "291/61": (1_714_150_000,) * 4 + (1_691_303_000, 1_691_303_000, 1_612_175_000),
    "291/62": (205_400_000,) * 4 + (227_971_000,) * 3,
    "291/70": (2_280_000,) * 7,
    "291/71": (125_440_000,) * 4 + (145_443_000,) * 3,
    "291/72": (6_400_000,) * 7,
    "291/73": (14_710_000,) * 7,
    "292/60": (1_234_850_000,) * 4 + (1_334_273_000, 1_334_273_000, 1_286_502_000),
}


@pytest.mark.parametrize("post", AT_DISPOSAL_KRONER)
def test_every_post_stands_where_the_letters_told_by_then(post: str) -> None:
    year = year_2020()
    stood = tuple(year.at_disposal_ore(f"2020/{post}", date.fromisoformat(day)) // KRONE for day in LETTER_DAYS)
    assert stood == AT_DISPOSAL_KRONER[post]


def test_no_other_post_is_opened() -> None:
    posts = [fund.fund_id for fund in year_2020().funds.values() if fund.kind == "post"]
    assert posts == [f"2020/{post}" for post in AT_DISPOSAL_KRONER]


@pytest.mark.parametrize(
    ("post", "first_kroner", "last_kroner"),
    [
        ("290/01", 293_000_000, 295_400_000),
        ("291/21", 65_500_000, 65_500_000),
        ("291/45", 53_500_000, 53_500_000),
        ("291/60", None, None),
        ("291/61", None, None),
        ("291/62", 225_000_000, 247_600_000),
        ("291/70", None, None),
        ("291/71", 125_440_000, 145_440_000),
        ("291/72", 8_100_000, 8_100_000),
        ("291/73", 20_150_000, 20_150_000),
        ("292/60", None, None),
    ],
)
def test_appropriated_is_what_is_printed_and_moves_only_where_the_appropriation_does(
    post: str, first_kroner: int | None, last_kroner: int | None
) -> None:
    year = year_2020()
    said = [year.find_said(f"2020/{post}", "appropriated", day) for day in (date(2020, 1, 1), date(2020, 12, 31))]
    assert [None if ore is None else ore // KRONE for ore in said] == [first_kroner, last_kroner]


def test_only_what_a_letter_says_is_held_back() -> None:
    year = year_2020()
    held = {fund_id: year.find_said(fund_id, "held_back", date(2020, 12, 31)) for fund_id in year.funds}
    assert {fund_id: ore for fund_id, ore in held.items() if ore is not None} == {"2020/290/01": 14_500_000 * KRONE}


def test_keywords_stay_until_a_letter_takes_them() -> None:
    year = year_2020()
    keywords = {
        name: [
            [f for f in year.funds if year.find_said(f, name, day)] for day in (date(2020, 12, 30), date(2020, 12, 31))
        ]
        for name in ("transferable", "estimated")
    }
    before = ["2020/291/21", "2020/291/45", "2020/291/60"]
    assert keywords["transferable"] == [before, [*before, "2020/291/71"]]
    assert keywords["estimated"] == [["2020/291/61"]] * 2


def test_carried_over_is_what_supplement_3_released() -> None:
    carried = {
        each.fund_id: each.of_which_carried_over_ore // KRONE
        for each in year_2020().postings
        if each.of_which_carried_over_ore
    }
    assert carried == {"2020/290/01": 10_327_347, "2020/291/21": 12_817_553, "2020/291/45": 7_014_705}


@pytest.mark.parametrize(
    ("fund", "kroner"),
    [
        ("290/01/minoritetsradgivere", 15_000_000),
        ("290/01/kunnskaps-og-erfaringsutveksling", 2_400_000),
        ("291/21/insentiver", 8_000_000),
        ("291/21/stottemateriale", 1_000_000),
        ("291/60/utvidet-programtid", 250_000_000),
        ("291/62/omradesatsing", 36_700_000),
        ("291/62/omradesatsing/fjell-drammen", 1_000_000),
        ("291/62/jobbsjansen", 85_300_000),
        ("291/62/jobbsjansen-ekstraordinaere-midler", 25_000_000),
        ("291/71/frivillige-organisasjoner", 83_330_000),
        ("291/71/frivillige-organisasjoner/informasjonstiltak-koronavirus", 6_580_000),
        ("291/71/nasjonale-ressursmiljo", 42_110_000),
        ("291/71/nasjonale-ressursmiljo/fodt-fri", 6_000_000),
        ("291/71/ekstraordinaert-informasjonstiltak", 20_000_000),
        ("291/73/til-topps", 464_000),
        ("292/60/utvidet-norskopplaering", 161_000_000),
    ],
)
def test_earmarks_hold_what_the_letters_bind(fund: str, kroner: int) -> None:
    assert year_2020().at_disposal_ore(f"2020/{fund}", date(2020, 12, 31)) == kroner * KRONE


def _recipients(parent: str) -> dict[str | None, int]:
    year = year_2020()
    return {
        fund.recipient: year.at_disposal_ore(fund.fund_id, date(2020, 12, 31)) // KRONE
        for fund in year.funds.values()
        if fund.kind == "recipient" and fund.fund_id.startswith(parent + "/")
    }


def test_fifteen_named_resource_environments_share_all_of_their_earmark() -> None:
    named = _recipients("2020/291/71/nasjonale-ressursmiljo")
    assert (len(named), sum(named.values())) == (15, 42_110_000)
    assert named["Antirasistisk senter (ARS)"] == 6_075_000
    assert named["Selvhjelp for innvandrere og flyktninger (SEIF)"] == 5_350_000
    assert named["Født Fri"] == 6_000_000


def test_six_named_organisations_share_the_covid_information_money() -> None:
    assert _recipients("2020/291/71/frivillige-organisasjoner/informasjonstiltak-koronavirus") == {
        "Røde Kors": 1_500_000,
        "Caritas": 1_500_000,
        "Norges Frivillighetssentraler": 500_000,
        "Norske Kvinners Sanitetsforening": 1_080_000,
        "Kristent Interkulturelt Arbeid": 500_000,
        "Norsk Folkehjelp": 1_500_000,
    }


def test_seven_measures_on_post_73_are_named() -> None:
    named = _recipients("2020/291/73")
    assert (len(named), sum(named.values())) == (7, 14_714_000)


def test_letters_without_money_move_none() -> None:
    facts = {fact.letter.number: fact for fact in registered(*(letter_of(number) for number in range(9)))}
    assert [number for number, fact in facts.items() if not fact.postings] == [1, 5, 6, 7]
    assert {each.fund_id.count("/") for each in facts[2].postings} == {4, 5}  # supplement 2 earmarks, without new money


def test_a_letter_counts_from_its_printed_day_or_from_one_that_is_marked_inferred() -> None:
    days = {number: (letter_of(number).dated.on.isoformat(), letter_of(number).dated.ground) for number in range(9)}
    assert days == {
        0: ("2020-01-01", "inferred"),
        1: ("2020-02-25", "printed"),
        2: ("2020-04-07", "inferred"),
        3: ("2020-05-20", "printed"),
        4: ("2020-06-22", "printed"),
        5: ("2020-08-11", "printed"),
        6: ("2020-08-11", "inferred"),
        7: ("2020-12-11", "printed"),
        8: ("2020-12-31", "inferred"),
    }


def test_every_inferred_day_tells_why() -> None:
    dated = [letter_of(number).dated for number in range(9)]
    assert all(each.reason for each in dated if each.ground == "inferred")


def test_a_day_between_letters_knows_only_what_was_told_by_then() -> None:
    facts = registered(*(letter_of(number) for number in range(9)))
    end_of_may = date(2020, 5, 31)
    counted: BudgetYear = folded(fact for fact in facts if (counts_from(fact) or date.min) <= end_of_may)
    by_may = letters_by(counted, end_of_may)
    assert sorted(by_may.letters) == [0, 1, 2, 3]
    assert by_may.at_disposal_ore("2020/290/01", end_of_may) == 288_727_347 * KRONE
