"""What another service may tell us, held against `contracts/<that service>/`: nothing else is acted on."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from services.eventlog.feeds.feed import HASH, TRACE

CONTRACTS = Path(__file__).parents[2] / "contracts"
PREFIX = "no.tilsagn."
UNREADABLE = "unreadable"
_TYPE = re.compile(r"no\.tilsagn(\.[a-z][a-z-]{0,39}){1,4}\.v[1-9][0-9]{0,2}")
_HASH = re.compile(r"[0-9a-f]{64}")
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_POSITION = re.compile(r"[1-9][0-9]{0,14}")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of the feed. Its id is its position; None where it has none that can be read, and then `problem`
    says so. `data` is what its type says it holds, when there is no problem. `hash` (hex) is what stands at the
    position in the log that tells it; None where a service does not tell it yet. `traceparent` is the trace it was
    recorded in, if it was."""

    position: int | None
    type: str
    data: Mapping[str, Any]
    problem: str | None = None
    hash: str | None = None
    traceparent: str | None = None


class Contract:
    """The schemas of the message types of one service (`source`) that somebody here listens for."""

    def __init__(self, source: str, types: Iterable[str]) -> None:
        self._validators = {each: Draft202012Validator(schema_of(source, each)) for each in types}

    def read(self, told: Any) -> Message:
        """The message as told, with its problem if it breaks the contract. A type nobody listens for has none."""
        envelope: Mapping[str, Any] = told if isinstance(told, dict) else {}
        position, stands = _position_of(envelope.get("id")), _hash_of(envelope.get(HASH))
        kind = envelope.get("type")
        if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
            return Message(position=position, type=UNREADABLE, data={}, problem="malformed: no message type")
        if position is None:
            return Message(position=None, type=kind, data={}, problem="malformed: id is no position")
        validator = self._validators.get(kind)
        if validator is None:
            return Message(position=position, type=kind, data={}, hash=stands)
        if not validator.is_valid(told):
            problem = f"malformed: {_where(next(validator.iter_errors(told)))}"
            return Message(position=position, type=kind, data={}, problem=problem, hash=stands)
        traced = _trace_of(envelope.get(TRACE))
        return Message(position=position, type=kind, data=envelope["data"], hash=stands, traceparent=traced)


def schema_of(source: str, message_type: str) -> Any:
    """The JSON Schema of a service's message type: that of the whole CloudEvent."""
    name = f"{message_type.removeprefix(PREFIX)}.schema.json"
    return json.loads((CONTRACTS / source / name).read_text(encoding="utf-8"))


def _position_of(given: Any) -> int | None:
    return int(given) if isinstance(given, str) and _POSITION.fullmatch(given) else None


def _hash_of(given: Any) -> str | None:
    return given if isinstance(given, str) and _HASH.fullmatch(given) else None


def _trace_of(given: Any) -> str | None:
    return given if isinstance(given, str) and _TRACE.fullmatch(given) else None


def _where(broken: ValidationError) -> str:
    """Which rule is broken and where, in the schema's own words: never what stood there."""
    path = "/".join(str(step) for step in broken.schema_path)
    return f"breaks {path}"
