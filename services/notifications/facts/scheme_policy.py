"""What grants told of the notice policies of schemes (`scheme-<id>`), and of the decisions they govern: when they were
recorded and whose they are (`letter-<case>`). `_on` and `_from` are days in Europe/Oslo, `_at` instants in UTC, people
subject ids.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.eventlog.events import Event


@dataclass(frozen=True, kw_only=True)
class SchemePolicyHeard(Event, topic="scheme.notice-policy-heard.v1"):
    """Grants told what the terms of a scheme say of notice, as one person wrote them. Letters were once let out on it;
    it lets none out any more."""

    scheme_id: str
    version: int
    rule: Literal["notice", "exempt"]
    source: str
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ConfirmedPolicyHeard(Event, topic="scheme.notice-policy-heard.v2"):
    """Grants told that a scheme's notice policy was confirmed by somebody who wrote no part of it: whether its awards
    are given notice of, where that stands (the document by its hex SHA-256), and when grants' log recorded it."""

    scheme_id: str
    version: int
    rule: Literal["notice", "exempt"]
    source: str
    valid_from: date
    document_sha256: str
    written_by: tuple[str, ...]
    confirmed_by: str
    confirmed_at: datetime


@dataclass(frozen=True, kw_only=True)
class DecisionHeard(Event, topic="letter.decision-heard.v1"):
    """Grants told of a decision that the letter tells of: the award's approval, or a change of it. `decided_at` is when
    grants' log recorded it, `decided_by` who decided; None where grants did not say. `change` is what kind of change it
    was, told together with who decided; None for an approval. `version` is the stream version of the decision there."""

    version: int
    decided_at: datetime | None
    decided_by: str | None = None
    change: Literal["annulled", "declined", "lapsed", "reduced", "supplementary"] | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeHeard(Event, topic="letter.change-heard.v1"):
    """Grants told that somebody put a change of the award forward. Nothing is decided by it."""

    change: Literal["supplementary", "reduction", "annulment"]
    version: int
    proposed_by: str
