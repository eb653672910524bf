"""What is answered about the bound on back-dating."""

from datetime import date

from pydantic import BaseModel


class Bound(BaseModel):
    """A bound that two people have set, or that one has proposed. Days are days in Europe/Oslo."""

    days: int
    valid_from: date
    reason: str
    by: str


class BackDatingRule(BaseModel):
    """How many days back a decision made today may be dated, what it stands on, and what waits for a second person."""

    version: int
    today: date
    days_today: int
    confirmed: list[Bound]
    proposed: Bound | None
