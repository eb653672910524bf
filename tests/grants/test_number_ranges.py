"""A number with a right check digit is given by a register or it is not; what is recorded already stays usable."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.grants.award.approval import propose
from services.grants.award.state import Award, evolve
from services.grants.case.events.award import Recipient
from services.grants.case.number_guard import Numbers
from services.grants.disbursement.payee.rules import register_account
from services.grants.disbursement.view import fold
from services.grants.registers.account_numbers import AccountNumberInvalid, check_account_number
from services.grants.registers.number_ranges import is_given, list_not_given
from services.grants.registers.organisation_numbers import (
    OrganisationNumberInvalid,
    check_organisation_number,
    has_check_digit,
    is_organisation_number,
)
from tests.given import given as given_facts
from tests.grants.fodt_fri import approved, proposed

TODAY = date(2020, 3, 2)
OLD = "100000008"
PRODUCTION, DEVELOPMENT = Numbers("production", lambda: TODAY), Numbers("development", lambda: TODAY)
of_before = replace(proposed, recipient=Recipient(name="Et lag", organisation_number=OLD))


@pytest.mark.parametrize("number", ["000000000", "100000008"])
def test_a_check_digit_alone_makes_no_organisation_number(number: str) -> None:
    assert has_check_digit(number)
    assert not is_organisation_number(number)
    with pytest.raises(OrganisationNumberInvalid):
        check_organisation_number(number)
    given_facts(evolve=evolve, initial=Award()).when(
        propose, proposal=replace(proposed, recipient=Recipient(name="Et lag", organisation_number=number))
    ).refused(OrganisationNumberInvalid)


def test_eleven_zeros_are_no_account() -> None:
    with pytest.raises(AccountNumberInvalid):
        check_account_number("00000000000")


def test_what_a_case_has_recorded_stays_usable_in_it() -> None:
    """Proposed anew, and paid to an account of its own."""
    check_organisation_number(OLD, recorded=[OLD])
    again = replace(of_before, purpose="Noe annet")
    waits = given_facts(of_before, evolve=evolve, initial=Award()).state
    assert waits.applied_for.list_numbers(waits.proposals) == [OLD]
    returned = replace(waits, commitment=replace(waits.commitment, proposed=None))
    assert propose(returned, proposal=again) == [again]
    (registered,) = register_account(
        fold([of_before, approved]), account_id=UUID(int=1), holder=OLD, registered_on=TODAY, registered_by="kari"
    )
    assert registered.TOPIC == "disbursement.payee-account-registered.v1"
    DEVELOPMENT.check_organisations([OLD], recorded=[OLD])


def test_development_has_a_range_of_its_own_and_production_none() -> None:
    of_tests = "310000019"
    DEVELOPMENT.check_organisations([of_tests, "974760673"], recorded=[])
    PRODUCTION.check_organisations(["974760673"], recorded=[])
    with pytest.raises(OrganisationNumberInvalid, match=of_tests):
        PRODUCTION.check_organisations([of_tests], recorded=[])
    DEVELOPMENT.check_account("99990000006")
    PRODUCTION.check_account("86011117947")
    with pytest.raises(AccountNumberInvalid):
        PRODUCTION.check_account("99990000006")


def test_a_range_holds_from_its_day() -> None:
    assert is_given("organisation", "974760673", on=date(1995, 2, 20))
    assert not is_given("organisation", "974760673", on=date(1995, 2, 19))


@given(some.integers(0, 999_999_999).map("{:09d}".format))
def test_no_number_outside_the_registers_ranges_is_taken(number: str) -> None:
    begins = number[0] in "89"
    assert is_given("organisation", number, environment="production") == begins
    assert is_given("organisation", number) == (begins or number[0] in "23")
    assert list_not_given("organisation", [number], on=TODAY, environment="production") == ([] if begins else [number])
    assert not list_not_given("organisation", [number], on=TODAY, environment="production", recorded=[number])
