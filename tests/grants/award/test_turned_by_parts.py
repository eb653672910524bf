"""What the end of a year does to an award of several parts, each promised within the year or on an authority, and each
paid, withheld or neither: every øre unpaid goes on or falls away, and an authority carries none but its own."""

from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any, NamedTuple

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.grants.award.rules import Granted, evolve
from services.grants.award_change.year_end import NothingToTurn, turn_year
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentLapsed
from services.grants.case.reductions import total_ore
from tests.grants.fodt_fri import MILLION, approved, first_paid, proposed, withheld

YEARS_END = date(2020, 12, 31)


class Part(NamedTuple):
    """An instalment: whether it was promised on an authority, and what of its millions is paid and withheld."""

    across: bool
    millions: int
    paid: int
    held: int


PARTS = st.lists(
    st.builds(
        lambda across, millions, paid, held: Part(across, millions, paid * millions // 3, held * millions // 6),
        st.booleans(), st.sampled_from([3, 6]), st.integers(0, 3), st.integers(0, 1),
    ).filter(lambda part: part.paid + part.held <= part.millions),
    min_size=1, max_size=4,
)  # fmt: skip


def case_of(parts: list[Part]) -> list[Event]:
    """The first part is the award itself; each of the others was added."""
    events: list[Event] = []
    for number, part in enumerate(parts, 1):
        instalment = Instalment(number=number, amount_ore=part.millions * MILLION)
        if number == 1:
            events.append(replace(proposed, amount_ore=instalment.amount_ore, instalments=(instalment,)))
            events.append(replace(approved, amount_ore=instalment.amount_ore, across_years=part.across))
        else:
            events.append(
                SupplementaryAwardApproved(
                    amount_ore=instalment.amount_ore, added=(instalment,), approved_on=date(2020, 5, 1),
                    ground=Ground(code="more-granted", text="Mer."), approved_by="ola", disposal_authority="Delegert",
                    across_years=part.across,
                )
            )  # fmt: skip
        if part.paid:
            paid = replace(first_paid, instalment=number, amount_ore=part.paid * MILLION, reference=f"B-{number}")
            events.append(replace(paid, paid_on=date(2020, 6, 1)))
        if part.held:
            events.append(replace(withheld, number=number, instalment=number, amount_ore=part.held * MILLION))
    return events


def turned(parts: list[Part], *, transferable: bool) -> list[Event]:
    return turn_year(
        reduce(evolve, case_of(parts), Granted()),
        year=2020, transferable=transferable, into_post_id="2021/291/71", today=date(2021, 1, 10), recorded_by="anne",
    )  # fmt: skip


def unpaid_ore(parts: list[Part], *, across: bool | None = None) -> int:
    return sum((part.millions - part.paid) * MILLION for part in parts if across in (None, part.across))


@given(PARTS, st.booleans())
def test_what_is_unpaid_goes_on_or_falls_away_and_an_authority_carries_its_own(
    parts: list[Part], transferable: bool
) -> None:
    if not unpaid_ore(parts):
        with pytest.raises(NothingToTurn):
            turned(parts, transferable=transferable)
        return
    facts = turned(parts, transferable=transferable)
    held = [fact for fact in facts if isinstance(fact, CommitmentCarriedOver)]
    fallen = [fact for fact in facts if isinstance(fact, CommitmentLapsed)]
    held_ore, fallen_ore = sum(each.held_ore for each in held), sum(total_ore(each.reductions) for each in fallen)
    assert held_ore + fallen_ore == unpaid_ore(parts)
    within_ore, leaning_ore = unpaid_ore(parts, across=False), unpaid_ore(parts, across=True)
    if transferable and within_ore:
        assert ([each.ground for each in held], fallen_ore) == (["transferable"], 0)
    else:
        assert fallen_ore == within_ore
        assert [each.ground for each in held] == (["commitment-authority"] if leaning_ore else [])
    case = reduce(evolve, [*case_of(parts), *facts], Granted())
    assert case.commitment.unpaid_on(YEARS_END) == held_ore
    assert all(case.commitment.free_ore(each.number) >= 0 for each in case.commitment.instalments)
    assert turn_again(case, transferable=transferable) == []


def turn_again(case: Granted, *, transferable: bool) -> list[Event]:
    return turn_year(
        case, year=2020, transferable=transferable, into_post_id="2021/291/71", today=date(2021, 1, 10),
        recorded_by="anne",
    )  # fmt: skip


def test_it_reaches_awards_of_both_kinds() -> None:
    def both(parts: list[Part]) -> bool:
        return unpaid_ore(parts, across=False) > 0 and unpaid_ore(parts, across=True) > 0

    def kinds(parts: list[Part]) -> list[Any]:
        return [type(fact) for fact in turned(parts, transferable=False)]

    find(PARTS, lambda parts: both(parts) and kinds(parts) == [CommitmentLapsed, CommitmentCarriedOver])
    find(PARTS, lambda parts: both(parts) and parts[0].across and any(part.held for part in parts))
    find(PARTS, lambda parts: not unpaid_ore(parts))
