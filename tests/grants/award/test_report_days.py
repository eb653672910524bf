"""No report falls due before the budget year of the award, whatever way the award is proposed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.grants.award.proposal import ReportDueTooSoon
from services.grants.case.events.award import ReportOwed
from tests.grants.fodt_fri import proposed
from tests.grants.letter_bounds import decided_outside, in_a_case


@pytest.mark.parametrize("way", [in_a_case, decided_outside])
@pytest.mark.parametrize("due_on", [date(1900, 12, 1), date(2019, 12, 31)])
def test_a_report_falls_due_in_the_year_of_the_award_or_later(way: Any, due_on: date) -> None:
    owed = ReportOwed(number=1, kind="final", due_on=due_on)
    with pytest.raises(ReportDueTooSoon, match="2020-01-01"):
        way(replace(proposed, reports=(owed,)))
    way(replace(proposed, reports=(replace(owed, due_on=date(2020, 1, 1)),)))
