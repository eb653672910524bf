"""What leans on a letter's leave is told before the letter is taken out or read otherwise, and after."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import get_args

import pytest

from services.eventlog.events import Event
from services.grants.allocation.correction.rules import withdrawal
from services.grants.allocation.correction.taken_away import taken_away
from services.grants.allocation.correction.view import preview_correction, preview_withdrawal
from services.grants.allocation.deviation.found import Around, Deviation
from services.grants.allocation.deviation.rules import deviations_of
from services.grants.budget_year.events.allocation import (
    AuthorityUsed,
    CarryOverApplied,
    CommitmentAuthorityRegistered,
    Limit,
)
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_duties import AuthorityId
from services.grants.budget_year.state import BudgetYear, evolve
from tests.grants.allocation.letters import KRONE, letter_of, opening, registered, since, supplement

POST = "2020/290/01"
SEPTEMBER = date(2020, 9, 1)
LIMIT = Limit(base="at_disposal", base_ore=1, limit_ore=1, used_before_ore=0)
KINDS = get_args(AuthorityId)


def use(authority_id: AuthorityId, kroner: int, reference: str) -> AuthorityUsed | CarryOverApplied:
    """One use of an authority of chapter 6, as it is recorded."""
    if authority_id == "carry-over":
        return CarryOverApplied(
            reference=reference, fund_id=POST, amount_ore=kroner * KRONE, accounts_on=date(2020, 12, 31),
            applied_by="siri", unused_ore=kroner * KRONE, paragraph="§ 5", limit=LIMIT,
        )  # fmt: skip
    return AuthorityUsed(
        authority_id=authority_id, reference=reference, fund_id=POST, amount_ore=kroner * KRONE, used_on=SEPTEMBER,
        used_by="siri", paragraph="§ 11", limit=LIMIT, stated=(),
    )  # fmt: skip


def giving(*authority_ids: str) -> Letter:
    """Supplement 1, which gives these authorities of 2020."""
    given = tuple(each for each in letter_of(0).authorities if each.authority_id in authority_ids)
    return replace(supplement(1, "2020-02-01", "remarks: [{text: t, cite: a}]\n"), authorities=given)


def year_of(*authority_ids: str, used: Sequence[Event] = ()) -> BudgetYear:
    return reduce(evolve, used, since(opening(), giving(*authority_ids)))


def leaning(found: Sequence[Deviation]) -> list[tuple[str, str, int]]:
    return [
        (each.kind, each.fund_id, each.amount_ore // KRONE)
        for each in found
        if each.kind in ("authority-used-without-letter", "authority-of-no-letter")
    ]


@pytest.mark.parametrize("authority_id", KINDS)
def test_each_authority_that_was_used_is_missed_when_its_letter_is_taken_out(authority_id: AuthorityId) -> None:
    year = year_of(*KINDS, used=[use(authority_id, 3, "1"), use(authority_id, 4, "2")])
    assert leaning(deviations_of(year, 0, Around())) == []
    missed = [("authority-used-without-letter", POST, 7)]
    assert leaning(preview_withdrawal(year, of_year=2020, number=1, reason="w").deviations) == missed
    gone = reduce(evolve, withdrawal(year, number=1, withdrawn_by="siri", reason="w"), year)
    assert leaning(deviations_of(gone, 0, Around())) == missed
    anew = registered(giving(authority_id))
    assert leaning(deviations_of(reduce(evolve, anew, gone), 0, Around())) == [], "given again, it is missed no more"


@pytest.mark.parametrize("authority_id", KINDS)
def test_one_that_a_correction_reads_out_of_the_letter_is_missed(authority_id: AuthorityId) -> None:
    year = year_of(*KINDS, used=[use(authority_id, 3, "1")])
    kept = [each for each in KINDS if each != authority_id]
    shown = preview_correction(year, letter=giving(*kept), source_sha256="ab" * 32, reason="w")
    assert leaning(shown.deviations) == [("authority-used-without-letter", POST, 3)]
    assert ("authority", authority_id) in [(each.what, each.name) for each in shown.takes_away]


def test_leave_to_promise_beyond_the_year_is_shown_to_fall_with_its_letter_before_it_does() -> None:
    leave = CommitmentAuthorityRegistered(
        fund_id=POST, until_year=2021, limit_ore=None, letter_number=1, cite="6", effective_on=date(2020, 2, 1),
        registered_by="siri",
    )  # fmt: skip
    year, around = year_of(used=[leave]), Around(across_years={POST: 6 * KRONE})
    shown = preview_withdrawal(year, of_year=2020, number=1, reason="w", around=around)
    assert leaning(shown.deviations) == [("authority-of-no-letter", POST, 6)]
    assert [(each.what, each.name, each.cite) for each in shown.takes_away] == [("commitment-authority", POST, "6")]
    kept = reduce(evolve, [replace(leave, letter_number=0)], year)
    assert leaning(preview_withdrawal(kept, of_year=2020, number=1, reason="w", around=around).deviations) == []
    unused = preview_withdrawal(year, of_year=2020, number=1, reason="w", around=Around(across_years={POST: 0}))
    assert leaning(unused.deviations) == []
    gone = reduce(evolve, withdrawal(year, number=1, withdrawn_by="siri", reason="w"), year)
    assert [each.what for each in taken_away(year, gone, 1)] == ["commitment-authority"]
