"""What the letters of 2020 ask for, and when."""

from datetime import date

import pytest

from services.grants.budget_year.duties import Due, list_assignments, list_deadlines, list_restrictions
from tests.grants.allocation.letters import KRONE, letter_of, opening, since, supplement, year_2020


def test_the_assignments_of_2020_are_numbered_001_to_028_without_a_gap() -> None:
    tasks = list_assignments(year_2020())
    assert [task.number for task in tasks] == [f"2020-{number:03d}" for number in range(1, 29)]


def test_supplement_4_renumbers_the_assignment_that_took_a_number_in_use() -> None:
    (task,) = [each for each in list_assignments(year_2020()) if each.number == "2020-016"]
    assert (task.given_number, task.assignment.printed, task.letter_number, task.renumbered_by) == (
        "2020-012",
        "2020-12",
        3,
        4,
    )


def test_until_then_two_assignments_share_the_number() -> None:
    by_june = since(*(letter_of(number) for number in range(4)))
    same = [task for task in list_assignments(by_june) if task.number == "2020-012"]
    assert [(task.letter_number, task.renumbered_by) for task in same] == [(0, None), (3, None)]


def test_numbers_printed_short_are_kept_as_printed() -> None:
    printed = {
        task.number: task.assignment.printed for task in list_assignments(year_2020()) if task.assignment.printed
    }
    assert printed == {"2020-014": "2020-14", "2020-015": "2020-15", "2020-016": "2020-12"}


def _due(number: str) -> list[str | None]:
    return [
        due.on.isoformat() if due.on else due.every
        for due in list_deadlines(year_2020())
        if due.kind == "assignment" and due.assignment == number
    ]


@pytest.mark.parametrize(
    ("number", "days"),
    [
        ("2020-001", ["2020-03-01", "2022-01-01"]),
        ("2020-005", ["2020-05-01", "2020-05-01", "2020-12-01", "2020-12-31", None]),
        ("2020-011", ["2020-03-01", "2020-10-01", "2020-12-31", "month"]),
        ("2020-012", [None]),
        ("2020-016", ["2020-06-05", "2020-09-21"]),
        ("2020-020", ["2020-08-31"]),
        ("2020-021", ["2020-06-24", "2020-08-01", "2020-10-31"]),
        ("2020-023", ["2020-11-01", "2021-04-01", "2021-06-30"]),
        ("2020-024", ["2020-05-31", "2020-06-30", "quarter", None]),
        ("2020-027", ["2020-11-30", "2021-06-30"]),
        ("2020-028", ["2020-12-23", "month", None]),
    ],
)
def test_each_part_of_an_assignment_has_its_own_deadline(number: str, days: list[str | None]) -> None:
    assert _due(number) == days


def test_411_million_are_to_be_paid_out_by_the_end_of_october() -> None:
    paid = [due for due in list_deadlines(year_2020()) if due.kind == "pay-out"]
    assert [(due.fund_id, due.amount_ore, due.on, due.assignment) for due in paid] == [
        ("2020/291/60/utvidet-programtid", 250_000_000 * KRONE, date(2020, 10, 31), "2020-021"),
        ("2020/292/60/utvidet-norskopplaering", 161_000_000 * KRONE, date(2020, 10, 31), "2020-021"),
    ]


def _of_kind(kind: str) -> list[Due]:
    return [due for due in list_deadlines(year_2020()) if due.kind == kind]


def test_the_calendar_of_the_governance_dialogue_is_kept() -> None:
    meetings = [due.on.isoformat() if due.on else due.printed for due in _of_kind("meeting")]
    assert meetings == ["2020-01-14", "2020-03-12", "2020-06-09", "2020-10-12", "Ikke avklart", "Ikke avklart"]
    reports = [due.on.isoformat() if due.on else due.printed for due in _of_kind("report")]
    assert reports == [
        "2020-03-15",
        "2020-06-01",
        "2020-06-01",
        "2020-08-20",
        "2021-03-15",
        "2021-03-15",
    ]
    [carried] = [due for due in _of_kind("report") if "regnskapsrapporten per 31. desember" in due.printed]
    assert carried.what.startswith("Søknad om overføring"), "it is sent with the accounts, and due when they are"
    assert [due.on for due in _of_kind("publication")] == [date(2020, 5, 1), date(2020, 12, 31), None]


def test_what_has_no_day_comes_last() -> None:
    days = [due.on for due in list_deadlines(year_2020())]
    dated = [day for day in days if day is not None]
    assert dated == sorted(dated)
    assert days[len(dated) :] == [None] * (len(days) - len(dated))


def test_290_01_holds_restricted_money_all_year() -> None:
    (held,) = list_restrictions(year_2020())
    assert (held.restriction.fund_id, held.since_on, held.lifted_on) == ("2020/290/01", date(2020, 1, 1), None)
    assert held.restriction.cite.startswith("4.2.3")


def test_a_letter_lifts_a_restriction_from_its_day() -> None:
    bound = 'restrictions: [{id: mindreforbruk, fund: 290/01, what: Mindreforbruk, until: Avklart, cite: "4.2.3"}]'
    lifting = supplement(1, "2020-10-01", "liftings: [{restriction: mindreforbruk, cite: a}]")
    (held,) = list_restrictions(since(opening(bound), lifting))
    assert (held.lifted_on, held.lifted_by_letter) == (date(2020, 10, 1), 1)
