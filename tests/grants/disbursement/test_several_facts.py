"""What paying remembers of a case is all of it: each condition that was met, each payment from before, what became of
each payment, and whose account counts once somebody has come in the party's place."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from uuid import UUID

import pytest

from services.grants.case.events.award import Instalment
from services.grants.case.events.complaint import Party, PartyChanged
from services.grants.case.events.disbursement import InstalmentConditionMet, InstalmentPaid, PaymentRefused
from services.grants.case.events.recipient_report import ReportChecked, ReportReceived
from services.grants.disbursement.payee.rules import NoAccountRegistered, verify_account
from services.grants.disbursement.rules import confirm_condition
from tests.grants.disbursement.paying import attested, case_of, given, out, ready, registered, requested, verified
from tests.grants.fodt_fri import MILLION, approved, claimed, first_paid, letter_out, proposed, repaid

DAY = date(2020, 8, 20)
three = replace(
    proposed,
    instalments=tuple(
        Instalment(number=number, amount_ore=2 * MILLION, condition=f"Vilkår {number}") for number in (1, 2, 3)
    ),
)
waiting = (three, approved, claimed, letter_out)
met = [
    InstalmentConditionMet(instalment=number, ground=f"20/00123-{number}", met_on=DAY, confirmed_by="kari")
    for number in (1, 2, 3)
]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_each_condition_is_met_by_its_own_fact_whatever_came_before_and_after(order: tuple[int, ...]) -> None:
    known = (*waiting, *(met[n] for n in order[:2]))
    for n in order[:2]:
        assert case_of(*known).find_condition_met(n + 1) == met[n]
        given(*known).when(confirm_condition, **vars(met[n])).nothing()
    last = met[order[2]]
    assert case_of(*known).find_condition_met(last.instalment) is None
    given(*known).when(confirm_condition, **vars(last)).then(last)


def test_every_payment_from_before_this_system_is_remembered() -> None:
    parts = [replace(first_paid, amount_ore=MILLION, reference=f"B-{n}") for n in (1, 2, 3)]
    assert case_of(*out, *parts).history == tuple(parts)
    assert case_of(*out, *parts).list_vouchers() == ("B-1", "B-2", "B-3")


def test_what_became_of_each_of_several_payments_is_told_of_that_one() -> None:
    ids = [UUID(int=number) for number in (1, 2, 3, 4)]
    parts = [replace(attested, payment_id=each, amount_ore=MILLION // 4) for each in ids]
    asked = [replace(requested, payment_id=each) for each in ids[1:]]
    refused = PaymentRefused(
        payment_id=ids[2], code="account-closed", reason="Avsluttet", refused_on=DAY, recorded_by="anne"
    )
    paid = InstalmentPaid(
        instalment=1, amount_ore=MILLION // 4, paid_on=DAY, reference="B-3", attested_by="per", payment_id=ids[3]
    )
    states = [payment.state for payment in case_of(*ready, *parts, *asked, refused, paid).payments]
    assert states == ["attested", "requested", "refused", "paid"]


@pytest.mark.parametrize("capacity", ["bankruptcy-estate", "successor"])
def test_an_account_of_who_was_party_before_cannot_be_verified_for_who_came_after(capacity: str) -> None:
    estate = PartyChanged(
        party=Party(name="Boet"),
        capacity="bankruptcy-estate" if capacity == "bankruptcy-estate" else "successor",
        document="21/1",
        changed_on=DAY,
        recorded_by="kari",
    )
    given(*out, registered, estate).when(verify_account, **vars(verified)).refused(NoAccountRegistered)
    case = case_of(*ready, estate)
    assert (case.account, case.verified) == (None, None)
    anew = case_of(*ready, estate, registered)
    assert (anew.account, anew.verified) == (registered, None)
    again = case_of(*ready, estate, registered, verified)
    assert again.verified == verified


def test_a_report_counts_from_the_day_of_its_last_check_and_with_that_day() -> None:
    received = ReportReceived(
        number=1, version=1, summary="Gjort", results="Nådd", used_ore=MILLION, accounts_attested=True,
        document_sha256=None, received_on=date(2020, 8, 1), registered_by="kari",
    )  # fmt: skip
    content = ReportChecked(number=1, version=1, check="content", note="Ok", checked_on=DAY, checked_by="kari")
    money = replace(content, check="money", checked_by="siri")
    case = case_of(*ready, received, content, money)
    assert case.report_approved_by(1, DAY)
    assert not case.report_approved_by(1, date(2020, 8, 19))


def test_every_voucher_of_money_that_came_back_is_remembered_beside_those_of_payments() -> None:
    back = [replace(repaid, reclaim=None, amount_ore=1, voucher=f"T-{n}") for n in (1, 2, 3)]
    assert case_of(*out, first_paid, *back).list_vouchers() == (first_paid.reference, "T-1", "T-2", "T-3")
