"""What the ledger's entries came from, in words: whatever fact moves money, and whatever a letter moves it by."""

from dataclasses import replace
from typing import get_args

import pytest

from services.dashboard.pages.grounds import ground_in_words
from services.dashboard.words.spoken import speaking
from services.eventlog.mapper import decode
from services.grants import main as grants
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import Ground
from services.grants.case.events.withholding import RepaymentReceived
from tests.history.history import EXAMPLES

assert grants, "so that every kind of fact is known"
OF_ITS_OWN = {"held-over"}
"""Laid down by PostgreSQL for what covers a promise held over, where no fact of that day does."""


def grounds() -> set[str]:
    """Every ground the ledger can hold: of a letter's moves, and of each kept kind of fact that moves money."""
    found = {*get_args(Ground), *OF_ITS_OWN}
    for path in sorted(EXAMPLES.glob("*.json")):
        event = decode(path.stem, path.read_bytes())
        fact = replace(event, credited=True) if isinstance(event, RepaymentReceived) else event
        year = path.stem.startswith("allocation.")
        effect = effects([("allocation-2020" if year else "case-x", fact)]) or {}
        found |= {movement["ground"] for movement in effect.get("movements", ())}
        found |= {held["topic"] for held in effect.get("holds", ())}
    return found


def test_it_is_the_grounds_the_ledger_holds_that_are_looked_at() -> None:
    assert {"award.reduced.v1", "award.supplement-approved.v1", "withholding.repayment-received.v1"} <= grounds()
    assert len(grounds()) > 20


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("ground", sorted(grounds()))
def test_no_reader_is_shown_a_stored_name(ground: str, language: str) -> None:
    with speaking(language):
        said = ground_in_words(ground)
    assert said != ground
    assert said[0].isupper()
