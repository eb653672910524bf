"""An endpoint's numbers as they are answered, and whose they are."""

import json
from typing import Any

from services.eventlog.feeds.places import Place
from services.eventlog.log import History
from services.httpapi.callers.caller import Caller, Role
from services.httpapi.problem import NotFound
from services.notifications.webhook.delivery_log.deliveries import Row
from services.notifications.webhook.delivery_log.delivery_requests import Reconciliation
from services.notifications.webhook.rules import Endpoint, fold
from services.notifications.webhook.sending.composing import CannotCompose, Content, compose


def theirs(history: History, caller: Caller) -> Endpoint:
    """The endpoint, for a person; for a machine, if it is its own. Raises NotFound."""
    endpoint = fold(history.facts)
    people = caller.roles - {Role.service}
    if endpoint.subscription is None or not (people or endpoint.subscription.pulled_by == caller.subject):
        raise NotFound("There is no such endpoint.")
    return endpoint


def numbered(row: Row, endpoint: Endpoint, *, whole: bool) -> dict[str, Any]:
    """One number, with its message as it is delivered if `whole`."""
    assert endpoint.subscription is not None
    told: dict[str, Any] = {name: row[name] for name in ("sequence", "type", "state")} | {"id": row["message_id"]}
    if not whole:
        return told | {"withheld": "expired" if row["over"] else None}
    if row["over"]:
        return told | {"withheld": "expired", "message": None}
    content = Content(
        id=row["message_id"],
        type=row["type"],
        occurred_at=row["occurred_at"],
        sequence=row["sequence"],
        subject=row["subject"],
        data=row["data"],
        hash=row["hash"],
    )
    try:
        return told | {"withheld": None, "message": json.loads(compose(content, endpoint.subscription.contract))}
    except CannotCompose:
        return told | {"withheld": "cannot be made", "message": None}


def held_place(asked: Reconciliation) -> Place:
    """Where a receiver stands that holds these messages."""
    held = sorted(((each.sequence, each.hash) for each in asked.held), reverse=True)
    return Place(held[0][0], tuple(held)) if held else Place(0)
