"""What is answered of letters. Whole øre."""

from datetime import date

from pydantic import BaseModel, Field

from services.grants.allocation.deviation.found import Deviation
from services.grants.budget_year.events.allocation import Sort
from services.grants.budget_year.letter import Side
from services.grants.budget_year.reckoning import Kind
from services.grants.budget_year.reconciliation import Status


class Settled(BaseModel):
    """How something that does not add up stands: open, or settled with a reason."""

    status: Status
    reason: str | None
    settled_by: str | None
    settled_on: date | None


class Difference(Settled):
    """Stated less computed; of a division, the fund less its parts."""

    fund_id: str
    chapter: int
    post: int
    sort: Sort
    stated_ore: int
    computed_ore: int
    difference_ore: int
    kind: Kind
    tolerance_ore: int
    superseded_by: int | None


class EarmarkDifference(Difference):
    """A fund against the earmarks below it."""

    parent_ore: int
    children_ore: int


class ContradictionFound(Settled):
    """Two places of one letter that cannot both be so, and what is reckoned with until somebody settles it."""

    contradiction_id: str
    fund_id: str | None
    what: str
    sides: list[Side]
    reckoned: str
    cite: str


class LetterAsItStands(BaseModel):
    """One letter: what it is, when it counts from, and how far it holds together."""

    year: int
    number: int
    title: str
    reference: str | None
    effective_on: date
    inferred: bool = Field(description="Its day is not printed, but inferred")
    inferred_because: str | None
    registered_by: str
    source_sha256: str
    differences: list[Difference]
    earmark_differences: list[EarmarkDifference]
    contradictions: list[ContradictionFound]
    deviations: list[Deviation] = Field(description="What it does that cannot be as meant, as far as it still is")


class Withdrawn(BaseModel):
    """The letter stands no more, and its number is free."""

    year: int
    number: int
    withdrawn: bool
