"""A case as it stands, in one answer: the money, and what each room shows of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.application import view as application_view
from services.grants.award import view as award_view
from services.grants.case.commitment import Commitment
from services.grants.case.informed import informed_by
from services.grants.case.state import state_of
from services.grants.case.until_informed import list_premature
from services.grants.case_view.lists import bounded
from services.grants.complaint import view as complaint_view
from services.grants.disbursement import view as disbursement_view
from services.grants.grant_letter import freezing as letter_freezing
from services.grants.recipient_report import view as report_view
from services.grants.withholding import view as withholding_view

Shown = Callable[[Sequence[Event]], Mapping[str, Any] | None]

# What each room shows of a case under its own name; a room with nothing to say is left out.
ROOMS: Mapping[str, Shown] = {
    "application": application_view.shown,
    "award": award_view.shown,
    "disbursement": disbursement_view.shown,
    "letter": letter_freezing.shown,
    "withholding": withholding_view.shown,
    "complaint": complaint_view.shown,
    "recipient_report": report_view.shown,
}


def show(case_id: UUID, events: Sequence[Event], *, number: str | None) -> dict[str, Any]:
    """What stands in a case, with the first of each list: what every act on it answers with, too, and is kept."""
    return bounded(show_whole(case_id, events, number=number))


def show_whole(case_id: UUID, events: Sequence[Event], *, number: str | None) -> dict[str, Any]:
    """What stands in a case: the number people call it by (None until it is recorded), its state, since when the
    recipient knows of the award, the proposal and the decision, the money instalment by instalment (whole øre), and
    each room's part. `before_letter` lists, as deviations to correct, facts of an earlier release that the recipient's
    letter should have come before."""
    commitment = fold_once(Commitment.fold, events, Commitment)
    rooms = {name: shown(events) for name, shown in ROOMS.items()}
    premature = [{"version": version, "fact": event.TOPIC} for version, event in list_premature(events)]
    return {
        "case_id": str(case_id),
        "case_number": number,
        "state": state_of(events),
        "informed_on": informed_by(events).since,
        "proposed": asdict(commitment.proposed) if commitment.proposed else None,
        "approved": asdict(commitment.approved) if commitment.approved else None,
        "committed_ore": commitment.committed_ore,
        "disbursed_ore": commitment.disbursed_ore,
        "withheld_ore": commitment.withheld_ore,
        "requested_ore": commitment.requested_ore,
        "repaid_ore": commitment.repaid_ore,
        "outstanding_ore": commitment.outstanding_ore,
        "instalments": [
            {**asdict(instalment), "free_ore": commitment.free_ore(instalment.number)}
            for instalment in commitment.instalments
        ],
        **{name: part for name, part in rooms.items() if part is not None},
        **({"before_letter": premature} if premature else {}),
    }
