"""An application as its facts leave it. What may be done with it stands beside: `receiving.py`, `impartiality.py`,
`assessment.py` and `outcome.py`.

A version counts when it came in time: for the call, or for the request it answers. A late one is kept and shown, and
counts only once an approver has taken it in; nothing is assessed or refused on its merits before it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.eventlog.refusal import Refusal
from services.grants.case.application_versions import counting
from services.grants.case.events.application import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationWithdrawn,
    ContactErased,
    ContactNamed,
    DismissalProposed,
    DismissalReturned,
    ImpartialityStated,
    LateAccepted,
    RejectionProposed,
    RejectionReturned,
    SupplementRequested,
)
from services.grants.case.events.award import AwardMade, AwardProposed, AwardReturned
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived, DecisionReversed, Disputed
from services.text.folding import is_blank

Ending = ApplicationWithdrawn | ApplicationDismissed | ApplicationRejected
Proposal = DismissalProposed | RejectionProposed
Return = DismissalReturned | RejectionReturned


class NoApplication(Refusal):
    """Nobody applied in this case: the recipient is named, agreed with or reckoned per capita."""

    code = "no-application"
    title = "Det er ingen søknad i saken"


class ApplicationEnded(Refusal):
    """It is withdrawn, dismissed or rejected, and nothing more is done with it."""

    code = "application-ended"
    title = "Søknaden er avsluttet"


class ApplicationGranted(Refusal):
    """An award is approved; what was promised is changed by the award's own acts."""

    code = "application-granted"
    title = "Søknaden er innvilget"


class AwardWaits(Refusal):
    """An award is proposed in the case and waits for its approver."""

    code = "award-waits"
    title = "Et forslag om tilskudd venter på godkjenning"


class ApplicationReasonMissing(Refusal):
    """Nothing is refused, returned or taken in without a reason that can be read afterwards."""

    code = "application-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"


@dataclass(frozen=True, kw_only=True)
class Application:
    """What this room knows of a case. `assessments` has each person's last of each version; `proposal` is a dismissal
    or rejection that waits, `proposals` all since the last decision, returned ones too; `disputed` tells which decision
    each complaint is about; `contact_id` is the row of who is written to now, `contacts` of everybody there was."""

    versions: tuple[ApplicationReceived, ...] = ()
    taken_in: tuple[LateAccepted, ...] = ()
    requests: tuple[SupplementRequested, ...] = ()
    statements: Mapping[str, ImpartialityStated] = field(default_factory=dict)
    assessments: tuple[ApplicationAssessed, ...] = ()
    proposal: Proposal | None = None
    proposals: tuple[Proposal, ...] = ()
    returned: Return | None = None
    ending: Ending | None = None
    award_waits: bool = False
    granted: bool = False
    disputed: Mapping[int, Disputed] = field(default_factory=dict)
    contact_id: UUID | None = None
    contacts: frozenset[UUID] = frozenset()
    erased: frozenset[UUID] = frozenset()

    @property
    def numbers(self) -> frozenset[str | None]:
        """The organisation numbers that earlier versions gave the applicant."""
        return frozenset(version.applicant.organisation_number for version in self.versions)

    @property
    def counting(self) -> ApplicationReceived | None:
        """The last version that came in time or was taken in all the same."""
        return counting(self.versions, {accepted.version for accepted in self.taken_in})

    @property
    def unanswered(self) -> SupplementRequested | None:
        """The last request for more, if no version has answered it in time."""
        answered = {version.answers for version in self.versions}
        return self.requests[-1] if self.requests and self.requests[-1].number not in answered else None

    def find_version(self, number: int) -> ApplicationReceived | None:
        return next((each for each in self.versions if each.version == number), None)

    def assessments_of(self, version: int) -> tuple[ApplicationAssessed, ...]:
        return tuple(made for made in self.assessments if made.version == version)


def evolve(application: Application, event: Event) -> Application:
    """The application after this fact. A new version takes away what was proposed of the last."""
    match event:
        case ApplicationReceived():
            return _named(
                replace(application, versions=(*application.versions, event), proposal=None), event.contact_id
            )
        case ContactNamed():
            return _named(application, event.contact_id)
        case ContactErased():
            return replace(application, erased=application.erased | {event.contact_id})
        case LateAccepted():
            return replace(application, taken_in=(*application.taken_in, event))
        case SupplementRequested():
            return replace(application, requests=(*application.requests, event))
        case ImpartialityStated():
            return replace(application, statements={**application.statements, event.person: event})
        case ApplicationAssessed():
            others = (made for made in application.assessments if _key(made) != _key(event))
            return replace(application, assessments=(*others, event))
        case DismissalProposed() | RejectionProposed():
            return replace(application, proposal=event, proposals=(*application.proposals, event), returned=None)
        case DismissalReturned() | RejectionReturned():
            return replace(application, proposal=None, returned=event)
        case ApplicationWithdrawn() | ApplicationDismissed() | ApplicationRejected():
            return replace(application, proposal=None, proposals=(), ending=event)
        case AwardProposed():
            return replace(application, award_waits=True)
        case AwardReturned():
            return replace(application, award_waits=False)
        case AwardMade():
            return replace(application, award_waits=False, granted=True)
        case _:
            return _complained(application, event)


def _named(application: Application, contact_id: UUID | None) -> Application:
    """A version without a contact leaves the one there was."""
    if contact_id is None:
        return application
    return replace(application, contact_id=contact_id, contacts=application.contacts | {contact_id})


def _complained(application: Application, event: Event) -> Application:
    """A dismissal or rejection that does not stand after a complaint leaves the application to be decided anew."""
    match event:
        case ComplaintReceived(number=number, disputed=disputed):
            return replace(application, disputed={**application.disputed, number: disputed})
        case ComplaintDecided(number=number, outcome="changed" | "annulled" | "returned"):
            return _reopened(application, number)
        case DecisionReversed(number=number, wholly=True):
            return _reopened(application, number)
        case _:
            return application


def _reopened(application: Application, complaint: int) -> Application:
    if application.disputed.get(complaint) not in ("rejection", "dismissal"):
        return application
    return replace(application, ending=None)


def _key(made: ApplicationAssessed) -> tuple[str, int]:
    return made.assessed_by, made.version


def need_open(application: Application) -> None:
    """Refuse (`NoApplication`, `ApplicationEnded`, `ApplicationGranted`) unless it is still to be decided."""
    if not application.versions:
        raise NoApplication("Nobody has applied in this case.")
    match application.ending:
        case ApplicationWithdrawn(withdrawn_on=day):
            raise ApplicationEnded(f"The application was withdrawn on {day}.")
        case ApplicationDismissed(dismissed_on=day):
            raise ApplicationEnded(f"The application was dismissed on {day}. Only a complaint opens it again.")
        case ApplicationRejected(rejected_on=day):
            raise ApplicationEnded(f"The application was rejected on {day}. Only a complaint opens it again.")
    if application.granted:
        raise ApplicationGranted("An award is approved in this case. Change it by the award's own acts.")


def need_no_award(application: Application) -> None:
    """Refuse (`AwardWaits`) while an award is proposed: the two answers exclude each other."""
    if application.award_waits:
        raise AwardWaits("An award is proposed in this case. Have it returned first.")


def need_undecided(application: Application) -> None:
    """Refuse what `need_open` and `need_no_award` refuse."""
    need_open(application)
    need_no_award(application)


def need_reason(reason: str) -> None:
    """Refuse (`ApplicationReasonMissing`) a reason without words."""
    if is_blank(reason):
        raise ApplicationReasonMissing("Say why, in words that can be read afterwards.")
