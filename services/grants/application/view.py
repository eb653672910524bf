"""What a case shows of its application, and how far it has come. Amounts are whole øre."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.application.overlaps import Beside
from services.grants.application.rules import Application, evolve
from services.grants.case.events.application import (
    ApplicationDismissed,
    ApplicationRejected,
    ApplicationWithdrawn,
    DismissalProposed,
    RejectionProposed,
)

Standing = Literal[
    "late",
    "received",
    "supplement-requested",
    "assessed",
    "dismissal-proposed",
    "rejection-proposed",
    "award-proposed",
    "granted",
    "withdrawn",
    "dismissed",
    "rejected",
]


def fold(events: Sequence[Event]) -> Application:
    """The case as this room knows it."""
    return fold_once(evolve, events, Application)


def standing(application: Application) -> Standing:
    """How far the application has come, in one word."""
    match application.ending or application.proposal:
        case ApplicationWithdrawn():
            return "withdrawn"
        case ApplicationDismissed():
            return "dismissed"
        case ApplicationRejected():
            return "rejected"
        case DismissalProposed():
            return "dismissal-proposed"
        case RejectionProposed():
            return "rejection-proposed"
    if application.granted:
        return "granted"
    if application.award_waits:
        return "award-proposed"
    counting = application.counting
    if counting is None:
        return "late"
    if application.unanswered is not None:
        return "supplement-requested"
    return "assessed" if application.assessments_of(counting.version) else "received"


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """The application as it stands: every version as received, what was asked for, who is impartial, each assessment
    and whether it is stale, and the answer. Of contact persons only the rows' ids."""
    application = fold(events)
    if not application.versions:
        return None
    counting = application.counting
    proposal, ending = application.proposal, application.ending
    return {
        "state": standing(application),
        "counting_version": counting.version if counting else None,
        "versions": [asdict(version) for version in application.versions],
        "taken_in_late": [asdict(each) for each in application.taken_in],
        "supplement_requests": [
            {**asdict(asked), "answered": asked != application.unanswered} for asked in application.requests
        ],
        "impartiality": [asdict(stated) for stated in application.statements.values()],
        "assessments": [
            {**asdict(made), "stale": counting is None or made.version != counting.version}
            for made in application.assessments
        ],
        "proposed_answer": {"topic": proposal.TOPIC, **asdict(proposal)} if proposal else None,
        "returned_answer": asdict(application.returned) if application.returned else None,
        "answer": {"topic": ending.TOPIC, **asdict(ending)} if ending else None,
        "contact_id": application.contact_id,
        "erased_contacts": sorted(application.erased),
    }


def beside(case_id: UUID, application: Application) -> Beside:
    """The application itself, as it is compared with others. It has a version."""
    told = application.counting or application.versions[-1]
    return Beside(
        case_id=case_id,
        call_id=told.call_id,
        scheme_id=told.scheme_id,
        year=told.year,
        applicant=told.applicant.name,
        organisation_number=told.applicant.organisation_number,
        municipality_number=told.applicant.municipality_number,
        title=told.title,
        sought_ore=told.amount_sought_ore,
        state=standing(application),
    )
