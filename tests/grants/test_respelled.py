"""Wherever a text is kept apart from those before it, it is the same however it is written: in other cases, with other
spaces, with signs that nobody sees, in forms that only machines tell apart. One table of the ways, so that a new one is
tried by being put in it."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.authority.carry_over import apply_for_carry_over
from services.grants.allocation.authority.refusals import ConditionNotMet, ConsentMissing, ReferenceTaken
from services.grants.allocation.authority.rules import (
    book_net,
    commit_beyond_year,
    move_to_investment,
    overspend_for_investment,
    spend_extra_income,
)
from services.grants.budget_year.state import evolve
from services.grants.disbursement.batch.receipts import Paid, ReceiptsUnusable, take_receipts
from services.grants.disbursement.batch.rules import Batch
from services.grants.disbursement.history import pay
from services.grants.disbursement.refusals import VoucherUsed
from services.grants.withholding.claims import BeyondPaid, Claims
from services.grants.withholding.claims import evolve as evolve_claims
from services.grants.withholding.repayment import RepaymentVoucherUsed, receive_repayment
from services.text.folding import reads_alike
from tests import given as sentences
from tests.given import Given
from tests.grants.allocation.authorities import (
    BEYOND,
    INCOME,
    NET,
    SAVED,
    SEPTEMBER,
    TO_45,
    after,
    carrying,
    small_year,
    use,
)
from tests.grants.disbursement import paying
from tests.grants.disbursement.batch import asked, made
from tests.grants.fodt_fri import MILLION, first_paid, reclaimed, repaid, running

WRITTEN = "KD 20/77-b"
UNSEEN = ("", " ", "\u00a0", "\u200b", "\u00ad", "\u2060", "\ufe0f")
RESPELLED = st.tuples(
    st.lists(st.sampled_from(UNSEEN), min_size=len(WRITTEN), max_size=len(WRITTEN)),
    st.lists(st.booleans(), min_size=len(WRITTEN), max_size=len(WRITTEN)),
    st.booleans(),
).map(lambda drawn: respell(*drawn))


def respell(unseen: list[str], lowered: list[bool], wide: bool) -> str:
    signs = [sign.lower() if low else sign for sign, low in zip(WRITTEN, lowered, strict=True)]
    if wide:
        signs[0] = chr(ord(signs[0]) + 0xFEE0)
    return "".join(sign + other for sign, other in zip(signs, unseen, strict=True))


class Way(NamedTuple):
    """How a text comes in: once, and then once more in another act."""

    once: Callable[[str], Sequence[Event]]
    again: Callable[[Any, str], object]
    refused: type[Refusal]


def use_of(decision: Callable[..., list[Event]], asked: dict[str, Any], begun: Callable[[], Given] = after) -> Way:
    """A use of an authority under a reference; the other is of another day."""

    def used(facts: Any, text: str, on: date) -> list[Event]:
        return decision(reduce(evolve, facts, begun().state), use=use(1_000_000, reference=text, on=on), **asked)

    return Way(
        lambda text: used((), text, SEPTEMBER), lambda facts, text: used(facts, text, date(2020, 9, 2)), ReferenceTaken
    )


def carried_over(facts: Any, text: str, kroner: int) -> list[Event]:
    told = carrying(kroner)
    return apply_for_carry_over(after(*facts).state, **told | {"use": replace(told["use"], reference=text)})


def consented(facts: Any, text: str, reference: str) -> list[Event]:
    asked = SAVED | {"consent_reference": text}
    return overspend_for_investment(after(*facts).state, use=use(1_000_000, reference=reference), **asked)


def paid_before(facts: Any, text: str, instalment: int) -> list[Event]:
    day = date(2020, 9, 1 + instalment)
    return pay(
        paying.given(*running[:-1], *facts).state, instalment=instalment, amount_ore=3 * MILLION, paid_on=day,
        reference=text, attested_by="per", system_began_on=date(2021, 1, 1),
    )  # fmt: skip


def came_back(facts: Any, text: str, day: int) -> list[Event]:
    case: Claims = sentences.given(*running, reclaimed, *facts, evolve=evolve_claims, initial=Claims()).state
    told = {name: value for name, value in vars(repaid).items() if name not in ("credited", "instalment")}
    told |= {"instalment": None, "voucher": text, "received_on": date(2020, 11, day)}
    return receive_repayment(case, **told)


def answered(facts: Any, text: str) -> object:
    receipt = Paid(payment_id=paying.FIRST, amount_ore=3 * MILLION, voucher=text, answered_on=date(2020, 3, 2))
    return take_receipts(
        Batch(made=made), {paying.CASE: paying.case_of(*asked, *facts)}, receipts=[receipt], recorded_by="anne"
    )


WAYS: dict[str, Way] = {
    "net booking": use_of(book_net, NET),
    "beyond the year": use_of(commit_beyond_year, BEYOND),
    "extra income": use_of(spend_extra_income, INCOME | {"reported_income_ore": 1_000_000_00}),
    "to investment": use_of(move_to_investment, TO_45, small_year),
    "investment saved in": use_of(overspend_for_investment, SAVED),
    "carry-over": Way(
        lambda text: carried_over([], text, 500_000), lambda facts, text: carried_over(facts, text, 499_999),
        ReferenceTaken,
    ),
    "consent": Way(
        lambda text: consented([], text, "a"), lambda facts, text: consented(facts, text, "b"), ConsentMissing
    ),
    "payment before the system": Way(
        lambda text: paid_before([], text, 1), lambda facts, text: paid_before(facts, text, 2), VoucherUsed
    ),
    "repayment": Way(
        lambda text: came_back([], text, 20), lambda facts, text: came_back(facts, text, 21), RepaymentVoucherUsed
    ),
    "repayment after a payment": Way(
        lambda text: [replace(first_paid, reference=text)], lambda facts, text: came_back(facts, text, 21),
        RepaymentVoucherUsed,
    ),
    "receipt": Way(
        lambda text: [replace(repaid, voucher=text)], lambda facts, text: answered(facts, text), ReceiptsUnusable
    ),
}  # fmt: skip

LACKING = (BeyondPaid, ConditionNotMet, ConsentMissing)
"""What stands in the way of a second act that has nothing to do with its text."""


@pytest.mark.parametrize("name", WAYS)
@given(written=RESPELLED)
def test_it_is_the_same_however_it_is_written(name: str, written: str) -> None:
    way = WAYS[name]
    facts = way.once(WRITTEN)
    assert facts, "the first is taken"
    assert reads_alike(written, WRITTEN)
    with pytest.raises(way.refused):
        way.again(facts, written)


@pytest.mark.parametrize("name", WAYS)
def test_another_text_is_another(name: str) -> None:
    way = WAYS[name]
    with contextlib.suppress(*(set(LACKING) - {way.refused})):
        assert way.again(way.once(WRITTEN), f"{WRITTEN}2")
