"""The ground something left on, as public messages tell it."""

from typing import Any

from services.calendar.clock import in_utc
from services.notifications.facts.release import AfterNotice, Ground, SchemeExempt, Waived


def told_ground(ground: Ground) -> dict[str, Any]:
    """The ground, as messages tell it."""
    match ground:
        case AfterNotice():
            return {
                "kind": "notice",
                "notice_id": str(ground.notice_id),
                "opened_at": in_utc(ground.opened_at),
            }
        case SchemeExempt():
            return {"kind": "scheme-policy", "source": ground.source}
        case Waived():
            return {"kind": "waiver", "document_sha256": ground.document_sha256}
