"""How an application is answered with no: dismissed (avvist), for it cannot be taken up; or rejected (avslått), for it
was taken up and did not get there.

Both are individual decisions (forvaltningsloven § 2 first paragraph b and third paragraph), so one person prepares and
another decides (domain rule 3); whoever assessed the application has prepared it too. Both can be complained of.
"""

from datetime import date
from typing import TypeVar

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.application.assessment import need_counting
from services.grants.application.impartiality import need_not_partial
from services.grants.application.rules import Application, Proposal, need_no_award, need_open, need_reason
from services.grants.case.events.application import (
    ApplicationDismissed,
    ApplicationRejected,
    DismissalGround,
    DismissalProposed,
    DismissalReturned,
    RejectionGround,
    RejectionProposed,
    RejectionReturned,
)

Kind = TypeVar("Kind", DismissalProposed, RejectionProposed)


class AnswerAlreadyProposed(Refusal):
    """A dismissal or a rejection waits already."""

    code = "answer-already-proposed"
    title = "Et annet forslag til svar venter"


class NoSuchProposal(Refusal):
    """No dismissal, or no rejection, waits for a decision."""

    code = "no-such-proposal"
    title = "Det er ingenting å ta stilling til"


class CameInTime(Refusal):
    """A version counts, so the application is not too late."""

    code = "application-came-in-time"
    title = "Søknaden kom i tide"


class SupplementNotRequested(Refusal):
    """An applicant is told what is missing, and by when, before the application is dismissed for lacking it."""

    code = "supplement-not-requested"
    title = "Søkeren er ikke bedt om å sende det som mangler"


class SupplementPeriodOpen(Refusal):
    """The applicant may still send what is missing."""

    code = "supplement-period-open"
    title = "Søkeren har fortsatt frist til å svare"


class NotAssessed(Refusal):
    """Nobody has held the application against the criteria it is to be rejected by."""

    code = "not-assessed"
    title = "Søknaden er ikke vurdert"


class DecidedBeforeProposed(Refusal):
    """The decision is dated before what it decides on."""

    code = "decided-before-proposed"
    title = "Vedtaket er datert før forslaget"


def propose_dismissal(
    application: Application, *, ground: DismissalGround, reason: str, proposed_on: date, proposed_by: str
) -> list[Event]:
    """Prepare a dismissal. As late: only if nothing came in time or was taken in. As incomplete: only once the
    applicant was asked for what is missing and had their time. The same proposal again returns no event.

    Refuses `AnswerAlreadyProposed`, `CameInTime`, `SupplementNotRequested`, `SupplementPeriodOpen`, `AwardWaits`,
    `NotImpartial`, `ApplicationReasonMissing` and what `need_open` refuses.
    """
    proposed = DismissalProposed(ground=ground, reason=reason, proposed_on=proposed_on, proposed_by=proposed_by)
    if application.proposal == proposed:
        return []
    _may_propose(application, reason, proposed_by)
    if ground == "late" and application.counting is not None:
        raise CameInTime(f"Version {application.counting.version} counts. Give another ground.")
    if ground == "incomplete":
        _need_asked(application, proposed_on)
    return [proposed]


def propose_rejection(
    application: Application, *, ground: RejectionGround, reason: str, proposed_on: date, proposed_by: str
) -> list[Event]:
    """Prepare a rejection of what came in time. By priority or criteria: only once it is assessed. The same proposal
    again returns no event.

    Refuses `AnswerAlreadyProposed`, `LateNotTakenIn`, `NotAssessed`, `AwardWaits`, `NotImpartial`,
    `ApplicationReasonMissing` and what `need_open` refuses.
    """
    proposed = RejectionProposed(ground=ground, reason=reason, proposed_on=proposed_on, proposed_by=proposed_by)
    if application.proposal == proposed:
        return []
    _may_propose(application, reason, proposed_by)
    counting = need_counting(application)
    if ground in ("not-prioritised", "criteria-not-met") and not application.assessments_of(counting.version):
        raise NotAssessed(f"Have version {counting.version} assessed first.", version=counting.version)
    return [proposed]


def return_dismissal(application: Application, *, reason: str, returned_by: str) -> list[Event]:
    """Send the proposed dismissal back; its preparer may also take it back. The same return again returns no event.

    Refuses `NoSuchProposal`, `NotImpartial`, `ApplicationReasonMissing` and what `need_open` refuses.
    """
    returned = DismissalReturned(reason=reason, returned_by=returned_by)
    if application.returned == returned:
        return []
    _waiting(application, DismissalProposed)
    need_not_partial(application, returned_by)
    need_reason(reason)
    return [returned]


def return_rejection(application: Application, *, reason: str, returned_by: str) -> list[Event]:
    """Send the proposed rejection back; its preparer may also take it back. The same return again returns no event.

    Refuses `NoSuchProposal`, `NotImpartial`, `ApplicationReasonMissing` and what `need_open` refuses.
    """
    returned = RejectionReturned(reason=reason, returned_by=returned_by)
    if application.returned == returned:
        return []
    _waiting(application, RejectionProposed)
    need_not_partial(application, returned_by)
    need_reason(reason)
    return [returned]


def dismiss(application: Application, *, dismissed_on: date, dismissed_by: str) -> list[Event]:
    """Decide the proposed dismissal, as a second person. The same decision again returns no event.

    Refuses `NoSuchProposal`, `SamePersonTwice`, `NotImpartial`, `AwardWaits`, `DecidedBeforeProposed`, `CameInTime`
    (taken in since) and what `need_open` refuses.
    """
    match application.ending:
        case ApplicationDismissed(dismissed_on=on, dismissed_by=by) if (on, by) == (dismissed_on, dismissed_by):
            return []
    proposed = _waiting(application, DismissalProposed)
    _may_decide(application, "dismiss application", proposed, dismissed_on, dismissed_by)
    if proposed.ground == "late" and application.counting is not None:
        raise CameInTime(f"Version {application.counting.version} was taken in. Return the proposal.")
    return [
        ApplicationDismissed(
            ground=proposed.ground, reason=proposed.reason, dismissed_on=dismissed_on, dismissed_by=dismissed_by
        )
    ]


def reject(application: Application, *, rejected_on: date, rejected_by: str) -> list[Event]:
    """Decide the proposed rejection, as a second person. The same decision again returns no event.

    Refuses `NoSuchProposal`, `SamePersonTwice`, `NotImpartial`, `AwardWaits`, `DecidedBeforeProposed` and what
    `need_open` refuses.
    """
    match application.ending:
        case ApplicationRejected(rejected_on=on, rejected_by=by) if (on, by) == (rejected_on, rejected_by):
            return []
    proposed = _waiting(application, RejectionProposed)
    _may_decide(application, "reject application", proposed, rejected_on, rejected_by)
    return [
        ApplicationRejected(
            ground=proposed.ground, reason=proposed.reason, rejected_on=rejected_on, rejected_by=rejected_by
        )
    ]


def _may_propose(application: Application, reason: str, proposed_by: str) -> None:
    need_open(application)
    need_no_award(application)
    need_not_partial(application, proposed_by)
    if application.proposal is not None:
        raise AnswerAlreadyProposed("Another answer waits for a decision. Have it returned first.")
    need_reason(reason)


def _may_decide(application: Application, act: str, proposed: Proposal, decided_on: date, decided_by: str) -> None:
    need_no_award(application)
    need_not_partial(application, decided_by)
    done = dict.fromkeys(("propose dismissal", "propose rejection"), authors(application.proposals))
    done["assess application"] = frozenset(made.assessed_by for made in application.assessments)
    keep_apart(decided_by, act, done)
    if decided_on < proposed.proposed_on:
        raise DecidedBeforeProposed(f"It was proposed on {proposed.proposed_on}. Date the decision that day or later.")


def _need_asked(application: Application, proposed_on: date) -> None:
    if not application.requests:
        raise SupplementNotRequested("Ask the applicant for what is missing, with a day to answer by.")
    waits = application.unanswered
    if waits is not None and proposed_on <= waits.reply_by:
        raise SupplementPeriodOpen(
            f"The applicant may answer to the end of {waits.reply_by}.", reply_by=str(waits.reply_by)
        )


def _waiting(application: Application, kind: type[Kind]) -> Kind:
    """What waits, if it is of this kind."""
    need_open(application)
    if not isinstance(application.proposal, kind):
        raise NoSuchProposal("Nothing of that kind waits for a decision. Read the case again.")
    return application.proposal
