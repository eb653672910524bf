"""Født Fri's case as far as paying goes: an account two people keep, an attestation, and what is read of a case."""

from datetime import date
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.disbursement import (
    PayeeAccountRegistered,
    PayeeAccountVerified,
    PaymentAttested,
    PaymentRequested,
)
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.disbursement.rules import Disbursement, evolve
from tests import given as sentences
from tests.grants.fodt_fri import MILLION, claimed, committed, letter_out

CASE = UUID("00000000-0000-4000-8000-0000000000c1")
ACCOUNT = UUID("00000000-0000-4000-8000-0000000000a1")
FIRST = UUID("00000000-0000-4000-8000-000000000001")
SECOND = UUID("00000000-0000-4000-8000-000000000002")
BATCH = UUID("00000000-0000-4000-8000-0000000000b1")

out = (*committed, claimed, letter_out)
released_here = LetterReleased(released_on=date(2020, 2, 10), sha256="ab" * 32, message_id="1")
registered = PayeeAccountRegistered(account_id=ACCOUNT, registered_on=date(2020, 2, 11), registered_by="kari")
verified = PayeeAccountVerified(
    account_id=ACCOUNT, source="Brev fra banken", verified_on=date(2020, 2, 12), verified_by="siri"
)
ready = (*out, registered, verified)
attested = PaymentAttested(
    payment_id=FIRST,
    instalment=1,
    amount_ore=3 * MILLION,
    account_id=ACCOUNT,
    pay_on=date(2020, 3, 2),
    attested_on=date(2020, 3, 1),
    attested_by="per",
)
requested = PaymentRequested(payment_id=FIRST, batch_id=BATCH, requested_on=date(2020, 3, 1), requested_by="anne")


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Disbursement())


def case_of(*events: Event) -> Disbursement:
    state: Disbursement = given(*events).state
    return state
