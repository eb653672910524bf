"""What binds a letter: canonical JSON (RFC 8785) of everything the ministry is told of it, and its SHA-256."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

import rfc8785

from services.notifications.release.events import Manifest, PlannedInstalment


def canonical(manifest: Manifest) -> bytes:
    """The one spelling of it: keys in order, no spaces, days and ids as text. Amounts are whole øre."""
    return rfc8785.dumps(_plain(manifest))


def sha256_of(manifest: Manifest) -> str:
    """Its hash (hex), which stands in the notice and the release."""
    return hashlib.sha256(canonical(manifest)).hexdigest()


def sha256_of_publication(*, publication_id: str, title: str, document_sha256: str, planned_on: date | None) -> str:
    """The same for a report or evaluation that is to be published."""
    told = {
        "publication_id": publication_id,
        "title": title,
        "document_sha256": document_sha256,
        "planned_on": planned_on.isoformat() if planned_on else None,
    }
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


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
