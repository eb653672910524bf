"""What was told of deadlines. One stream for each case (`deadlines-<case>`), each budget year (`deadlines-<year>`) and
each scheme (`deadlines-scheme-<id>`).

What a deadline is follows from the facts it is of; these facts only keep what others were told, and when. Days are days
in Europe/Oslo, the day included; amounts whole øre.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event

Kind = Literal[
    "supplement-reply",
    "call-closes",
    "terms-acceptance",
    "reply-period",
    "instalment",
    "complaint-period",
    "complaint-completion",
    "recipient-report",
    "reclaim-payment",
    "pay-out",
    "assignment",
    "ministry-report",
    "publication",
    "meeting",
    "letter-publication",
]
State = Literal["due", "met", "fallen"]
Role = Literal["caseworker", "approver", "attestor", "controller"]


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """Something that is due by the end of `due_on`, or was; None where a letter asks for it and names no day. `key`
    names it for good within its case or year, so that a moved day is the same deadline. Met: what was due has come.
    Fallen: nobody waits for it any more.

    `role` is who sees to it, `part` which instalment, report, complaint or claim it is of. `letter_number`,
    `assignment` and `cite` are where the ministry's letter says it.
    """

    key: str
    kind: Kind
    state: State
    due_on: date | None
    role: Role
    what: str
    part: int | None = None
    fund_id: str | None = None
    scheme_id: str | None = None
    amount_ore: int | None = None
    letter_number: int | None = None
    assignment: str | None = None
    cite: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeadlinesTold(Event, topic="deadline.told.v1"):
    """These deadlines of a case (of a budget year's letters, or of a scheme) are new, or otherwise than was told
    before: those that have a day, and those that have none.

    `as_of` is the position of the last fact they follow from, `rules` which edition of the rules says so. Whoever told
    them had then told of everything up to `read_to`.
    """

    case_id: UUID | None
    case_number: str | None
    year: int | None
    deadlines: tuple[Deadline, ...]
    as_of: int
    read_to: int
    rules: int
    undated: tuple[Deadline, ...] = ()
    scheme_id: str | None = None

    @property
    def told(self) -> tuple[Deadline, ...]:
        """All of them."""
        return (*self.deadlines, *self.undated)
