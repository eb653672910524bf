"""Whose account a recipient is paid to: one person registers it, another holds it against a source."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.duties import SamePersonTwice
from services.eventlog.refusal import Refusal
from services.grants.case.commitment_refusals import NotCommitted
from services.grants.case.events.award import Recipient
from services.grants.case.events.complaint import Party, PartyChanged
from services.grants.case.events.disbursement import PayeeAccountErased, PayeeAccountRegistered
from services.grants.disbursement.payee.rules import (
    AccountNotRecipients,
    AccountSourceMissing,
    NoAccountRegistered,
    OtherAccountRegistered,
    erase_account,
    register_account,
    verify_account,
)
from services.grants.registers.account_numbers import AccountNumberInvalid, check_account_number
from services.grants.registers.organisation_numbers import OrganisationNumberInvalid
from tests.given import Given
from tests.grants.disbursement.paying import ACCOUNT, attested, given, out, ready, registered, verified
from tests.grants.fodt_fri import approved, proposed

HOLDER = "974760673"
ESTATE = "987555521"
OTHER = UUID("00000000-0000-4000-8000-0000000000a2")


def asked(account: PayeeAccountRegistered, holder: str = HOLDER) -> dict[str, Any]:
    return {**vars(account), "holder": holder}


def test_an_account_is_registered_and_verified_by_another() -> None:
    given(*out).when(register_account, **asked(registered)).then(registered)
    given(*out, registered).when(verify_account, **vars(verified)).then(verified)


def test_registered_or_verified_again_is_nothing() -> None:
    given(*out, registered).when(register_account, **asked(registered)).nothing()
    given(*ready).when(verify_account, **vars(verified)).nothing()


@pytest.mark.parametrize("number", ["86011117948", "8601111794", "8601 11 17947", "8601.11.17947", "٨6011117947", ""])
def test_only_eleven_digits_with_their_check_digit_are_an_account_number(number: str) -> None:
    check_account_number("86011117947")
    with pytest.raises(AccountNumberInvalid):
        check_account_number(number)


def test_an_account_needs_a_promise_and_a_real_holder() -> None:
    given().when(register_account, **asked(registered)).refused(NotCommitted)
    given(*out).when(register_account, **asked(registered, "123456789")).refused(OrganisationNumberInvalid)


def test_the_holder_is_the_recipient_or_who_has_come_in_its_place() -> None:
    case = (replace(proposed, recipient=Recipient(name="Født Fri", organisation_number=HOLDER)), approved)
    given(*case).when(register_account, **asked(registered)).then(registered)
    given(*case).when(register_account, **asked(registered, ESTATE)).refused(AccountNotRecipients)
    bankrupt = PartyChanged(
        party=Party(name="Boet", organisation_number=ESTATE), capacity="bankruptcy-estate", document="21/1",
        changed_on=date(2021, 1, 20), recorded_by="kari",
    )  # fmt: skip
    given(*case, bankrupt).when(register_account, **asked(registered, ESTATE)).then(registered)
    given(*case, bankrupt).when(register_account, **asked(registered)).refused(AccountNotRecipients)


def test_whoever_registered_it_does_not_verify_it() -> None:
    given(*out, registered).when(verify_account, **vars(replace(verified, verified_by="kari"))).refused(SamePersonTwice)


def test_whoever_attested_a_payment_keeps_no_account_of_the_case() -> None:
    new = replace(registered, account_id=OTHER, registered_by="per")
    given(*ready, attested).when(register_account, **asked(new)).refused(SamePersonTwice)
    by_per = replace(verified, account_id=OTHER, verified_by="per")
    given(*ready, attested, replace(new, registered_by="kari")).when(verify_account, **vars(by_per)).refused(
        SamePersonTwice
    )


def test_the_account_verified_is_the_one_that_was_looked_at() -> None:
    given(*out).when(verify_account, **vars(verified)).refused(NoAccountRegistered)
    newer = replace(registered, account_id=OTHER)
    given(*out, registered, newer).when(verify_account, **vars(verified)).refused(OtherAccountRegistered)


def test_an_account_is_verified_against_something() -> None:
    refusal: type[Refusal] = AccountSourceMissing
    given(*out, registered).when(verify_account, **vars(replace(verified, source=" "))).refused(refusal)
    assert verified.account_id == ACCOUNT


def test_an_account_is_erased_once_with_the_reason_and_by_whoever_is_asked() -> None:
    erased = PayeeAccountErased(account_id=ACCOUNT, reason="Bedt om", erased_on=date(2020, 6, 1), erased_by="liv")
    asked = {"account_id": ACCOUNT, "reason": "Bedt om", "erased_on": date(2020, 6, 1), "erased_by": "liv"}
    Given(()).when(erase_account, **asked).then(erased)
    Given((registered, verified)).when(erase_account, **asked).then(erased)
    Given((erased,)).when(erase_account, **asked | {"reason": "Igjen", "erased_by": "siri"}).nothing()
