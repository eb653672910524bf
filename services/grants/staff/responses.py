"""What is answered of the register of staff."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field


class StaffEntry(BaseModel):
    """One row: whom it names, how, and on which days."""

    entry_id: UUID
    subject: str
    name: str | None = Field(description="None of a row that is erased.")
    title: str | None
    valid_from: date | None = Field(description="None of a row whose registration was broken off: it names nobody.")
    valid_until: date | None
    erased_at: datetime | None


class StaffChanged(BaseModel):
    """A row and the days it counts. Who it is stands in no answer that is kept."""

    entry_id: UUID
    valid_from: date
    valid_until: date | None


class StaffErased(BaseModel):
    """A row that is erased for good."""

    entry_id: UUID
    erased: bool
    stays: str = Field(description="What still names the person, and why.")
