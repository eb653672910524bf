"""Control by lot, that anybody can draw again, and on risk, that the case must show."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from services.duties import SamePersonTwice
from services.grants.case.commitment_refusals import NotCommitted
from services.grants.case.events.award_change import AwardReduced, Ground, Reduction
from services.grants.case.events.recipient_report import ControlConcluded, ControlDrawn, ControlSelected
from services.grants.recipient_report.control import (
    ControlUnderWay,
    NoControl,
    RiskNotFound,
    RisksMissing,
    conclude,
    find_risks,
    select_by_risk,
    select_drawn,
)
from services.grants.recipient_report.draw import NothingToDrawFrom, digest, draw, lots
from services.grants.recipient_report.refusals import ReportReasonMissing
from tests.given import given as given_facts
from tests.grants.fodt_fri import MILLION, reclaimed, warned, withheld
from tests.grants.recipient_report.story import checked, given, interim, owed, proposed, reporting, returned

interim_owed = owed[0]
CASES = tuple(UUID(int=number) for number in range(1, 11))
DRAWING: dict[str, Any] = {
    "draw_id": UUID(int=77),
    "seed": "Lotto 21. november 2020: 3 8 13 21 22 30 34",
    "size": 3,
    "year": 2020,
    "scheme_id": None,
    "position": 900,
    "drawn_on": date(2020, 11, 23),
    "drawn_by": "anne",
}
on_risk = ControlSelected(
    number=1,
    method="risk",
    draw=None,
    risks=("first-time-recipient", "large-sum"),
    basis="Ny mottaker, seks millioner kroner.",
    selected_on=date(2020, 11, 23),
    selected_by="anne",
)
RISKY: dict[str, Any] = {
    "risks": on_risk.risks,
    "basis": on_risk.basis,
    "selected_on": on_risk.selected_on,
    "selected_by": "anne",
}
concluded = ControlConcluded(
    number=1, found="Bilagene er gjennomgått.", in_order=True, concluded_on=date(2020, 12, 10), concluded_by="mona"
)


def drawn_of(population: tuple[UUID, ...], **changes: Any) -> ControlDrawn:
    (fact,) = draw(population, **DRAWING | changes)
    assert isinstance(fact, ControlDrawn)
    return fact


def test_anybody_can_draw_the_same_cases_again_with_nothing_but_the_seed_and_the_cases() -> None:
    fact = drawn_of(CASES)
    by_hand = sorted(CASES, key=lambda case: sha256(f"{fact.seed}:{case}".encode()).hexdigest())[: fact.size]
    assert fact.drawn == tuple(by_hand)
    assert fact.population_sha256 == sha256("".join(f"{case}\n" for case in CASES).encode()).hexdigest()


def test_these_are_the_lots_of_1_to_10_for_ever() -> None:
    assert [case.int for case in lots(CASES, "frø")] == [2, 4, 5, 9, 1, 7, 8, 10, 3, 6]


def test_neither_the_order_nor_a_repeat_of_the_cases_changes_the_draw() -> None:
    assert drawn_of((*reversed(CASES), CASES[0])) == drawn_of(CASES)


def test_another_seed_draws_others_and_another_population_has_another_digest() -> None:
    assert {drawn_of(CASES, seed=str(number)).drawn for number in range(9)} != {drawn_of(CASES).drawn}
    assert digest(CASES) != digest(CASES[:-1])


def test_every_case_has_the_same_chance() -> None:
    times = dict.fromkeys(CASES, 0)
    for number in range(2_000):
        for case in lots(CASES, f"seed {number}")[:3]:
            times[case] += 1
    assert all(520 < count < 680 for count in times.values())  # 600 expected; four standard deviations


def test_a_draw_of_more_than_there_are_takes_all_and_of_none_is_refused() -> None:
    assert set(drawn_of(CASES, size=200).drawn) == set(CASES)
    given_facts(evolve=lambda state, _: state, initial=()).when(draw, **DRAWING).refused(NothingToDrawFrom)


def test_a_drawn_case_is_controlled_once() -> None:
    asked = {"draw": UUID(int=77), "basis": "Trekning", "selected_on": date(2020, 11, 23), "selected_by": "anne"}
    taken = replace(on_risk, method="random", draw=UUID(int=77), risks=(), basis="Trekning")
    given(*reporting).when(select_drawn, **asked).then(taken)
    given(*reporting, taken).when(select_drawn, **asked).nothing()
    given(*reporting, taken, concluded).when(select_drawn, **asked).nothing()
    given(*reporting, on_risk).when(select_drawn, **asked).nothing()


def test_a_case_shows_its_own_risks() -> None:
    assert find_risks(given(*reporting).state) == ("large-sum",)
    late = replace(interim, received_on=date(2020, 9, 2))
    told = given(*reporting, late, returned, warned, withheld, reclaimed).state
    assert find_risks(told) == ("large-sum", "late-report", "returned-report", "held-back")


def test_a_case_is_chosen_on_the_risks_it_shows() -> None:
    given(*reporting).when(select_by_risk, **RISKY).then(on_risk)
    given(*reporting, on_risk).when(select_by_risk, **RISKY).nothing()
    given(*reporting).when(select_by_risk, **RISKY | {"risks": ("late-report",)}).refused(RiskNotFound)
    given(*reporting).when(select_by_risk, **RISKY | {"risks": ()}).refused(RisksMissing)
    given(*reporting).when(select_by_risk, **RISKY | {"basis": " "}).refused(ReportReasonMissing)
    given(proposed).when(select_by_risk, **RISKY).refused(NotCommitted)
    given(*reporting, on_risk).when(select_by_risk, **RISKY | {"basis": "Mer."}).refused(ControlUnderWay)


def test_a_control_is_concluded_once_by_somebody_who_had_no_part_in_it() -> None:
    events = (*reporting, interim, *checked(interim), on_risk)
    asked = dict(vars(concluded))
    given(*events).when(conclude, **asked).then(concluded)
    given(*events, concluded).when(conclude, **asked).nothing()
    given(*events, concluded).when(conclude, **asked | {"found": "Mer."}).refused(NoControl)
    given(*events).when(conclude, **asked | {"number": 2}).refused(NoControl)
    given(*events).when(conclude, **asked | {"found": ""}).refused(ReportReasonMissing)


@pytest.mark.parametrize("person", ["ola", "siri", "anne"])
def test_neither_the_approver_nor_the_checkers_conclude_it(person: str) -> None:
    asked = dict(vars(concluded)) | {"concluded_by": person}
    given(*reporting, interim, *checked(interim), on_risk).when(conclude, **asked).refused(SamePersonTwice)


def test_the_first_version_tells_whether_a_report_was_late_by_the_day_it_counts_from() -> None:
    due = interim_owed.due_on
    for received_on, late in ((due, False), (due + timedelta(days=1), True)):
        came = replace(interim, received_on=received_on)
        assert ("late-report" in find_risks(given(*reporting, came).state)) is late
        better = replace(came, version=2, results="Mer.", received_on=date(2020, 12, 1))
        assert ("late-report" in find_risks(given(*reporting, came, better).state)) is late


def test_each_risk_shows_by_itself() -> None:
    assert "held-back" in find_risks(given(*reporting, warned, withheld).state)
    assert "held-back" in find_risks(given(*reporting, reclaimed).state)
    assert "held-back" not in find_risks(given(*reporting).state)
    most = AwardReduced(
        reductions=(Reduction(instalment=2, amount_ore=MILLION),),
        ground=Ground(code="other", text="Annet"),
        reduced_on=date(2020, 10, 1),
        approved_by="ola",
    )
    assert "large-sum" in find_risks(given(*reporting, most).state)
    one_less = replace(most, reductions=(Reduction(instalment=2, amount_ore=MILLION + 1),))
    assert "large-sum" not in find_risks(given(*reporting, one_less).state)


def test_a_case_is_taken_once_by_each_of_several_draws() -> None:
    first = ControlSelected(
        number=1, method="random", draw=UUID(int=1), risks=(), basis="x", selected_on=date(2020, 11, 23),
        selected_by="anne",
    )  # fmt: skip
    second = replace(first, number=2, draw=UUID(int=2))
    over, also = replace(concluded, number=1), replace(concluded, number=2)
    asked: dict[str, Any] = {"basis": "x", "selected_on": date(2020, 11, 23), "selected_by": "anne"}
    given(*reporting, first, over).when(select_drawn, draw=UUID(int=2), **asked).then(second)
    for draw_id in (UUID(int=1), UUID(int=2)):
        given(*reporting, first, over, second, also).when(select_drawn, draw=draw_id, **asked).nothing()
    given(*reporting, first).when(select_drawn, draw=UUID(int=2), **asked).nothing()
