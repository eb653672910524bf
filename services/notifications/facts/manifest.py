"""What binds a letter: canonical JSON (RFC 8785) of everything the ministry is told of it, and its SHA-256.

The bytes that are hashed are kept as they are, as text, in the fact that holds the letter. Everything else about what
leaves is read from them and from nothing beside them; PostgreSQL hashes the same bytes itself.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import rfc8785

from services.notifications.facts.channel import Channel


@dataclass(frozen=True, kw_only=True)
class PlannedInstalment:
    """One part of the award as the letter tells it. Whole øre."""

    number: int
    amount_ore: int
    due_on: date | None = None
    condition: str | None = None
    needs_report: int | None = None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """All that binds a letter, hashed as canonical JSON (RFC 8785). Whoever changes any of it has another letter.

    `files` are the SHA-256 (hex) of each rendered file, the letter itself first. `decision_version` is the version of
    the case it tells of.
    """

    case_id: UUID
    decision_version: int
    recipient_name: str
    recipient_number: str | None
    amount_ore: int
    plan: tuple[PlannedInstalment, ...]
    terms: tuple[str, ...]
    scheme_id: str | None
    fund_id: str
    form: str
    template: str
    dated_on: date
    files: tuple[str, ...]
    channel: Channel
    policy_version: str


class NotCanonical(ValueError):
    """The text is no manifest, or not in its one spelling."""


def canonical(manifest: Manifest) -> bytes:
    """The one spelling of it: keys in order, no spaces, days and ids as text. Amounts are whole øre."""
    return rfc8785.dumps(_plain(manifest))


def read(text: str) -> Manifest:
    """The manifest these bytes are. Raises NotCanonical for any other spelling of it, and for what is none."""
    try:
        told = json.loads(text)
        plan = tuple(PlannedInstalment(**part | {"due_on": _day(part["due_on"])}) for part in told["plan"])
        made = {"plan": plan, "case_id": UUID(told["case_id"]), "dated_on": date.fromisoformat(told["dated_on"])}
        manifest = Manifest(**told | made | {name: tuple(told[name]) for name in ("terms", "files")})
        same = canonical(manifest) == text.encode()
    except (ValueError, TypeError, KeyError) as wrong:
        raise NotCanonical("the text is no manifest") from wrong
    if not same:
        raise NotCanonical("the manifest is not in its one spelling")
    return manifest


def sha256_of(manifest: Manifest) -> str:
    """Its hash (hex), which stands in the notice and the release."""
    return hashlib.sha256(canonical(manifest)).hexdigest()


def sha256_of_text(text: str) -> str:
    """The hash (hex) of kept bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_of_publication(
    *, publication_id: str, title: str, document_sha256: str, planned_on: date | None
) -> bytes:
    """The same for a report or evaluation that is to be published."""
    told = {
        "publication_id": publication_id,
        "title": title,
        "document_sha256": document_sha256,
        "planned_on": planned_on.isoformat() if planned_on else None,
    }
    return rfc8785.dumps(told)


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _plain(value: Any) -> Any:
    match value:
        case Manifest() | PlannedInstalment():
            return {name: _plain(each) for name, each in vars(value).items()}
        case UUID() | date():
            return str(value)
        case tuple():
            return [_plain(each) for each in value]
        case _:
            return value
