"""What this service makes of what grants tells of deadlines."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.inbox.taking import MessageHandler, Reaction
from services.notifications.deadline.events import DeadlinesHeard, HeardDeadline
from services.notifications.deadline.rules import HEARD


def _told(_: str, data: Mapping[str, Any]) -> Reaction:
    case_id = UUID(data["case_id"]) if data["case_id"] else None
    fact = DeadlinesHeard(
        case_id=case_id,
        case_number=data["case_number"],
        year=data["year"],
        deadlines=tuple(_read(each) for each in data["deadlines"]),
        undated=tuple(_read(each) for each in data.get("undated", ())),
    )
    of = f"scheme-{data['scheme_id']}" if data.get("scheme_id") else case_id or data["year"]
    return Reaction(stream=f"{HEARD}{of}", decide=lambda _: [fact])


def _read(told: Mapping[str, Any]) -> HeardDeadline:
    return HeardDeadline(
        key=told["key"],
        kind=told["kind"],
        state=told["state"],
        due_on=date.fromisoformat(told["due_on"]) if "due_on" in told else None,
        role=told["role"],
        what=told["what"],
        part=told.get("part"),
        fund_id=told.get("fund_id"),
        scheme_id=told.get("scheme_id"),
        amount_ore=told.get("amount_ore"),
        letter_number=told.get("letter_number"),
        assignment=told.get("assignment"),
        cite=told.get("cite"),
    )


HEARS: Mapping[str, MessageHandler] = {"no.tilsagn.deadline.told.v1": _told}
