"""What is answered of facts whose ground is lost."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class LostGround(BaseModel):
    """A fact of ours that rests on what the other service's log no longer says. It stands as it was recorded."""

    position: int = Field(description="Of the fact, in this service's log")
    stream: str
    topic: str
    other_position: int | None = Field(description="Where the other log said so; none where that cannot be told")
    named_at: datetime
    reason: str = Field(description="What had happened to the other log")
    agreed_with: str
    confirmed_by: str
    status: Literal["open", "looked-into"]
    finding: str | None = Field(description="What was found, and what was done of it")
    looked_into_by: str | None
    looked_into_at: datetime | None


class LookedInto(BaseModel):
    """What was said of some of them."""

    positions: list[int]
    open: int = Field(description="How many nobody has looked into yet")
