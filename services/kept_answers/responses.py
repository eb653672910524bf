"""What is answered about the term that answers are kept for."""

from datetime import date

from pydantic import BaseModel, Field


class Term(BaseModel):
    """A term that two people have set, or that one has proposed. Dates are days in Europe/Oslo."""

    days: int
    valid_from: date
    reason: str
    by: str


class KeptAnswersRule(BaseModel):
    """How many days answers to commands are kept, what that stands on, and what waits for a second person."""

    version: int
    today: date
    days_today: int | None = Field(description="Null where no term is set: answers are kept for good")
    confirmed: list[Term]
    proposed: Term | None
