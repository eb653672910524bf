"""What the log of the pages' bench holds: the letters of 2020, and as many awards on one of its earmarks as there is
room for facts. Each is proposed, approved, its letter let out, and paid.

As many organisations as there are, each has five awards, and fifty awards wait for the ministry to be told of them: a
larger log has more of both, and no page about one of them has more to tell.
"""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from uuid import UUID

from bench.verifying import life
from services.eventlog.events import Event
from services.grants.allocation.letter_file.reading import read_letter
from services.grants.allocation.rules import register_letter
from services.grants.budget_year.state import BudgetYear, evolve
from services.grants.case.events.award import AwardApproved, AwardProposed, Recipient
from services.grants.case.events.grant_letter import LetterReleased

LETTERS = Path(__file__).parents[1] / "data" / "letters" / "2020"
EARMARK = "2020/291/71/frivillige-organisasjoner"
OF_A_CASE = 4
AWARDS_EACH = 5
NOT_TOLD = 50
NEW_YEAR = date(2020, 1, 1)


def letters_of_2020() -> tuple[Event, ...]:
    """What registering the nine letters records."""
    facts: list[Event] = []
    for file in sorted(LETTERS.glob("*.yaml")):
        source = file.read_bytes()
        year = reduce(evolve, facts, BudgetYear())
        facts += register_letter(
            year, letter=read_letter(source), source_sha256=hashlib.sha256(source).hexdigest(), registered_by="siri"
        )
    return tuple(facts)


def award(number: int) -> tuple[UUID, tuple[Event, ...]]:
    """A case that is numbered as it is opened."""
    proposed, approved, paid = life(number)
    assert isinstance(proposed, AwardProposed)
    assert isinstance(approved, AwardApproved)
    organisation = number // AWARDS_EACH
    recipient = Recipient(name=name_of(organisation), organisation_number=organisation_number(organisation))
    day = NEW_YEAR + timedelta(days=30 + number % 300)
    out = LetterReleased(released_on=day, sha256="0" * 64, message_id=str(UUID(int=number)))
    told = (out, paid) if number >= NOT_TOLD else ()
    return UUID(int=number, version=4), (
        replace(proposed, fund_id=EARMARK, recipient=recipient),
        replace(approved, fund_id=EARMARK),
        *told,
    )


def name_of(organisation: int) -> str:
    """So that no name begins another."""
    return f"Forening {organisation:06d}"


def organisation_number(nth: int) -> str:
    """Eight digits and the one that checks them. Where there is none (it would be ten), those of another range."""
    ranges = (first + nth for first in (91_000_000, 82_000_000, 93_000_000, 84_000_000))
    return next(f"{digits}{check}" for digits in ranges if (check := _check(f"{digits}")) < 10)


def _check(digits: str) -> int:
    return -sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
