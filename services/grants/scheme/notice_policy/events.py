"""What can have happened to a scheme's notice policy: proposed, confirmed by a second person, or turned down. On the
scheme's own stream, `scheme-<scheme_id>`. Terms that are registered or revised propose one too.
"""

from dataclasses import dataclass

from services.eventlog.events import Event
from services.grants.scheme.events import NoticePolicy


@dataclass(frozen=True, kw_only=True)
class NoticePolicyProposed(Event, topic="scheme.notice-policy-proposed.v1"):
    """Somebody proposes whether the ministry is told before the scheme's letters leave, on a document with its digest.
    It frees nothing."""

    policy: NoticePolicy
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class NoticePolicyConfirmed(Event, topic="scheme.notice-policy-confirmed.v1"):
    """Somebody who wrote no part of it found the policy to be what its document says. It counts for awards approved
    after this was recorded, by the log's own time, and for no other. `written_by` are all who wrote some part of it."""

    policy: NoticePolicy
    written_by: tuple[str, ...]
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class NoticePolicyRejected(Event, topic="scheme.notice-policy-rejected.v1"):
    """The second person did not find that the document says so. What was confirmed before goes on counting."""

    reason: str
    rejected_by: str
