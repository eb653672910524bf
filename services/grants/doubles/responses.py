"""What is answered of what was recorded twice in texts that read alike."""

from typing import Literal

from pydantic import BaseModel, Field

from services.grants.case.recipient_remarks import Remark


class Double(BaseModel):
    """One thing that stands more than once because it was written in ways that read alike, or as two under one number.
    Nothing of it is merged: people look at it and correct it by the acts there are."""

    kind: Literal["months-paid-for", "voucher", "recipient-name", "organisation-number"] = Field(
        description="The same months of a municipality paid for by one rule in several cases; one voucher on several"
        " movements of a case; recipients whose names read alike under several organisation numbers (municipalities of"
        " one name are told apart); one organisation number under names that do not read alike"
    )
    written: list[str] = Field(description="Each way it is written", examples=[["år 1", "år  1"]])
    fund_id: str | None = Field(description="The fund the months are paid from")
    municipality_number: str | None = Field(description="Whose months they are")
    months: list[str] = Field(description="The months (2020-01) that are paid for more than once")
    organisation_numbers: list[str] = Field(description="The recipients' numbers, of names and numbers that meet")
    case_ids: list[str] = Field(description="The cases it stands in, in order of their recording")
    positions: list[int] = Field(description="Where in the log it was recorded, in order")


class Doubles(BaseModel):
    """What meets when texts are compared as they read, kind by kind, and how many there are on all pages. `next` is
    null on the last page."""

    items: list[Double]
    total: int
    next: str | None


class Remarks(BaseModel):
    """Everything that stands out; none where nothing does."""

    items: list[Remark]
