"""What becomes of an award once it is made: its state, and what every act on it must respect.

How an award is made stands in `approval.py`. What the recipient says to it stands in `award_change/recipient.py`,
how two people change what was promised in `award_change/rules.py`, what the end of the budget year does to it in
`award_change/year_end.py`, and how a letter that was out before this system becomes known in
`grant_letter/imported_release.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.eventlog.refusal import Refusal
from services.grants.award.refusals import keep_open
from services.grants.case.commitment import NOTHING_PROMISED, Commitment
from services.grants.case.disputes import UNDISPUTED, Disputes
from services.grants.case.events.award import AwardMade
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardChangeProposed,
    AwardChangeReturned,
    AwardDeclined,
    AwardReduced,
    ChangeAnswered,
    ChangeRequested,
    SupplementaryAwardApproved,
    TermsAccepted,
)
from services.grants.case.events.complaint import ComplaintReceived
from services.grants.case.events.grant_letter import (
    LetterFrozen,
    LetterReleaseImported,
    LetterReleaseImportProposed,
)
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed
from services.grants.case.events.year_end import CommitmentCarriedOver, CommitmentHeldOver, CommitmentLapsed
from services.grants.case.granted_application import NOBODY_APPLIED, GrantedApplication
from services.grants.case.informed import NOT_INFORMED, Informed


class AwardGone(Refusal):
    """The recipient refused the award, or it is annulled: nothing of it is left to act on."""

    code = "award-gone"
    title = "Tilskuddet er frafalt eller omgjort"


class BeforeApproval(Refusal):
    """The day lies before the award it is about."""

    code = "before-approval"
    title = "Datoen er før vedtaket"


class PaymentUnderway(Refusal):
    """A payment is attested and neither paid nor refused: it must be answered or taken back first."""

    code = "payment-underway"
    title = "En utbetaling er under behandling"


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What this room needs to know of an award. The money stands in `commitment`; `waiting` is a proposed change, and
    `drafts` are all that were proposed since the last was decided, returned ones too. `claims` are all there were of a
    letter that went out before this system. `frozen`: a letter was made here, of this award or of a proposal before
    it. `turns` are the years that have ended for it; `unbooked` those recorded before the next year's books knew of
    them."""

    commitment: Commitment = NOTHING_PROMISED
    applied_for: GrantedApplication = NOBODY_APPLIED
    disputes: Disputes = UNDISPUTED
    claims: tuple[LetterReleaseImportProposed, ...] = ()
    letter: LetterReleaseImported | None = None
    informed: Informed = NOT_INFORMED
    accepted: TermsAccepted | None = None
    gone: AwardDeclined | AwardAnnulled | None = None
    waiting: AwardChangeProposed | None = None
    drafts: tuple[AwardChangeProposed, ...] = ()
    sent_back: AwardChangeReturned | None = None
    changes: tuple[SupplementaryAwardApproved | AwardReduced | AwardAnnulled, ...] = ()
    requests: tuple[ChangeRequested, ...] = ()
    answers: tuple[ChangeAnswered, ...] = ()
    turns: tuple[CommitmentCarriedOver | CommitmentLapsed, ...] = ()
    unbooked: tuple[CommitmentHeldOver, ...] = ()
    ended: bool = False
    frozen: bool = False

    @property
    def out_on(self) -> date | None:
        """The day its letter went out; None while it has not."""
        return self.informed.out_on

    @property
    def claimed(self) -> LetterReleaseImportProposed | None:
        """The claim that stands: a better one replaces a waiting one."""
        return self.claims[-1] if self.claims else None

    def find_answer(self, number: int) -> ChangeAnswered | None:
        return next((answer for answer in self.answers if answer.number == number), None)


def evolve(granted: Granted, event: Event) -> Granted:
    """The award after this fact. A change that is decided, returned, or overtaken by a refusal no longer waits; money
    promised anew makes an award that was gone stand again."""
    granted = replace(
        granted,
        commitment=granted.commitment.fold(event),
        applied_for=granted.applied_for.fold(event),
        disputes=granted.disputes.fold(event),
        informed=granted.informed.fold(event),
    )
    match event:
        case LetterFrozen():
            return replace(granted, frozen=True)
        case LetterReleaseImportProposed():
            return replace(granted, claims=(*granted.claims, event))
        case LetterReleaseImported():
            return replace(granted, letter=event)
        case TermsAccepted():
            return replace(granted, accepted=event)
        case ChangeRequested():
            return replace(granted, requests=(*granted.requests, event))
        case ChangeAnswered():
            return replace(granted, answers=(*granted.answers, event))
        case AwardSettled() | CaseClosed():
            return replace(granted, ended=True)
        case ComplaintReceived():
            return replace(granted, ended=False)
        case CommitmentCarriedOver() | CommitmentLapsed():
            return replace(granted, turns=(*granted.turns, event))
        case CommitmentHeldOver():
            return replace(granted, unbooked=(*granted.unbooked, event))
    return _changed(granted, event)


def _changed(granted: Granted, event: Event) -> Granted:
    match event:
        case AwardChangeProposed():
            return replace(granted, waiting=event, drafts=(*granted.drafts, event), sent_back=None)
        case AwardChangeReturned():
            return replace(granted, waiting=None, sent_back=event)
        case SupplementaryAwardApproved():
            return replace(granted, waiting=None, drafts=(), gone=None, changes=(*granted.changes, event))
        case AwardReduced():
            return replace(granted, waiting=None, drafts=(), changes=(*granted.changes, event))
        case AwardAnnulled():
            return replace(granted, waiting=None, drafts=(), gone=event, changes=(*granted.changes, event))
        case AwardDeclined():
            return replace(granted, waiting=None, gone=event)
        case _:
            return granted


def fold(events: Sequence[Event]) -> Granted:
    """The case as this room knows it."""
    return fold_once(evolve, events, Granted)


def keep_standing(granted: Granted) -> AwardMade:
    """The approval, once something is promised and still stands: refuses `NotCommitted`, `CaseSettled`, `AwardGone`."""
    approved = granted.commitment.approval()
    keep_open(granted.ended)
    match granted.gone:
        case AwardDeclined(declined_on=day):
            raise AwardGone(f"The recipient refused the award on {day}.")
        case AwardAnnulled(annulled_on=day):
            raise AwardGone(f"The award was annulled on {day}.")
    return approved


def keep_after_approval(granted: Granted, day: date) -> None:
    """Refuse (`BeforeApproval`) a day on which nothing was promised yet."""
    approved_on = granted.commitment.approval().approved_on
    if day < approved_on:
        raise BeforeApproval(f"The award counts from {approved_on}.", approved_on=str(approved_on))


def keep_payments_answered(granted: Granted) -> None:
    """Refuse (`PaymentUnderway`) to let a promise fall away while a payment of it is on its way."""
    if granted.commitment.requested_ore:
        raise PaymentUnderway(
            f"{granted.commitment.requested_ore} øre is attested and not yet answered by accounting.",
            requested_ore=granted.commitment.requested_ore,
        )
