"""Where a rule speaks of payments or of keepers of an account, it means all of several: their sum, and each of the
people, in any order, with one of them taken back, refused, paid or replaced."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.duties import SamePersonTwice
from services.eventlog.events import Event
from services.grants.award.rules import PaymentUnderway
from services.grants.award_change.rules import approve_change, propose_change
from services.grants.case.commitment_refusals import ReductionBeyondUnpaid
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import AwardChangeProposed, Ground, Reduction, SupplementaryAwardApproved
from services.grants.case.events.disbursement import InstalmentPaid, PaymentAttested, PaymentRefused
from services.grants.disbursement.attestation import attest, take_back
from services.grants.disbursement.batch.rules import PayeeAccount, choose
from services.grants.disbursement.payee.rules import register_account, verify_account
from services.grants.disbursement.refusals import InstalmentRequested
from services.grants.withholding.rules import PaymentUnderWay, Withholding, decide
from services.grants.withholding.rules import evolve as evolve_withholding
from tests import given as sentences
from tests.grants.award import changes as changes
from tests.grants.disbursement.paying import (
    ACCOUNT,
    CASE,
    attested,
    case_of,
    given,
    out,
    ready,
    registered,
    requested,
    verified,
)
from tests.grants.fodt_fri import MILLION, proposed, released, unsound, warned, withheld

MARCH = date(2020, 3, 1)
PARTS = (MILLION, 2 * MILLION // 4, 3 * MILLION // 4)
"""Three parts of the first instalment's three million: their sum is 2.25, the largest is 1."""
LEFT = 3 * MILLION - sum(PARTS)
ids = [UUID(int=number) for number in range(1, 9)]
parts = [replace(attested, payment_id=ids[n], amount_ore=ore) for n, ore in enumerate(PARTS)]
in_any_order = pytest.mark.parametrize(
    "order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order))
)
other = UUID("00000000-0000-4000-8000-0000000000a2")
third = UUID("00000000-0000-4000-8000-0000000000a3")


def asked(payment: PaymentAttested) -> dict[str, Any]:
    return {name: value for name, value in vars(payment).items() if name != "account_id"}


def one_more(amount_ore: int) -> PaymentAttested:
    return replace(attested, payment_id=ids[7], amount_ore=amount_ore)


def refused(number: int) -> PaymentRefused:
    return PaymentRefused(
        payment_id=ids[number], code="account-closed", reason="Avsluttet", refused_on=MARCH, recorded_by="anne"
    )


def paid(number: int) -> InstalmentPaid:
    return InstalmentPaid(
        instalment=1, amount_ore=PARTS[number], paid_on=date(2020, 3, 2), reference=f"B-{number}", attested_by="per",
        payment_id=ids[number],
    )  # fmt: skip


def in_order(order: Sequence[int]) -> list[Event]:
    return [parts[number] for number in order]


@in_any_order
def test_all_that_waits_to_be_paid_is_taken_from_what_is_left(order: tuple[int, ...]) -> None:
    past = (*ready, *in_order(order))
    given(*past).when(attest, **asked(one_more(LEFT))).then(one_more(LEFT))
    given(*past).when(attest, **asked(one_more(LEFT + 1))).refused(InstalmentRequested)
    assert case_of(*past).commitment.requested_ore == sum(PARTS)


@in_any_order
def test_what_one_answer_frees_of_several_is_that_ones_alone(order: tuple[int, ...]) -> None:
    first, second, last = order
    past = (*ready, *in_order(order), refused(second))
    free = LEFT + PARTS[second]
    given(*past).when(attest, **asked(one_more(free))).then(one_more(free))
    given(*past).when(attest, **asked(one_more(free + 1))).refused(InstalmentRequested)
    answered = (*past, paid(first))
    given(*answered).when(attest, **asked(one_more(free))).then(one_more(free))
    given(*answered).when(attest, **asked(one_more(free + 1))).refused(InstalmentRequested)
    assert case_of(*answered).commitment.requested_ore == PARTS[last]
    back = given(*answered).when(
        take_back, payment_id=ids[last], reason="Feil", taken_back_on=MARCH, taken_back_by="per"
    )
    assert case_of(*answered, *back.events).commitment.requested_ore == 0


@in_any_order
def test_what_waits_to_be_paid_neither_falls_away_nor_is_withheld(order: tuple[int, ...]) -> None:
    past = (*out, *in_order(order))
    less = AwardChangeProposed(
        kind="reduction", added=(), reductions=(Reduction(instalment=1, amount_ore=LEFT),),
        ground=Ground(code="condition-not-met", text="Vilkåret er ikke oppfylt."), proposed_by="kari",
        hearing=changes.heard,
    )  # fmt: skip
    more = replace(less, reductions=(Reduction(instalment=1, amount_ore=LEFT + 1),))
    changes.given(*past).when(propose_change, **changes.asked(less)).then(less)
    changes.given(*past).when(propose_change, **changes.asked(more)).refused(ReductionBeyondUnpaid)
    changes.given(*past).when(propose_change, **changes.asked(changes.none)).refused(
        PaymentUnderway, saying=f"{sum(PARTS)} øre"
    )
    changes.given(*past, more).when(approve_change, **changes.approval()).refused(ReductionBeyondUnpaid)
    warning = replace(warned, instalment=1)
    case = sentences.given(*past, warning, evolve=evolve_withholding, initial=Withholding())
    holding = {"instalment": 1, "reasons": (unsound,), "decided_on": date(2020, 11, 2), "decided_by": "ola"}
    assert case.when(decide, amount_ore=LEFT, **holding).refusal is None
    case.when(decide, amount_ore=LEFT + 1, **holding).refused(PaymentUnderWay)


def test_a_waiting_payment_binds_its_own_instalment_alone() -> None:
    second = replace(attested, payment_id=ids[5], instalment=2, pay_on=date(2020, 9, 1))
    given(*ready, *parts).when(attest, **asked(second)).then(second)
    whole = one_more(3 * MILLION)
    given(*ready, second).when(attest, **asked(whole)).then(whole)


# who attests


supplement = SupplementaryAwardApproved(
    amount_ore=1,
    added=(Instalment(number=3, amount_ore=1),),
    ground=Ground(code="other", text="Mer"),
    approved_on=date(2020, 2, 20),
    approved_by="liv",
    disposal_authority="Delegert",
)


def supplements(*people: str) -> list[SupplementaryAwardApproved]:
    """Each approves two instalments more."""
    approved = []
    for number, who in zip(range(3, 99, 2), people, strict=False):
        added = (Instalment(number=number, amount_ore=1), Instalment(number=number + 1, amount_ore=1))
        approved.append(replace(supplement, amount_ore=2, added=added, approved_by=who))
    return approved


@pytest.mark.parametrize("order", list(permutations(("ane", "bo", "cia"))), ids="-".join)
def test_each_of_several_who_approved_a_supplement_is_kept_from_its_own_instalments(order: tuple[str, ...]) -> None:
    past = (*ready, *supplements(*order))
    for n, who in enumerate(order):
        for number in (3 + 2 * n, 4 + 2 * n):
            theirs = replace(one_more(1), instalment=number, attested_by=who)
            given(*past).when(attest, **asked(theirs)).refused(SamePersonTwice)
            another = replace(theirs, attested_by=order[(n + 1) % 3])
            given(*past).when(attest, **asked(another)).then(another)


@pytest.mark.parametrize("order", list(permutations(("ane", "bo", "cia"))), ids="-".join)
def test_each_of_several_who_released_withheld_money_is_kept_from_that_instalment(order: tuple[str, ...]) -> None:
    parts = [replace(released, amount_ore=MILLION, released_by=who, reason=f"Del {who}") for who in order]
    past = (*ready, warned, withheld, *parts)
    day = date(2020, 12, 1)
    for who in order:
        theirs = replace(one_more(MILLION), instalment=2, attested_on=day, pay_on=day, attested_by=who)
        given(*past).when(attest, **asked(theirs)).refused(SamePersonTwice)
        first = replace(theirs, instalment=1)
        given(*past).when(attest, **asked(first)).then(first)


def accounts(*pairs: tuple[str, str]) -> list[Event]:
    kept: list[Event] = []
    for number, (who, checks) in enumerate(pairs):
        account_id = UUID(int=0xA0 + number)
        kept.append(replace(registered, account_id=account_id, registered_by=who))
        kept.append(replace(verified, account_id=account_id, verified_by=checks))
    return kept


KEEPERS = [("ane", "anton"), ("bo", "berit"), ("cia", "carl")]


@pytest.mark.parametrize("order", list(permutations(KEEPERS)), ids=lambda order: "-".join(pair[0] for pair in order))
def test_whoever_kept_any_account_of_the_payee_attests_nothing_and_whoever_registered_one_verifies_no_other(
    order: Any,
) -> None:
    past = (*out, *accounts(*order))
    for who in (person for pair in order for person in pair):
        given(*past).when(attest, **asked(replace(attested, attested_by=who))).refused(SamePersonTwice)
    new = replace(registered, account_id=other, registered_by="per")
    for who, checks in order:
        asking = {**vars(verified), "account_id": other}
        given(*past, new).when(verify_account, **(asking | {"verified_by": who})).refused(SamePersonTwice)
        assert given(*past, new).when(verify_account, **(asking | {"verified_by": checks})).refusal is None
    mine = replace(attested, account_id=UUID(int=0xA2))
    given(*past).when(attest, **asked(mine)).then(mine)


@in_any_order
def test_whoever_attested_any_payment_keeps_no_account_also_once_it_was_taken_back(order: tuple[int, ...]) -> None:
    people = ("ane", "bo", "cia")
    attestations = [replace(parts[n], attested_by=people[n]) for n in order]
    past = (*ready, *attestations, refused(order[0]))
    new = {**vars(registered), "account_id": other, "holder": "974760673"}
    for who in people:
        given(*past).when(register_account, **(new | {"registered_by": who})).refused(SamePersonTwice)
        waits = (*past, replace(registered, account_id=other, registered_by="liv"))
        checks = {**vars(verified), "account_id": other, "verified_by": who}
        given(*waits).when(verify_account, **checks).refused(SamePersonTwice)


# to which account

known = {
    each: PayeeAccount(account_id=each, account_number="86011117947", organisation_number="974760673")
    for each in (ACCOUNT, other, third)
}


def chosen(*events: Event) -> tuple[list[UUID], list[tuple[UUID, tuple[str, ...]]]]:
    requests, left_out = choose({CASE: case_of(*events)}, known, up_to=MARCH, open_years={})
    return [each.payment.payment_id for each in requests], [(each.payment_id, each.codes) for each in left_out]


def moved(account_id: UUID, *, checked: bool = True) -> list[Event]:
    """Another account, verified by somebody else."""
    new = replace(registered, account_id=account_id, registered_on=MARCH)
    return [new, replace(verified, account_id=account_id, verified_on=MARCH)] if checked else [new]


@in_any_order
def test_what_was_attested_to_an_account_that_is_replaced_since_is_not_paid_to_it(order: tuple[int, ...]) -> None:
    changed = ("account-changed",)
    of_old = in_order(order)
    assert chosen(*ready, *of_old, *moved(other)) == ([], [(ids[n], changed) for n in range(3)])
    new = replace(one_more(LEFT), account_id=other)
    assert chosen(*ready, *of_old, *moved(other), new) == ([ids[7]], [(ids[n], changed) for n in range(3)])
    one, two, last = (parts[n] for n in order)
    mixed = (*ready, one, *moved(other), replace(two, account_id=other), *moved(third), replace(last, account_id=third))
    left = sorted(((one.payment_id, changed), (two.payment_id, changed)))
    assert chosen(*mixed) == ([last.payment_id], left)


@in_any_order
def test_what_was_attested_is_paid_again_once_its_account_is_back(order: tuple[int, ...]) -> None:
    back = (*ready, *in_order(order), *moved(other), *moved(ACCOUNT))
    assert chosen(*back) == (ids[:3], [])
    waits = (*ready, *in_order(order), *moved(other), *moved(ACCOUNT, checked=False))
    assert chosen(*waits) == ([], [(ids[n], ("account-unverified",)) for n in range(3)])


@in_any_order
def test_only_those_that_still_wait_are_asked_for(order: tuple[int, ...]) -> None:
    first, second, last = order
    asked_for = replace(requested, payment_id=ids[first])
    assert chosen(*ready, *in_order(order), asked_for) == (sorted([ids[second], ids[last]]), [])
    assert chosen(*ready, *in_order(order), asked_for, refused(second)) == ([ids[last]], [])
    assert chosen(*ready, *in_order(order), asked_for, paid(first), refused(second)) == ([ids[last]], [])


def test_the_plan_of_the_case_has_two_instalments() -> None:
    """What the parts above are parts of."""
    assert [part.amount_ore for part in proposed.instalments] == [3 * MILLION, 3 * MILLION]
    assert LEFT == 3 * MILLION // 4
