"""What is answered of a scheme's notice policy."""

from dataclasses import asdict
from typing import Any

from services.grants.scheme.notice_policy.rules import PolicyOfScheme


def show_policy(policy: PolicyOfScheme) -> dict[str, Any]:
    """What counts for awards approved from now on (null: notice is owed), and what waits for somebody else than its
    authors."""
    counts, waits = policy.confirmed, policy.proposed
    by = {"proposed_by": waits.proposed_by, "written_by": sorted(policy.authors)} if waits else {}
    return {
        "confirmed": asdict(counts) if counts else None,
        "proposed": {"policy": asdict(waits.policy), **by} if waits else None,
    }
