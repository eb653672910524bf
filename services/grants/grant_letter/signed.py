"""Who prepared and decided the award as it stands, whom a letter of it names."""

from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.grants.case.events.award import AwardMade, AwardProposed
from services.grants.case.events.award_change import AwardChangeProposed, AwardReduced, SupplementaryAwardApproved


@dataclass(frozen=True, kw_only=True)
class Signed:
    """`prepared_by` and `decided_by` are of the award as it now stands, decided last on `decided_on` (Europe/Oslo):
    nobody has decided a proposal that waits. `drafted_by` prepared the change that waits, and `change` is the ground of
    what was last changed, as the recipient reads it."""

    prepared_by: str | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    drafted_by: str | None = None
    change: str | None = None


UNSIGNED = Signed()


def signed_after(signed: Signed, event: Event) -> Signed:
    """Who prepared and decided it after this fact. A change that is decided is whose it is."""
    match event:
        case AwardProposed(proposed_by=person):
            return replace(signed, prepared_by=person, decided_by=None, decided_on=None, change=None)
        case AwardMade(approved_by=person, approved_on=day):
            return replace(signed, decided_by=person, decided_on=day)
        case AwardChangeProposed(proposed_by=person):
            return replace(signed, drafted_by=person)
        case (
            SupplementaryAwardApproved(approved_by=person, ground=ground, approved_on=day)
            | AwardReduced(approved_by=person, ground=ground, reduced_on=day)
        ):
            prepared = signed.drafted_by or signed.prepared_by
            latest_on = max(day, signed.decided_on or day)
            return replace(signed, prepared_by=prepared, decided_by=person, decided_on=latest_on, change=ground.text)
    return signed
