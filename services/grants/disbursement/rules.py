"""What paying needs to know of a case, and the conditions an instalment may wait for.

Beside it stand `blocks.py` (everything that stands in an instalment's way), `payee/` (whose account it is paid to),
`attestation.py` (who finds it right to pay), `batch/` (accounting asked, and its answer), and
`history.py` (what was paid before this system).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.folding import replace
from services.grants.case.commitment import NOTHING_PROMISED, Commitment
from services.grants.case.disputes import UNDISPUTED, Disputes
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    SupplementaryAwardApproved,
    TermsAccepted,
)
from services.grants.case.events.complaint import PartyChanged
from services.grants.case.events.disbursement import (
    InstalmentConditionMet,
    InstalmentPaid,
    PayeeAccountRegistered,
    PayeeAccountVerified,
    PaymentAttested,
    PaymentRefused,
    PaymentRequested,
)
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed, ReportChecked, ReportReceived
from services.grants.case.events.withholding import RepaymentReceived, WithholdingReleased
from services.grants.case.informed import NOT_INFORMED, Informed
from services.grants.disbursement.refusals import ConditionAlreadyMet, GroundMissing, MetTooEarly, NoCondition
from services.text.folding import is_blank

PaymentState = Literal["attested", "requested", "refused", "paid"]
Ended = Literal["declined", "annulled", "settled", "closed"]


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One payment from its attestation to accounting's answer."""

    attested: PaymentAttested
    requested: PaymentRequested | None = None
    refused: PaymentRefused | None = None
    paid: InstalmentPaid | None = None

    @property
    def payment_id(self) -> UUID:
        return self.attested.payment_id

    @property
    def state(self) -> PaymentState:
        if self.paid:
            return "paid"
        if self.refused:
            return "refused"
        return "requested" if self.requested else "attested"

    def after(self, event: Event) -> "Payment":
        """The payment after a fact about it."""
        match event:
            case PaymentRequested():
                return replace(self, requested=event)
            case PaymentRefused():
                return replace(self, refused=event)
            case InstalmentPaid():
                return replace(self, paid=event)
        return self


@dataclass(frozen=True, kw_only=True)
class Disbursement:
    """The case as far as paying goes. `history` are payments from before this system, `payments` those attested
    here, `repaid` the vouchers of money that came back."""

    commitment: Commitment = NOTHING_PROMISED
    disputes: Disputes = UNDISPUTED
    informed: Informed = NOT_INFORMED
    accepted_on: date | None = None
    ended: Ended | None = None
    conditions_met: tuple[InstalmentConditionMet, ...] = ()
    reports: tuple[ReportReceived | ReportChecked, ...] = ()
    history: tuple[InstalmentPaid, ...] = ()
    payments: tuple[Payment, ...] = ()
    repaid: tuple[str, ...] = ()
    supplements: tuple[SupplementaryAwardApproved, ...] = ()
    releases: tuple[WithholdingReleased, ...] = ()
    account: PayeeAccountRegistered | None = None
    accounts: tuple[PayeeAccountRegistered | PayeeAccountVerified, ...] = ()
    verified: PayeeAccountVerified | None = None
    party: PartyChanged | None = None

    def find_condition_met(self, number: int) -> InstalmentConditionMet | None:
        return next((met for met in self.conditions_met if met.instalment == number), None)

    def find_payment(self, payment_id: UUID | None) -> Payment | None:
        return next((payment for payment in self.payments if payment.payment_id == payment_id), None)

    def list_vouchers(self) -> tuple[str, ...]:
        """The voucher of every payment and repayment of the case."""
        paid = (*self.history, *(payment.paid for payment in self.payments if payment.paid))
        return (*(each.reference for each in paid), *self.repaid)

    def report_approved_by(self, number: int, day: date) -> bool:
        """Whether both checks had found the latest version of the report right by the end of that day."""
        mine = [fact for fact in self.reports if fact.number == number]
        latest = max((fact.version for fact in mine if isinstance(fact, ReportReceived)), default=0)
        passed = {
            fact.check
            for fact in mine
            if isinstance(fact, ReportChecked) and fact.version == latest and fact.checked_on <= day
        }
        return passed == {"content", "money"}


def evolve(case: Disbursement, event: Event) -> Disbursement:
    """The case after this fact. A supplement promises anew, also where the award had ended."""
    case = replace(
        case,
        commitment=case.commitment.fold(event),
        disputes=case.disputes.fold(event),
        informed=case.informed.fold(event),
    )
    match event:
        case TermsAccepted(accepted_on=day):
            return replace(case, accepted_on=day)
        case InstalmentConditionMet():
            return replace(case, conditions_met=(*case.conditions_met, event))
        case ReportReceived() | ReportChecked():
            return replace(case, reports=(*case.reports, event))
        case SupplementaryAwardApproved():
            return replace(case, supplements=(*case.supplements, event), ended=None)
        case RepaymentReceived(voucher=voucher):
            return replace(case, repaid=(*case.repaid, voucher))
        case WithholdingReleased():
            return replace(case, releases=(*case.releases, event))
        case AwardDeclined() | AwardAnnulled() | AwardSettled() | CaseClosed():
            return replace(case, ended=_ending(event))
    return _evolve_payee(_evolve_payments(case, event), event)


def _ending(event: AwardDeclined | AwardAnnulled | AwardSettled | CaseClosed) -> Ended:
    match event:
        case AwardDeclined():
            return "declined"
        case AwardAnnulled():
            return "annulled"
        case AwardSettled():
            return "settled"
        case CaseClosed():
            return "closed"


def _evolve_payments(case: Disbursement, event: Event) -> Disbursement:
    match event:
        case PaymentAttested():
            return replace(case, payments=(*case.payments, Payment(attested=event)))
        case InstalmentPaid(payment_id=None):
            return replace(case, history=(*case.history, event))
        case PaymentRequested() | PaymentRefused() | InstalmentPaid():
            payments = (
                payment.after(event) if payment.payment_id == event.payment_id else payment for payment in case.payments
            )
            return replace(case, payments=tuple(payments))
    return case


def _evolve_payee(case: Disbursement, event: Event) -> Disbursement:
    """A new account is unverified; so is every account once an estate or a successor has come in the party's place."""
    match event:
        case PayeeAccountRegistered():
            return replace(case, account=event, accounts=(*case.accounts, event), verified=None)
        case PayeeAccountVerified():
            return replace(case, accounts=(*case.accounts, event), verified=event)
        case PartyChanged(capacity="bankruptcy-estate" | "successor"):
            return replace(case, party=event, account=None, verified=None)
    return case


def confirm_condition(
    case: Disbursement, *, instalment: int, ground: str, met_on: date, confirmed_by: str
) -> list[Event]:
    """Record that what the instalment waits for has happened. The same again returns no event; told otherwise, it is
    refused, for the first record stands. What an award waits for comes about in the year before its budget year at the
    earliest.

    Refuses `NotCommitted`, `UnknownInstalment`, `NoCondition`, `GroundMissing`, `ConditionAlreadyMet`, `MetTooEarly`.
    """
    if case.commitment.instalment(instalment).condition is None:
        raise NoCondition(f"Instalment {instalment} is paid without conditions; there is nothing to confirm.")
    if is_blank(ground):
        raise GroundMissing("Say how we know that the condition is met: the report, the document, the decision.")
    if met := case.find_condition_met(instalment):
        if (met.ground, met.met_on) == (ground, met_on):
            return []
        raise ConditionAlreadyMet(f"The condition of instalment {instalment} is recorded as met on {met.met_on}.")
    first_on = date(case.commitment.own_year - 1, 1, 1)
    if met_on < first_on:
        raise MetTooEarly(f"{met_on} is before {first_on}. Look up when it happened.", first_day_on=str(first_on))
    return [
        InstalmentConditionMet(instalment=instalment, ground=ground, met_on=met_on, confirmed_by=confirmed_by),
    ]
