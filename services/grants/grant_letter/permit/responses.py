"""How a permit to send is answered."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.grants.grant_letter.permit.events import Outcome
from services.grants.grant_letter.permit.rules import MOST_BETWEEN_CLOCKS, Permit
from services.grants.grant_letter.permit.view import PermitRow


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


class WriteOffShown(BaseModel):
    """Why no answer will come to a permit, as somebody has said it. A second person must confirm."""

    reason: str
    proposed_by: str


class PermitShown(BaseModel):
    """The last permit as people see it: whether its outcome is known, and from when it can be written off."""

    attempt: int
    letter_sha256: str
    granted_at: datetime
    until: datetime
    outcome: Outcome | None = Field(description="What came of the try; null while nobody knows here.")
    written_off_by: str | None = Field(description="Who confirmed that no answer will come: it then counts as left.")
    write_off: WriteOffShown | None = Field(description="What waits for a second person.")
    write_off_from: datetime | None = Field(description="From when it can be written off; null once it is over.")


def shown(permit: Permit) -> PermitShown:
    """The last permit as people see it."""
    assert permit.granted is not None, "shown only where one was granted"
    waits = permit.write_off
    return PermitShown(
        attempt=permit.granted.attempt,
        letter_sha256=permit.granted.letter_sha256,
        granted_at=permit.granted_at,
        until=permit.until,
        outcome=permit.outcome,
        written_off_by=permit.written_off.confirmed_by if permit.written_off else None,
        write_off=WriteOffShown(reason=waits.reason, proposed_by=waits.proposed_by) if waits else None,
        write_off_from=permit.until + MOST_BETWEEN_CLOCKS if permit.is_open else None,
    )
