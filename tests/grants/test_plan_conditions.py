"""What an instalment waits for is owed by somebody, and instalments come in order, whichever way a plan comes in."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.approval import propose
from services.grants.award.award_import import Outside, propose_import
from services.grants.award.payment_plan import owed_reports, planned_instalments
from services.grants.award.proposal import InstalmentDueTooSoon
from services.grants.award.rules import fold as fold_granted
from services.grants.award.state import Award
from services.grants.award_change.rules import propose_change
from services.grants.case.events.award import Instalment, PerCapita, Recipient, ReportOwed
from services.grants.case.events.award_change import Ground
from services.grants.round.proposing import LineToPropose, propose_line
from services.grants.scheme.events import (
    ApplicantIs,
    GrantedBefore,
    InstalmentShare,
    ReportDuty,
    SchemeTerms,
)
from services.grants.scheme.plan_conditions import ConditionNeverMet, PlanOutOfOrder
from services.grants.scheme.rules import Scheme, evolve, publish_call, register, revise
from tests.given import given as given_facts
from tests.grants.fodt_fri import MILLION, approved, proposed
from tests.grants.plan_conditions import REGISTRATION, REVISION, SETTING
from tests.grants.scheme.schemes import CALL, PUBLISHED, REGISTERED, TERMS

INTERIM = ReportDuty(kind="interim", month=9, day=1)
FINAL = ReportDuty(kind="final", month=3, day=1, years_after=1)
SECOND_WAITS = (
    InstalmentShare(share_basis_points=5_000),
    InstalmentShare(share_basis_points=5_000, needs_report="interim"),
)
UNASKED = replace(TERMS, instalments=SECOND_WAITS, report_duties=(FINAL,))
ASKED = replace(UNASKED, report_duties=(INTERIM, FINAL))


# A scheme, and a call on it


def test_an_interim_report_that_nobody_owes_is_no_condition_of_a_scheme() -> None:
    begun = given_facts(evolve=evolve, initial=Scheme())
    begun.when(register, terms=UNASKED, **REGISTRATION).refused(ConditionNeverMet, saying="the interim report")
    begun.when(register, terms=ASKED, **REGISTRATION).then(replace(REGISTERED, terms=ASKED))
    stands = given_facts(REGISTERED, evolve=evolve, initial=Scheme())
    refusal = stands.when(revise, terms=UNASKED, **REVISION).refused(ConditionNeverMet)
    assert refusal.details["instalments"] == [2]


def test_no_call_is_published_on_such_terms_that_were_registered_before() -> None:
    older = given_facts(replace(REGISTERED, terms=UNASKED), evolve=evolve, initial=Scheme())
    older.when(publish_call, **CALL).refused(ConditionNeverMet)


def test_a_call_for_those_granted_in_itself_is_for_nobody() -> None:
    itself = replace(TERMS, eligibility=(GrantedBefore(call_id=CALL["call_id"]),))
    stands = given_facts(replace(REGISTERED, terms=itself), evolve=evolve, initial=Scheme())
    stands.when(publish_call, **CALL).refused(ConditionNeverMet, saying="that is nobody")
    earlier = replace(TERMS, eligibility=(GrantedBefore(call_id="jobbsjansen-2019.runde"),))
    stands = given_facts(replace(REGISTERED, terms=earlier), evolve=evolve, initial=Scheme())
    stands.when(publish_call, **CALL).then(replace(PUBLISHED, terms=earlier))


@pytest.mark.parametrize(
    "never",
    [
        replace(TERMS, eligibility=(ApplicantIs(kinds=("municipality",)), ApplicantIs(kinds=("organisation",)))),
        replace(TERMS, basis="named"),
        replace(TERMS, basis="agreement", criteria=()),
        replace(TERMS, basis="per-capita", eligibility=(), criteria=(), instalments=SECOND_WAITS,
                report_duties=(INTERIM,)),
        replace(TERMS, instalments=(InstalmentShare(share_basis_points=10_000, condition=" "),)),
    ],
    ids=["two kinds at once", "nobody applies", "nobody is asked", "a file asks nothing", "no words"],
)  # fmt: skip
def test_what_nobody_is_asked_or_can_meet_is_not_registered(never: SchemeTerms) -> None:
    given_facts(evolve=evolve, initial=Scheme()).when(register, terms=never, **REGISTRATION).refused(ConditionNeverMet)


# The same of one award, of a line, of a line of a file, and of a change


def in_a_case(plan: tuple[Instalment, ...], reports: tuple[ReportOwed, ...]) -> Sequence[Event]:
    amount_ore = sum(part.amount_ore for part in plan)
    return propose(Award(), proposal=replace(proposed, instalments=plan, reports=reports, amount_ore=amount_ore))


def decided_outside(plan: tuple[Instalment, ...], reports: tuple[ReportOwed, ...]) -> Sequence[Event]:
    amount_ore = sum(part.amount_ore for part in plan)
    claim = Outside(decided_on=date(2020, 2, 3), disposal_authority="x", document="y", document_sha256="ab" * 32)
    proposal = replace(proposed, instalments=plan, reports=reports, amount_ore=amount_ore)
    return propose_import(Award(), proposal=proposal, outside=claim, system_began_on=date(2099, 1, 1))


def in_a_round(plan: tuple[Instalment, ...], reports: tuple[ReportOwed, ...]) -> Sequence[Event]:
    duties = tuple(
        ReportDuty(kind=each.kind, month=each.due_on.month, day=each.due_on.day, years_after=each.due_on.year - 2020)
        for each in reports
    )
    asked = LineToPropose(
        fund_id=proposed.fund_id, amount_ore=sum(part.amount_ore for part in plan), recipient=proposed.recipient,
        basis=proposed.basis, purpose="p", terms=("t",), instalments=plan,
    )  # fmt: skip
    setting = replace(SETTING, terms=replace(SETTING.terms, report_duties=duties))
    return propose_line(Award(), asked=asked, setting=setting, proposed_by="kari")


def in_a_change(plan: tuple[Instalment, ...], reports: tuple[ReportOwed, ...]) -> Sequence[Event]:
    of_two = replace(proposed, reports=reports)
    added = tuple(replace(part, number=part.number + 2) for part in plan)
    return propose_change(
        fold_granted([of_two, approved]), kind="supplementary", added=added,
        ground=Ground(code="more-granted", text="Mer."), proposed_by="kari",
    )  # fmt: skip


WAYS: list[Callable[[tuple[Instalment, ...], tuple[ReportOwed, ...]], Sequence[Event]]] = [
    in_a_case,
    decided_outside,
    in_a_round,
    in_a_change,
]
DAYS = some.none() | some.dates(date(2020, 3, 1), date(2020, 12, 31))
PARTS = some.builds(
    lambda due_on, report, condition: (due_on, report, condition),
    DAYS,
    some.none() | some.integers(1, 3),
    some.sampled_from([None, None, "Godkjent budsjett", " "]),
)
REPORTS = some.lists(
    some.tuples(some.sampled_from(["interim", "final"]), some.dates(date(2020, 6, 1), date(2021, 12, 31))),
    max_size=2,
)


@pytest.mark.parametrize("way", WAYS)
@given(parts=some.lists(PARTS, min_size=1, max_size=3), reports=REPORTS)
def test_no_way_takes_a_plan_that_another_refuses(way: Any, parts: list[Any], reports: list[Any]) -> None:
    plan = tuple(
        Instalment(number=number, amount_ore=MILLION, due_on=due_on, needs_report=report, condition=condition)
        for number, (due_on, report, condition) in enumerate(parts, 1)
    )
    owed = tuple(
        ReportOwed(number=number, kind=kind, due_on=day)
        for number, (kind, day) in enumerate(sorted(reports, key=lambda each: each[1]), 1)
    )
    days = [part.due_on for part in plan if part.due_on]
    in_order = days == sorted(days)
    asked = all((part.needs_report or 1) <= max(len(owed), not part.needs_report) for part in plan)
    in_words = all(part.condition is None or part.condition.strip() for part in plan)
    kinds = [report.kind for report in owed]
    final_last = (
        way is in_a_change or "interim" not in kinds[kinds.index("final") if "final" in kinds else len(kinds) :]
    )
    try:
        way(plan, owed)
    except PlanOutOfOrder:
        assert not (in_order and final_last)
    except ConditionNeverMet:
        assert not (asked and in_words)
    else:
        assert in_order
        assert final_last
        assert asked
        assert in_words


def test_reports_stand_in_the_order_they_fall_due() -> None:
    backwards = (
        ReportOwed(number=1, kind="final", due_on=date(2021, 3, 1)),
        ReportOwed(number=2, kind="interim", due_on=date(2020, 9, 1)),
    )
    with pytest.raises(PlanOutOfOrder, match="Report 2 is due on 2020-09-01"):
        in_a_case(proposed.instalments, backwards)


def test_no_interim_report_follows_the_final_one() -> None:
    over = (
        ReportOwed(number=1, kind="final", due_on=date(2020, 9, 1)),
        ReportOwed(number=2, kind="interim", due_on=date(2021, 3, 1)),
    )
    with pytest.raises(PlanOutOfOrder, match="after the final one"):
        in_a_case(proposed.instalments, over)
    late = replace(TERMS, report_duties=(replace(FINAL, years_after=0), replace(INTERIM, years_after=1)))
    given_facts(evolve=evolve, initial=Scheme()).when(register, terms=late, **REGISTRATION).refused(PlanOutOfOrder)


def test_the_whole_of_a_grant_may_be_paid_in_arrears() -> None:
    """A sole instalment that waits for the final report is paid for what was done, and can be met: it stands."""
    owed = (ReportOwed(number=1, kind="final", due_on=date(2020, 11, 1)),)
    assert in_a_case((Instalment(number=1, amount_ore=MILLION, needs_report=1),), owed)


def test_nothing_is_due_before_the_year_whose_money_it_is() -> None:
    with pytest.raises(InstalmentDueTooSoon):
        in_a_case((Instalment(number=1, amount_ore=MILLION, due_on=date(2019, 12, 31)),), ())


def test_a_scheme_is_paid_in_the_order_of_its_months() -> None:
    backwards = replace(
        TERMS,
        instalments=(
            InstalmentShare(share_basis_points=5_000, month=9, day=15),
            InstalmentShare(share_basis_points=5_000, month=3, day=1),
        ),
    )
    given_facts(evolve=evolve, initial=Scheme()).when(register, terms=backwards, **REGISTRATION).refused(PlanOutOfOrder)


def test_a_caseworker_who_asks_for_no_report_does_not_take_the_condition_away() -> None:
    owed = owed_reports(ASKED, year=2020)
    assert [part.needs_report for part in planned_instalments(ASKED, amount_ore=100, year=2020, reports=owed)] == [
        None, 1,
    ]  # fmt: skip
    with pytest.raises(ConditionNeverMet, match="Owed: none"):
        planned_instalments(ASKED, amount_ore=100, year=2020, reports=())


def test_a_file_on_a_scheme_of_before_does_not_pay_without_what_the_scheme_asks() -> None:
    per_capita = replace(
        SETTING.terms, basis="per-capita", instalments=SECOND_WAITS, report_duties=(INTERIM,), letter_template=None
    )
    line = LineToPropose(
        fund_id=proposed.fund_id, amount_ore=200, recipient=Recipient(name="Oslo", municipality_number="0301"),
        basis=PerCapita(count=2, rate_ore=100, rule="år 1"), purpose="p", terms=("t",),
        instalments=(Instalment(number=1, amount_ore=200),),
    )  # fmt: skip
    with pytest.raises(ConditionNeverMet, match="plan of their file"):
        propose_line(Award(), asked=line, setting=replace(SETTING, terms=per_capita), proposed_by="kari")
    plain = replace(per_capita, instalments=(InstalmentShare(share_basis_points=10_000),))
    assert propose_line(Award(), asked=line, setting=replace(SETTING, terms=plain), proposed_by="kari")


def test_what_was_taken_before_is_still_read() -> None:
    """Terms and plans in the log are not judged again."""
    older = given_facts(replace(REGISTERED, terms=UNASKED), evolve=evolve, initial=Scheme()).state
    assert older.terms == UNASKED
    assert issubclass(ConditionNeverMet, Refusal)
