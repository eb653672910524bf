"""One case of the list, and the table it is kept in. Amounts are whole øre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)

from services.grants.case.state import State

case_row = Table(
    "case_row",
    MetaData(schema="grants_view"),
    Column("edition", Integer, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("opened_position", BigInteger),
    Column("fund_id", Text),
    Column("year", Integer),
    Column("chapter", Integer),
    Column("post", Integer),
    Column("recipient", Text),
    Column("organisation_number", Text),
    Column("municipality_number", Text),
    Column("scheme_id", Text),
    Column("call_id", Text),
    Column("round_id", Uuid),
    Column("established_project", Boolean),
    Column("sought_ore", BigInteger),
    Column("amount_ore", BigInteger),
    Column("left_ore", BigInteger),
    Column("disbursed_ore", BigInteger),
    Column("withheld_ore", BigInteger),
    Column("state", Text),
    Column("proposed_by", Text),
    Column("approved_by", Text),
    Column("letter_awaited_from", BigInteger),
    Column("letters_telling", ARRAY(Text)),
    Column("changed_position", BigInteger),
    Column("changed_at", DateTime(timezone=True)),
)
FIELDS = tuple(column.name for column in case_row.columns if column.name != "edition")


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """One case of the list. `amount_ore` is what was proposed until it is approved, then what is promised; `sought_ore`
    what the version that counts applied for. `year` is the fund's, before there is one of arrival."""

    case_id: UUID
    opened_position: int
    fund_id: str | None = None
    year: int
    chapter: int | None = None
    post: int | None = None
    recipient: str
    organisation_number: str | None
    municipality_number: str | None = None
    scheme_id: str | None = None
    call_id: str | None = None
    round_id: UUID | None = None
    established_project: bool = False
    sought_ore: int | None = None
    amount_ore: int = 0
    disbursed_ore: int = 0
    withheld_ore: int = 0
    state: State = "new"
    proposed_by: str | None = None
    approved_by: str | None = None
    changed_position: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class FollowedCase(CaseRow):
    """The same, with what is kept for other questions: what is left of its award (`left_after`), and the position of
    the last promise that a letter has yet to tell of, with the letters that would (`awaited_letter.py`): the ministry
    is told by a notice (`grants.untold`)."""

    left_ore: int | None = None
    letter_awaited_from: int | None = None
    letters_telling: Sequence[str] = ()
