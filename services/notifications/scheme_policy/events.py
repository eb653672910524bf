"""What grants told of the notice policies of schemes (`scheme-<id>`), and when it recorded the decisions they govern
(`letter-<case>`). `_on` and `_from` are days in Europe/Oslo, `_at` instants in UTC, people subject ids.
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
    grants' log recorded it; None where grants did not say. `version` is the stream version of the decision there."""

    version: int
    decided_at: datetime | None
