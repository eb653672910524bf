"""What was applied for in a case, as an award knows it: who sought how much, how far it is assessed, and who may not
decide. Folded from the application's facts, and from complaints that open a closed answer again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.eventlog.folding import first, replace, shared
from services.eventlog.refusal import Refusal
from services.grants.case.application_versions import counting
from services.grants.case.events.application import (
    ApplicationAssessed,
    ApplicationDismissed,
    ApplicationReceived,
    ApplicationRejected,
    ApplicationWithdrawn,
    DismissalProposed,
    DismissalReturned,
    ImpartialityStated,
    LateAccepted,
    RejectionProposed,
    RejectionReturned,
)
from services.grants.case.events.award import Applied, AwardProposed
from services.grants.case.events.complaint import ComplaintDecided, ComplaintReceived, DecisionReversed
from services.text.people import is_among


class BasisNotOfCase(Refusal):
    """A case that began with an application is awarded on that application as it last stood, and only such a case is:
    its call, its latest version, its applicant as recorded."""

    code = "basis-not-of-case"
    title = "Grunnlaget er ikke søknaden i saken"


class ApplicationOver(Refusal):
    """The application is withdrawn, dismissed or rejected, or a refusal of it waits for a decision."""

    code = "application-over"
    title = "Søknaden er ikke lenger til behandling"


class ApplicationNotAssessed(Refusal):
    """Nobody has assessed the version that would be granted."""

    code = "application-not-assessed"
    title = "Søknaden er ikke vurdert"


class AwardBeyondSought(Refusal):
    """More than the applicant asked for."""

    code = "award-beyond-sought"
    title = "Beløpet er høyere enn omsøkt"


class NotImpartial(Refusal):
    """The person has stated that something ties them to this application (forvaltningsloven § 6)."""

    code = "not-impartial"
    title = "Du er inhabil i saken"


@dataclass(frozen=True, kw_only=True)
class GrantedApplication:
    """The application as it last stood: `versions` are all that were received, `taken_in` the numbers of those that
    came too late and were taken in all the same. `over` says why it cannot be granted. `complained` are the complaints
    of its rejection or dismissal."""

    versions: tuple[ApplicationReceived, ...] = ()
    taken_in: frozenset[int] = frozenset()
    assessed_by: frozenset[str] = frozenset()
    assessed_version: int = 0
    partial: frozenset[str] = frozenset()
    over: str | None = None
    complained: frozenset[int] = frozenset()

    @property
    def received(self) -> ApplicationReceived | None:
        """The version that counts; None in a case that did not begin with an application, or whose came too late."""
        return counting(self.versions, self.taken_in) if self.versions else None

    @property
    def arrived_on(self) -> date | None:
        """The day the version that counts arrived; none in a case that did not begin with an application."""
        return self.received.arrived_on if self.received else None

    @shared(
        ApplicationReceived,
        LateAccepted,
        ApplicationAssessed,
        ImpartialityStated,
        RejectionProposed,
        DismissalProposed,
        RejectionReturned,
        DismissalReturned,
        ApplicationWithdrawn,
        ApplicationDismissed,
        ApplicationRejected,
        ComplaintReceived,
        ComplaintDecided,
        DecisionReversed,
    )
    def fold(self, event: Event) -> "GrantedApplication":
        """The application after this fact; facts that say nothing of it change nothing. Never refuses."""
        match event:
            case ApplicationReceived(late=late):
                return replace(self, versions=(*self.versions, event), over=self.over if late else None)
            case LateAccepted(version=version):
                return replace(self, taken_in=self.taken_in | {version}, over=None)
            case ApplicationAssessed():
                return replace(self, assessed_by=self.assessed_by | {event.assessed_by}, assessed_version=event.version)
            case ImpartialityStated(person=person, impartial=impartial):
                return replace(self, partial=self.partial - {person} if impartial else self.partial | {person})
            case RejectionProposed():
                return replace(self, over="A rejection of it is proposed. Have that returned first.")
            case DismissalProposed():
                return replace(self, over="A dismissal of it is proposed. Have that returned first.")
            case RejectionReturned() | DismissalReturned():
                return replace(self, over=None)
            case ApplicationWithdrawn():
                return replace(self, over=f"The applicant withdrew it on {event.withdrawn_on}.")
            case ApplicationDismissed():
                return replace(self, over=f"It was dismissed on {event.dismissed_on}.")
            case ApplicationRejected():
                return replace(self, over=f"It was rejected on {event.rejected_on}.")
        return self._complained(event)

    def _complained(self, event: Event) -> "GrantedApplication":
        match event:
            case ComplaintReceived(disputed="rejection" | "dismissal", number=number):
                return replace(self, complained=self.complained | {number})
            case (
                ComplaintDecided(number=number, outcome="changed" | "annulled" | "returned")
                | DecisionReversed(number=number, wholly=True)
            ):
                return replace(self, over=None) if number in self.complained else self
        return self

    def list_numbers(self, proposals: Iterable[AwardProposed]) -> list[str]:
        """The organisation and municipality numbers that stand in a case with these proposals."""
        numbers = [(each.recipient.organisation_number, each.recipient.municipality_number) for each in proposals]
        if applicant := self.received and self.received.applicant:
            numbers.append((applicant.organisation_number, applicant.municipality_number))
        return [number for pair in numbers for number in pair if number is not None]

    def check(self, proposal: AwardProposed) -> None:
        """Refuse an award that is not what this application can be granted: `BasisNotOfCase`, `ApplicationOver`,
        `ApplicationNotAssessed`, `AwardBeyondSought`. A case nobody applied in takes every other basis."""
        received = self.received
        if received is None and self.versions:
            raise ApplicationOver("The application came too late and is not taken in.")
        if received is None:
            if isinstance(proposal.basis, Applied):
                raise BasisNotOfCase("Nobody has applied in this case. Say what else the award stands on.")
            return
        self._check_same(received, proposal)
        if self.over:
            raise ApplicationOver(self.over)
        if self.assessed_version != received.version:
            raise ApplicationNotAssessed(f"Have version {received.version} of the application assessed first.")
        if proposal.amount_ore > received.amount_sought_ore:
            raise AwardBeyondSought(
                f"{received.amount_sought_ore} øre was sought.", sought_ore=received.amount_sought_ore
            )

    def _check_same(self, received: ApplicationReceived, proposal: AwardProposed) -> None:
        granted = Applied(call_id=received.call_id, version=received.version)
        if (proposal.basis, proposal.scheme_id) != (granted, received.scheme_id):
            raise BasisNotOfCase(
                f"The award stands on version {received.version} of the application to call {received.call_id}.",
                call_id=received.call_id,
                version=received.version,
                scheme_id=received.scheme_id,
            )
        applicant, recipient = received.applicant, proposal.recipient
        if (applicant.name, applicant.organisation_number, applicant.municipality_number) != (
            recipient.name,
            recipient.organisation_number,
            recipient.municipality_number,
        ):
            raise BasisNotOfCase(f"The recipient is the applicant as recorded: {applicant.name}.")

    def keep_impartial(self, person: str) -> None:
        """Refuse (`NotImpartial`) whoever has stated that they are not, by any spelling of their name."""
        if is_among(person, self.partial):
            raise NotImpartial(f"{person} has stated not to be impartial here. Ask a colleague.", person=person)


NOBODY_APPLIED = first(GrantedApplication)
"""Where every application begins."""
