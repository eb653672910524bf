"""Leave to promise money of a post beyond its budget year (bevilgningsreglementet § 6), as a letter gives it.

The letter of 2020 gives none, so nothing of 2020 is promised beyond the year. Whoever registers one names the letter
and the place in it; the posts of chapter 6 have their own authority for leases and services (`rules.py`).
"""

from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.succession.rules import PostUnknown
from services.grants.budget_year.events.allocation import CommitmentAuthorityRegistered
from services.grants.budget_year.reconciliation import LetterUnknown
from services.grants.budget_year.state import BudgetYear
from services.grants.case.commitment_refusals import AmountNotPositive
from services.reason import need_reason

MOST_YEARS = 15
"""How many years beyond its own a post's money may be promised: our own number, as far as anything is planned."""


class CommitmentAuthorityTooLong(Refusal):
    """No letter lets money be promised for decades: the year is a slip of the pen."""

    code = "commitment-authority-too-long"
    status = 422
    title = "Tilsagnsfullmakten rekker for langt fram"


class CommitmentAuthorityEndsTooSoon(Refusal):
    """An authority that ends with its own budget year lets nothing be promised beyond it."""

    code = "commitment-authority-ends-too-soon"
    status = 422
    title = "Tilsagnsfullmakten må rekke ut over budsjettåret"


def register_commitment_authority(
    year: BudgetYear,
    *,
    fund_id: str,
    until_year: int,
    limit_ore: int | None,
    letter_number: int,
    cite: str,
    registered_by: str,
    reason: str | None = None,
) -> list[Event]:
    """Register that a letter gives a post a commitment authority to the end of `until_year`, with its limit (whole øre)
    or None. The same again returns no event; another reading of the same letter needs a reason, and takes its place.

    Refuses PostUnknown, LetterUnknown, CommitmentAuthorityEndsTooSoon, CommitmentAuthorityTooLong, AmountNotPositive,
    ReasonMissing.
    """
    asked = CommitmentAuthorityRegistered(
        fund_id=fund_id,
        until_year=until_year,
        limit_ore=limit_ore,
        letter_number=letter_number,
        cite=cite,
        effective_on=_given_on(year, fund_id, letter_number),
        registered_by=registered_by,
        reason=reason,
    )
    if until_year <= year.funds[fund_id].year:
        raise CommitmentAuthorityEndsTooSoon("Name a year after the post's own.", year=year.funds[fund_id].year)
    last_year = year.funds[fund_id].year + MOST_YEARS
    if until_year > last_year:
        raise CommitmentAuthorityTooLong(f"Name {last_year} or an earlier year.", last_year=last_year)
    if limit_ore is not None and limit_ore <= 0:
        raise AmountNotPositive("Give a limit larger than zero, in øre, or none.")
    place = (fund_id, letter_number)
    read_before = [each for each in year.commitment_authorities if (each.fund_id, each.letter_number) == place]
    if read_before:
        if replace(read_before[-1], registered_by=registered_by, reason=reason) == asked:
            return []
        need_reason(reason or "")
    return [asked]


def _given_on(year: BudgetYear, fund_id: str, letter_number: int) -> date:
    """The day of the letter that gives a post its authority. Refuses PostUnknown, LetterUnknown."""
    fund = year.funds.get(fund_id)
    if fund is None or fund.kind != "post":
        raise PostUnknown("No registered letter of the year opens that post. An authority is given for a whole post.")
    given_by = year.letters.get(letter_number)
    if given_by is None:
        raise LetterUnknown(f"No letter number {letter_number} is registered.", number=letter_number)
    return given_by.letter.dated.on


def find_commitment_authority(year: BudgetYear, fund_id: str, *, on: date) -> CommitmentAuthorityRegistered | None:
    """The post's authority on a day: that of the latest letter by then, as last read from it."""
    last_read = {each.letter_number: each for each in year.commitment_authorities if each.fund_id == fund_id}
    given = [each for each in last_read.values() if each.effective_on <= on]
    return max(given, key=lambda each: (each.effective_on, each.letter_number), default=None)
