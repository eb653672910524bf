"""The plan a scheme's rules give an award: shares to the øre, days of the award's year, reports in the order they fall
due."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from services.grants.award.payment_plan import owed_reports, planned_instalments
from services.grants.case.events.award import Instalment, ReportOwed
from services.grants.scheme.events import InstalmentShare, ReportDuty
from tests.grants.scheme.schemes import TERMS

FINAL = ReportDuty(kind="final", month=3, day=1, years_after=1, attested_accounts=True)
INTERIM = ReportDuty(kind="interim", month=9, day=15)
LATER_INTERIM = ReportDuty(kind="interim", month=12, day=1)
THIRDS = tuple(InstalmentShare(share_basis_points=share) for share in (3_333, 3_333, 3_334))


def plan(*shares: InstalmentShare, amount_ore: int, reports: tuple[ReportOwed, ...] = ()) -> tuple[Instalment, ...]:
    return planned_instalments(replace(TERMS, instalments=shares), amount_ore=amount_ore, year=2020, reports=reports)


def test_reports_are_numbered_in_the_order_they_fall_due_whatever_order_the_scheme_names_them_in() -> None:
    terms = replace(TERMS, report_duties=(FINAL, INTERIM))
    assert owed_reports(terms, year=2020) == (
        ReportOwed(number=1, kind="interim", due_on=date(2020, 9, 15)),
        ReportOwed(number=2, kind="final", due_on=date(2021, 3, 1), attested_accounts=True),
    )


def test_a_report_of_the_year_after_falls_due_a_year_after_the_award() -> None:
    (owed,) = owed_reports(replace(TERMS, report_duties=(FINAL,)), year=2021)
    assert owed.due_on == date(2022, 3, 1)


def test_a_scheme_that_asks_for_no_report_is_owed_none() -> None:
    assert owed_reports(replace(TERMS, report_duties=()), year=2020) == ()


def test_what_the_shares_leave_over_is_in_the_last_instalment() -> None:
    assert [part.amount_ore for part in plan(*THIRDS, amount_ore=101)] == [33, 33, 35]


@given(amount_ore=some.integers(1, 10**13), cut=some.integers(1, 9_998))
def test_no_ore_is_lost_between_the_award_and_its_instalments(amount_ore: int, cut: int) -> None:
    shares = (cut, (10_000 - cut) // 2, 10_000 - cut - (10_000 - cut) // 2)
    parts = plan(*(InstalmentShare(share_basis_points=share) for share in shares), amount_ore=amount_ore)
    assert sum(part.amount_ore for part in parts) == amount_ore
    assert all(part.amount_ore >= 0 for part in parts)


def test_an_instalment_without_a_month_has_no_day_and_one_without_a_day_falls_on_the_first() -> None:
    shares = (
        InstalmentShare(share_basis_points=2_000),
        InstalmentShare(share_basis_points=3_000, month=6),
        InstalmentShare(share_basis_points=5_000, month=9, day=15, condition="Revidert budsjett"),
    )
    parts = plan(*shares, amount_ore=1_000)
    assert [(part.number, part.due_on) for part in parts] == [
        (1, None), (2, date(2020, 6, 1)), (3, date(2020, 9, 15))
    ]  # fmt: skip
    assert [part.condition for part in parts] == [None, None, "Revidert budsjett"]


def test_a_share_that_waits_for_a_kind_of_report_waits_for_the_first_of_that_kind() -> None:
    reports = owed_reports(replace(TERMS, report_duties=(FINAL, LATER_INTERIM, INTERIM)), year=2020)
    now, waits = plan(
        InstalmentShare(share_basis_points=5_000),
        InstalmentShare(share_basis_points=5_000, needs_report="interim"),
        amount_ore=1_000,
        reports=reports,
    )
    assert (now.needs_report, waits.needs_report) == (None, 1)
    assert reports[0].due_on == date(2020, 9, 15)
