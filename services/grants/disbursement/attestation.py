"""Who finds an instalment right to pay, and how that is taken back while accounting has not been asked.

Budget disposal and attestation of one expense are two people's (Bestemmelser om økonomistyring i staten 2.5.2.1), and
whoever keeps the payee's account attests nothing that is paid to it (domain rule 3).
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.duties import keep_apart
from services.eventlog.events import Event
from services.grants.case.commitment_refusals import positive
from services.grants.case.events.disbursement import (
    PayeeAccountRegistered,
    PayeeAccountVerified,
    PaymentAttested,
    PaymentRefused,
)
from services.grants.disbursement.blocks import list_blocks, stay_within
from services.grants.disbursement.budget_years import NOTHING_COVERED
from services.grants.disbursement.refusals import (
    PayDayPassed,
    PaymentAlreadyRequested,
    TakeBackReasonMissing,
    UnknownPayment,
)
from services.grants.disbursement.rules import Disbursement
from services.text.folding import is_blank

TAKEN_BACK = "taken-back"
"""The code of an attestation that was taken back; every other code of a refused payment is accounting's own."""


def attest(
    case: Disbursement,
    *,
    payment_id: UUID,
    instalment: int,
    amount_ore: int,
    pay_on: date,
    attested_on: date,
    attested_by: str,
    open_years: Mapping[int, int] = NOTHING_COVERED,
) -> list[Event]:
    """Find the instalment, or a part of it, right to pay on `pay_on`. The same payment id again returns no event.

    What may be paid is held against `attested_on` and every day since, for accounting may pay on any of them. Refuses
    what `list_blocks` lists on `pay_on`, in its order, and `NotCommitted`, `UnknownInstalment`, `PayDayPassed`,
    `AmountNotPositive`, `SamePersonTwice` and what `stay_within` refuses.
    """
    if case.find_payment(payment_id):
        return []
    planned = case.commitment.instalment(instalment)
    if pay_on < attested_on:
        raise PayDayPassed(f"{pay_on} is before the attestation on {attested_on}. Give a later day to pay on.")
    keep_apart(attested_by, "attest payment", disposed_of(case, instalment) | kept_by(case))
    if blocks := list_blocks(case, planned, on=pay_on, open_years=open_years, amount_ore=amount_ore):
        raise blocks[0]
    stay_within(case, instalment, positive(amount_ore), since=attested_on)
    assert case.verified is not None, "an unverified account blocks"
    return [
        PaymentAttested(
            payment_id=payment_id,
            instalment=instalment,
            amount_ore=amount_ore,
            account_id=case.verified.account_id,
            pay_on=pay_on,
            attested_on=attested_on,
            attested_by=attested_by,
        )
    ]


def take_back(
    case: Disbursement, *, payment_id: UUID, reason: str, taken_back_on: date, taken_back_by: str
) -> list[Event]:
    """Take an attestation back before accounting is asked: the money is free again. Done already, nothing happens.

    Refuses `UnknownPayment`, `PaymentAlreadyRequested`, `TakeBackReasonMissing`.
    """
    payment = case.find_payment(payment_id)
    if payment is None:
        raise UnknownPayment("The case has no payment of that id. See its instalments.")
    if payment.refused and payment.refused.code == TAKEN_BACK:
        return []
    if payment.state != "attested":
        raise PaymentAlreadyRequested("Accounting has been asked to pay. Only its answer ends this payment.")
    if is_blank(reason):
        raise TakeBackReasonMissing("Say why the attestation is taken back.")
    return [
        PaymentRefused(
            payment_id=payment_id,
            code=TAKEN_BACK,
            reason=reason,
            refused_on=taken_back_on,
            recorded_by=taken_back_by,
        )
    ]


def disposed_of(case: Disbursement, number: int) -> dict[str, set[str]]:
    """Those who bound the money, first or as a supplement, or freed it after a withholding: they do not attest that it
    is paid."""
    return {
        **case.commitment.bound_by(),
        "approve supplement": {
            supplement.approved_by
            for supplement in case.supplements
            if number in {added.number for added in supplement.added}
        },
        "release withheld": {release.released_by for release in case.releases if release.instalment == number},
    }


def kept_by(case: Disbursement) -> dict[str, set[str]]:
    """Those who have kept an account of the payee: they attest nothing that is paid to it. The number stands in no
    fact, so nobody can tell whether a new account is an old one registered once more: all of them count."""
    return {
        "register account": {each.registered_by for each in case.accounts if isinstance(each, PayeeAccountRegistered)},
        "verify account": {each.verified_by for each in case.accounts if isinstance(each, PayeeAccountVerified)},
    }
