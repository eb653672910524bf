"""How a permit to send is answered."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from services.grants.grant_letter.rules import MOST_BETWEEN_CLOCKS, Permit
from services.grants.grant_letter.view import PermitRow


class PermitGiven(BaseModel):
    """A permit that runs, for the notifications service to send by, and to be held against grants' log by anybody.

    A send may begin until `until` less the 60 seconds that clocks may differ by.
    """

    position: int = Field(description="Of the fact, in grants' log.")
    hash: str = Field(description="Of the fact, in the chain of grants' log (hex).")
    attempt: int
    letter_sha256: str
    granted_at: datetime
    until: datetime


def given(row: PermitRow) -> PermitGiven:
    """The permit as told to whoever may send by it."""
    return PermitGiven(
        position=row.position,
        hash=row.hash,
        attempt=row.attempt,
        letter_sha256=row.letter_sha256,
        granted_at=row.granted_at,
        until=row.until,
    )


def shown(permit: Permit) -> dict[str, Any]:
    """The last permit as people see it: whether its outcome is known, and from when it can be written off."""
    assert permit.granted is not None, "shown only where one was granted"
    return {
        "attempt": permit.granted.attempt,
        "letter_sha256": permit.granted.letter_sha256,
        "granted_at": permit.granted_at,
        "until": permit.until,
        "outcome": permit.outcome,
        "written_off_by": permit.written_off.confirmed_by if permit.written_off else None,
        "write_off": {"reason": permit.write_off.reason, "proposed_by": permit.write_off.proposed_by}
        if permit.write_off
        else None,
        "write_off_from": permit.until + MOST_BETWEEN_CLOCKS if permit.is_open else None,
    }
