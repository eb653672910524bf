"""What the recipient says to an award: they accept its terms, refuse it, or ask for changes and are answered."""

from datetime import date

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.award.refusals import need_reason
from services.grants.award.rules import (
    AwardGone,
    BeforeApproval,
    Granted,
    keep_after_approval,
    keep_payments_answered,
    keep_standing,
)
from services.grants.case.events.award_change import AwardDeclined, ChangeAnswered, ChangeRequested, TermsAccepted
from services.grants.case.informed import LetterNotOut
from services.text.folding import is_blank


class TermsAlreadyAccepted(Refusal):
    """The acceptance is on record, otherwise than told now."""

    code = "terms-already-accepted"
    title = "Vilkårene er allerede akseptert"


class CoverEnded(Refusal):
    """The promise held unaccepted to a day that has passed."""

    code = "cover-ended"
    title = "Fristen for å akseptere er ute"


class AcceptanceUndocumented(Refusal):
    """No document shows that the recipient accepted."""

    code = "acceptance-document-missing"
    status = 422
    title = "Dokumentet er ikke oppgitt"


class NothingUnpaid(Refusal):
    """Everything promised is paid: what comes back is a repayment or a reclaim."""

    code = "nothing-unpaid"
    title = "Alt er utbetalt"


class UnknownChangeRequest(Refusal):
    """The case has no change request of that number."""

    code = "unknown-change-request"
    status = 404
    title = "Endringsønsket finnes ikke"


class ChangeRequestAnswered(Refusal):
    """The request is answered, otherwise than told now."""

    code = "change-request-answered"
    title = "Endringsønsket er allerede besvart"


def accept_terms(granted: Granted, *, accepted_on: date, document: str, recorded_by: str) -> list[Event]:
    """Record that the recipient accepted the terms of the letter. The same acceptance again returns no event.

    The promise holds unaccepted to the end of its cover; after a late letter, as long as the recipient may complain. An
    acceptance after the day that the letter asks for counts while the promise holds, and is recorded as late: what is
    not accepted in time falls away by a decision of two people, never by itself.

    Refuses `NotCommitted`, `CaseSettled`, `AwardGone`, `TermsAlreadyAccepted`, `AcceptanceUndocumented`,
    `LetterNotOut`, `CoverEnded`.
    """
    asked_by = granted.informed.accept_by
    late_after = asked_by if asked_by and accepted_on > asked_by else None
    accepted = TermsAccepted(accepted_on=accepted_on, document=document, recorded_by=recorded_by, late_after=late_after)
    if accepted == granted.accepted:
        return []
    keep_standing(granted)
    if granted.accepted:
        raise TermsAlreadyAccepted(f"The terms were accepted on {granted.accepted.accepted_on}.")
    if not granted.commitment.committed_ore:
        raise AwardGone("Nothing of the award is left to accept: all that was promised has fallen away.")
    if is_blank(document):
        raise AcceptanceUndocumented("Name the document that shows the acceptance, as the archive knows it.")
    known_on = granted.informed.since
    if known_on is None or accepted_on < known_on:
        raise LetterNotOut("Terms are accepted once the letter is out, on that day at the earliest.")
    cover_ends_on = granted.commitment.approval().cover_valid_until
    if cover_ends_on is not None and accepted_on > (last := granted.informed.not_overdue_before(cover_ends_on)):
        raise CoverEnded(f"The promise held unaccepted to the end of {last}.", cover_valid_until=str(last))
    return [accepted]


def decline(granted: Granted, *, reason: str, declined_on: date, recorded_by: str) -> list[Event]:
    """Record that the recipient refuses the award: everything of it not yet paid falls away, what is withheld too. The
    same refusal again returns no event.

    Refuses `NotCommitted`, `CaseSettled`, `AwardGone`, `ReasonMissing`, `BeforeApproval`, `PaymentUnderway`,
    `NothingUnpaid`, `ReductionBeyondUnpaid` where a day since then shows less.
    """
    match granted.gone:
        case AwardDeclined() as gone if (gone.reason, gone.declined_on) == (reason, declined_on):
            return []
    keep_standing(granted)
    need_reason(reason)
    keep_after_approval(granted, declined_on)
    reductions = granted.commitment.list_rest()
    keep_payments_answered(granted)
    if not reductions:
        raise NothingUnpaid("Everything is paid. What the recipient gives back is recorded as a repayment.")
    granted.commitment.check_reductions(reductions, since=declined_on)
    return [AwardDeclined(reason=reason, reductions=reductions, declined_on=declined_on, recorded_by=recorded_by)]


def request_change(granted: Granted, *, asks: str, received_on: date, registered_by: str) -> list[Event]:
    """Register what the recipient asks to have otherwise. The same request of the same day again returns no event.

    Refuses `NotCommitted`, `CaseSettled`, `AwardGone`, `ReasonMissing`, `BeforeApproval`.
    """
    if any((request.asks, request.received_on) == (asks, received_on) for request in granted.requests):
        return []
    keep_standing(granted)
    need_reason(asks)
    keep_after_approval(granted, received_on)
    number = len(granted.requests) + 1
    return [ChangeRequested(number=number, asks=asks, received_on=received_on, registered_by=registered_by)]


def answer_change(
    granted: Granted, *, number: int, granted_it: bool, reason: str, answered_on: date, answered_by: str
) -> list[Event]:
    """Grant or refuse a change request, by another person than who registered it. What it does to the money is a change
    of its own. The same answer again returns no event.

    Refuses `UnknownChangeRequest`, `ChangeRequestAnswered`, `CaseSettled`, `AwardGone`, `SamePersonTwice`,
    `NotImpartial`, `ReasonMissing`, `BeforeApproval` before it arrived.
    """
    request = next((request for request in granted.requests if request.number == number), None)
    if request is None:
        raise UnknownChangeRequest(
            f"The case has {len(granted.requests)} change requests, and none is number {number}."
        )
    answer = ChangeAnswered(
        number=number, granted=granted_it, reason=reason, answered_on=answered_on, answered_by=answered_by
    )
    if (earlier := granted.find_answer(number)) == answer:
        return []
    if earlier:
        raise ChangeRequestAnswered(f"{earlier.answered_by} answered it on {earlier.answered_on}.")
    keep_standing(granted)
    keep_apart(answered_by, "answer change request", {"register change request": (request.registered_by,)})
    granted.applied_for.keep_impartial(answered_by)
    need_reason(reason)
    if answered_on < request.received_on:
        raise BeforeApproval(f"The request arrived on {request.received_on}.")
    return [answer]
