"""What is answered of claims held over. Whole øre."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field


class Claim(BaseModel):
    """A case held over to a post, in the order claims are covered. Claimed is the whole of it, paid or not; covered is
    bound on the post, what is paid included; uncovered cannot be paid."""

    case_id: str
    case_number: str | None = Field(
        description="What people call the case by: year and running number", examples=["2020/17"]
    )
    held_over_from: str = Field(description="The fund of an earlier year that it was promised on")
    ground: Literal["transferable", "commitment-authority", "paid"] = Field(
        description="On «kan overføres», on a commitment authority, or paid in the year without being held over to it"
    )
    promised_on: date
    claimed_ore: int
    covered_ore: int
    uncovered_ore: int
    disbursed_ore: int
    withheld_ore: int


class Deviation(BaseModel):
    """Something that is not as it should be between a budget year and the one before."""

    kind: Literal[
        "paid-beyond-carry-over",
        "paid-not-held-over",
        "paid-before-any-letter",
        "claims-on-no-post",
        "authority-of-no-letter",
        "promised-beyond-authority",
        "held-over-past-authority",
        "cover-fallen",
        "overdrawn",
        "held-over-outside-the-books",
        "paid-on-a-closed-year",
    ] = Field(
        description="Paid of claims beyond what is released of their own line and those above it; paid in the year by a"
        " case not held over to it, or on a post no letter has opened; held over to such a post; promised beyond the"
        " year on a leave that no letter gives any more, or beyond its limit, or held over past its last year; cover a"
        " case was told of and has lost, by no order a controller set; committed beyond what is at disposal; held over,"
        " or paid, before the year's books knew of it: record the turn anew"
    )
    post_id: str
    case_id: str | None
    case_number: str | None = Field(
        description="What people call the case by: year and running number", examples=["2020/17"]
    )
    held_over_from: str | None
    amount_ore: int
    fund_ids: list[str] | None = Field(
        None, description="Of `paid-beyond-carry-over`, the lines that were paid of beyond what is released of them"
    )
