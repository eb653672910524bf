"""What is answered of posts, funds and their ledgers. Whole øre."""

from datetime import date, datetime

from pydantic import BaseModel, Field


class Money(BaseModel):
    """What stands on a fund: whole øre. Remaining is at disposal less committed; disbursed and withheld are parts of
    committed, carried over a part of at disposal, earmarked what is set aside for the funds below."""

    at_disposal_ore: int
    carried_over_ore: int
    earmarked_ore: int
    committed_ore: int
    disbursed_ore: int
    withheld_ore: int
    remaining_ore: int
    overdrawn: bool = Field(description="More is committed than is at disposal: a deviation, and no new commitment")


class Post(Money):
    """A post. Appropriated and held back are null until a letter prints them. Transferable is the keyword "kan
    overføres", estimated is "overslagsbevilgning". Open differences are those no controller had settled by then."""

    fund_id: str
    year: int
    chapter: int
    post: int
    name: str
    appropriated_ore: int | None
    held_back_ore: int | None
    transferable: bool
    estimated: bool
    open_differences: int
    open_earmark_differences: int
    carried_over_free_ore: int = Field(description="Of carried over: what letters leave free of claims held over")
    claims_ore: int = Field(description="Held over to this post from earlier years: claims, whatever is paid of them")
    claims_covered_ore: int = Field(description="Of the claims: covered here, and so part of committed")
    claims_disbursed_ore: int = Field(description="Of the claims: paid, and part of disbursed here")
    held_over_ore: int = Field(description="Of committed: unpaid when the year ended, and held over to the next year")


class ListedPost(Post):
    """A post among the others of its year, with how much of it is not as it should be."""

    open_deviations: int = Field(description="What is amiss of letters and between two years, and nobody has settled")


class Fund(Money):
    """A fund in a post's tree: the post itself, an earmark, a named recipient's line, or a case's commitment. What is
    set aside is taken off what remains of an earmark: it is bound by claims, which are committed on the post."""

    fund_id: str
    parent_id: str | None
    kind: str
    name: str
    hard_stop: bool
    set_aside_ore: int = Field(
        description="Of earmarked: it covers what is held over of this line from earlier years, and is promised to"
        " nobody else. Nothing on the post itself, where what covers claims is a part of committed"
    )
    held_over_from: str | None = Field(description="The fund of an earlier year that the money was promised on")
    case_number: str | None = Field(
        description="Of a case's commitment: what people call the case by", examples=["2020/17"]
    )


class Entry(BaseModel):
    """One line of a fund's ledger: what moved, from which day it counts, when it was known, and what it stands on."""

    position: int
    line: int
    fund_id: str
    effective_on: date
    recorded_at: datetime
    ground: str
    letter_number: int | None
    cite: str | None
    held_over_from: str | None = Field(description="The fund of an earlier year that the money was promised on")
    case_id: str | None
    case_number: str | None = Field(description="What people call the case by", examples=["2020/17"])
    at_disposal_ore: int
    carried_over_ore: int
    earmarked_ore: int
    committed_ore: int
    disbursed_ore: int
    withheld_ore: int
