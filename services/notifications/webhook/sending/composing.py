"""A message as it is sent: a structured CloudEvents 1.0 event in JSON. Thin: ids, days, counts and where to ask.

It is made anew for each try, from what was put and nothing else, so that every try of a message has the same bytes. The
version of the format is the endpoint's; within one, members are only added.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.calendar.clock import in_utc
from services.eventlog.feeds.feed import HASH

MEDIA_TYPE = "application/cloudevents+json"
MOST_BYTES = 20_000
MOST_NAMED = 50
"""A notice can list a whole round. Of longer lists the number is told, and where to ask."""
SOURCE = "/notifications"
SEQUENCE_HEADER = "tilsagn-sequence"
ABOUT = ("deadline_id", "notice_id", "publication_id", "case_id", "endpoint_id", "scheme_id")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}:\d{2}", re.ASCII)


class CannotCompose(Exception):
    """The message cannot be made. It is a failed try, and seen as one."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is told: `sequence` is its number at this endpoint (None of tests and challenges), `hash` (hex) what stands
    there: this message, chained to all that were handed on before it."""

    id: UUID
    type: str
    occurred_at: datetime
    sequence: int | None
    subject: Mapping[str, Any]
    data: Mapping[str, Any]
    hash: str | None = None


def compose(content: Content, contract: int) -> bytes:
    """The bytes, in that version of the format. Raises CannotCompose."""
    if contract not in _CONTRACTS:
        raise CannotCompose(f"there is no version {contract} of the format")
    try:
        body = json.dumps(_CONTRACTS[contract](content), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        encoded = body.encode()
    except (TypeError, ValueError) as wrong:
        raise CannotCompose("what was put cannot be written as JSON") from wrong
    if len(encoded) > MOST_BYTES:
        raise CannotCompose(f"it is {len(encoded)} bytes long, and {MOST_BYTES} may be sent")
    return encoded


def _first(content: Content) -> Mapping[str, Any]:
    sequence = {} if content.sequence is None else {"tilsagnsequence": content.sequence}
    stands = {} if content.hash is None else {HASH: content.hash}
    return {
        "specversion": "1.0",
        "id": str(content.id),
        "source": SOURCE,
        "type": content.type,
        "subject": _about(content.subject),
        "time": in_utc(content.occurred_at),
        "datacontenttype": "application/json",
        "tilsagncontract": 1,
        **sequence,
        **stands,
        "data": _spelt_alike({"as_of": in_utc(content.occurred_at), **_named(content.subject), **content.data}),
    }


_CONTRACTS: Mapping[int, Callable[[Content], Mapping[str, Any]]] = {1: _first}


def _spelt_alike(told: Any) -> Any:
    """Every instant in one spelling, whoever put it: in UTC, with Z."""
    if isinstance(told, Mapping):
        return {name: _spelt_alike(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_spelt_alike(each) for each in told]
    return in_utc(datetime.fromisoformat(told)) if isinstance(told, str) and _INSTANT.fullmatch(told) else told


def _about(subject: Mapping[str, Any]) -> str:
    """What it is about, in one line: `notice/<id>`."""
    name = next((each for each in ABOUT if subject.get(each)), None)
    return f"{name.removesuffix('_id')}/{subject[name]}" if name else "webhook"


def _named(subject: Mapping[str, Any]) -> Mapping[str, Any]:
    told: dict[str, Any] = {}
    for name, value in subject.items():
        if isinstance(value, list) and len(value) > MOST_NAMED:
            told[f"{name.removesuffix('s')}_count"] = len(value)
        else:
            told[name] = value
    return told
