"""Everything that stands in the way of an instalment is listed, each block by its code, in one order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.eventlog.events import Event
from services.grants.case.commitment_refusals import NotCommitted
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import (
    AwardAnnulled,
    AwardDeclined,
    Ground,
    SupplementaryAwardApproved,
    TermsAccepted,
)
from services.grants.case.events.complaint import (
    ComplaintDecided,
    ComplaintWithdrawn,
    Party,
    PartyChanged,
    SuspensiveEffectEnded,
)
from services.grants.case.events.disbursement import InstalmentConditionMet
from services.grants.case.events.grant_letter import LetterFrozen, LetterReleased
from services.grants.case.events.recipient_report import AwardSettled, CaseClosed, ReportChecked, ReportReceived
from services.grants.case.events.year_end import CommitmentHeldOver
from services.grants.disbursement.blocks import BLOCKS, list_blocks
from services.grants.disbursement.budget_years import NOTHING_COVERED
from tests.grants.disbursement.blocks import complained, held_over, suspended
from tests.grants.disbursement.paying import attested, case_of, out, ready, registered, released_here, verified
from tests.grants.fodt_fri import MILLION, approved, committed, first_paid, proposed, released, warned, withheld

MARCH = date(2020, 3, 2)
waits = Instalment(
    number=2, amount_ore=3 * MILLION, due_on=date(2020, 9, 1), condition="Godkjent rapport", needs_report=1
)
plan = replace(proposed, instalments=(proposed.instalments[0], waits))
received = ReportReceived(
    number=1, version=1, summary="Gjort", results="Nådd", used_ore=MILLION, accounts_attested=True,
    document_sha256=None, received_on=date(2020, 8, 1), registered_by="kari",
)  # fmt: skip
content = ReportChecked(
    number=1, version=1, check="content", note="Ok", checked_on=date(2020, 8, 10), checked_by="kari"
)
money = replace(content, check="money", checked_on=date(2020, 8, 20), checked_by="siri")
accepts = replace(proposed, acceptance_required=True)
accepted = TermsAccepted(accepted_on=MARCH, document="20/00123-5", recorded_by="kari")
other = Ground(code="other", text="Annet")


def codes(
    *events: Event, number: int = 1, on: date = MARCH, open_years: Mapping[int, int] = NOTHING_COVERED
) -> list[str]:
    case = case_of(*events)
    return [block.code for block in list_blocks(case, case.commitment.instalment(number), on=on, open_years=open_years)]


def test_nothing_blocks_an_instalment_that_can_be_paid() -> None:
    assert codes(*ready) == []
    assert codes(*committed, released_here, registered, verified) == []


def test_every_reason_is_listed_in_one_order() -> None:
    case = (replace(plan, acceptance_required=True), replace(approved, cover_valid_until=date(2019, 1, 31)))
    assert codes(*case, warned, withheld, complained, suspended, number=2, on=date(2019, 12, 31)) == [
        "letter-not-released",
        "terms-not-accepted",
        "cover-expired",
        "account-unverified",
        "outside-budget-year",
        "instalment-not-due",
        "condition-unmet",
        "report-missing",
        "payment-suspended",
        "instalment-withheld",
    ]


def test_every_block_has_its_place() -> None:
    """Whoever adds one says here where, and when it holds below."""
    assert [block.__name__ for block in BLOCKS] == [
        "ended",
        "letter_not_released",
        "terms_not_accepted",
        "cover_expired",
        "account_unverified",
        "outside_budget_year",
        "beyond_carry_over",
        "not_due",
        "condition_unmet",
        "report_missing",
        "payment_suspended",
        "withheld",
        "requested",
    ]


def test_a_paid_instalment_has_only_that_reason() -> None:
    assert codes(*out, first_paid, on=date(2019, 1, 1)) == ["instalment-already-paid"]


def test_the_letter_is_out_from_its_day() -> None:
    assert codes(*ready, on=date(2020, 2, 9))[0] == "letter-not-released"
    assert "letter-not-released" not in codes(*ready, on=date(2020, 2, 10))


def test_no_letter_is_waited_for_where_the_scheme_sends_none() -> None:
    assert codes(proposed, replace(approved, letter_owed=False), registered, verified) == []


def test_terms_are_accepted_from_their_day_where_the_award_asks_for_it() -> None:
    case = (accepts, *ready[1:])
    assert codes(*case) == ["terms-not-accepted"]
    assert codes(*case, accepted, on=date(2020, 3, 1)) == ["terms-not-accepted"]
    assert codes(*case, accepted) == []


def test_cover_that_ran_out_unaccepted_blocks_and_an_acceptance_in_time_saves_it() -> None:
    to_march = (proposed, replace(approved, cover_valid_until=MARCH), *ready[2:])
    assert codes(*to_march) == []
    assert codes(*to_march, on=date(2020, 3, 3)) == ["cover-expired"]
    assert codes(*to_march, accepted, on=date(2020, 3, 3)) == []
    late = replace(accepted, accepted_on=date(2020, 3, 3))
    assert codes(*to_march, late, on=date(2020, 3, 4)) == ["cover-expired"]


def test_an_account_counts_from_the_day_a_second_person_verified_it() -> None:
    assert codes(*out) == codes(*out, registered) == ["account-unverified"]
    assert codes(*ready, on=date(2020, 2, 11)) == ["account-unverified"]
    assert codes(*ready, on=date(2020, 2, 12)) == []


def test_a_new_account_is_unverified_again() -> None:
    assert codes(*ready, replace(registered, registered_on=MARCH)) == ["account-unverified"]


def test_who_comes_in_the_partys_place_has_an_account_of_its_own() -> None:
    estate = PartyChanged(
        party=Party(name="Boet"), capacity="bankruptcy-estate", document="21/1", changed_on=MARCH, recorded_by="kari"
    )
    assert codes(*ready, estate) == codes(*ready, replace(estate, capacity="successor")) == ["account-unverified"]
    assert codes(*ready, replace(estate, capacity="representative")) == []


def test_money_is_spent_in_its_own_year_and_in_later_ones_only_held_over_and_released() -> None:
    later = date(2021, 1, 4)
    assert codes(*ready, on=date(2020, 12, 31)) == []
    assert codes(*ready, on=later, open_years={2021: MILLION}) == ["outside-budget-year"]
    assert codes(*ready, held_over, on=later) == ["beyond-carry-over"]
    assert codes(*ready, held_over, on=later, open_years={2021: MILLION}) == []
    assert codes(*ready, held_over, on=date(2022, 1, 4), open_years={2021: MILLION}) == ["outside-budget-year"]


def test_no_more_is_paid_of_what_is_held_over_than_is_covered_and_not_waiting_already() -> None:
    later, planned = date(2021, 3, 15), proposed.instalments[0]

    def covered(amount_ore: int, *, waiting_ore: int | None = None, on: date = later) -> list[str]:
        blocks = list_blocks(
            case_of(*ready, held_over), planned, on=on, open_years={2021: MILLION}, amount_ore=amount_ore,
            waiting_ore=waiting_ore,
        )  # fmt: skip
        return [block.code for block in blocks]

    assert covered(MILLION) == []
    assert covered(MILLION + 1) == ["beyond-carry-over"]
    assert covered(MILLION, waiting_ore=1) == ["beyond-carry-over"]
    assert covered(3 * MILLION, on=date(2020, 12, 31)) == []


def test_what_was_held_over_before_the_next_years_books_knew_of_it_is_paid_in_none_until_it_is_recorded_anew() -> None:
    earlier = CommitmentHeldOver(
        year=2020, held_ore=6 * MILLION, ground="transferable", held_on=date(2020, 12, 31), recorded_by="anne"
    )
    on = date(2021, 3, 15)
    assert codes(*ready, earlier, on=on, open_years={2021: MILLION}) == ["outside-budget-year"]
    assert codes(*ready, earlier, held_over, on=on, open_years={2021: MILLION}) == []


def test_a_plan_that_a_commitment_authority_let_reach_next_year_is_paid_then() -> None:
    next_year = replace(proposed, instalments=(replace(proposed.instalments[0], due_on=date(2021, 2, 1)),))
    case = (next_year, replace(approved, across_years=True), *ready[2:])
    on_authority = replace(held_over, ground="commitment-authority")
    assert codes(*case, on_authority, on=date(2021, 2, 1), open_years={2021: 3 * MILLION}) == []
    assert codes(*case, on_authority, on=date(2021, 2, 1)) == ["beyond-carry-over"]
    assert codes(*case, on=date(2021, 2, 1)) == ["outside-budget-year"]
    assert codes(*case, on_authority, on=date(2022, 1, 3)) == ["outside-budget-year"]
    assert codes(next_year, *ready[1:], on=date(2021, 2, 1)) == ["outside-budget-year"]


def test_an_instalment_waits_for_its_day_its_condition_and_its_report() -> None:
    case = (plan, *ready[1:])
    met = InstalmentConditionMet(instalment=2, ground="20/00123-9", met_on=date(2020, 8, 20), confirmed_by="kari")
    checked = (met, received, content, money)
    assert codes(*case, *checked, number=2, on=date(2020, 9, 1)) == []
    assert codes(*case, *checked, number=2, on=date(2020, 8, 31)) == ["instalment-not-due"]
    assert codes(*case, *checked[1:], number=2, on=date(2020, 9, 1)) == ["condition-unmet"]
    assert codes(*case, met, number=2, on=date(2020, 9, 1)) == ["report-missing"]


def test_a_report_counts_when_both_checks_have_passed_its_latest_version() -> None:
    case = (replace(plan, instalments=(proposed.instalments[0], replace(waits, condition=None))), *ready[1:])

    def missing(*events: Event, on: date = date(2020, 9, 1)) -> bool:
        return "report-missing" in codes(*case, *events, number=2, on=on)

    assert missing(received, content)
    assert missing(received, money)
    assert not missing(received, content, money)
    assert missing(received, content, money, on=date(2020, 8, 19))
    assert missing(received, content, money, replace(received, version=2))
    assert missing(replace(received, number=2), replace(content, number=2), replace(money, number=2))


def test_suspensive_effect_stops_every_payment_until_it_or_the_complaint_ends() -> None:
    case = (*ready, complained, suspended)
    assert codes(*ready, complained) == []
    assert codes(*ready, complained, replace(suspended, suspends="reclaim")) == []
    assert codes(*case) == ["payment-suspended"]
    ended = SuspensiveEffectEnded(number=1, reason="Avklart", ended_on=date(2020, 12, 1), ended_by="ola")
    decided = ComplaintDecided(
        number=1, outcome="upheld", document="21/9", decided_on=date(2021, 3, 1), recorded_by="kari"
    )
    withdrawn = ComplaintWithdrawn(number=1, withdrawn_on=date(2020, 12, 1), recorded_by="kari")
    assert codes(*case, ended) == codes(*case, decided) == codes(*case, withdrawn) == []


def test_what_is_withheld_and_what_is_asked_for_already_block() -> None:
    assert codes(*ready, warned, withheld, number=2, on=date(2020, 11, 2)) == ["instalment-withheld"]
    assert codes(*ready, warned, number=2, on=date(2020, 11, 2)) == []
    assert codes(*ready, attested) == ["instalment-requested"]
    assert codes(*ready, replace(attested, amount_ore=1)) == []


@pytest.mark.parametrize(
    ("ending", "word"),
    [
        (AwardDeclined(reason="Nei takk", reductions=(), declined_on=MARCH, recorded_by="kari"), "declined"),
        (AwardAnnulled(reductions=(), ground=other, annulled_on=MARCH, approved_by="ola"), "annulled"),
        (AwardSettled(used_ore=0, reductions=(), settled_on=MARCH, approved_by="ola"), "settled"),
        (CaseClosed(closed_on=MARCH, closed_by="kari"), "closed"),
    ],
)
def test_nothing_is_paid_of_an_award_that_has_ended(ending: Event, word: str) -> None:
    case = case_of(*ready, ending)
    (block,) = list_blocks(case, case.commitment.instalment(1), on=MARCH)
    assert (block.code, block.details["ended"]) == ("award-ended", word)


def test_a_supplement_promises_anew_after_the_end() -> None:
    ending = AwardSettled(used_ore=0, reductions=(), settled_on=MARCH, approved_by="ola")
    more = SupplementaryAwardApproved(
        amount_ore=MILLION, added=(Instalment(number=3, amount_ore=MILLION),), ground=other,
        approved_on=MARCH, approved_by="liv", disposal_authority="Delegert",
    )  # fmt: skip
    assert codes(*ready, ending, more, number=3) == []


def test_there_is_nothing_to_list_before_an_award_is_approved() -> None:
    with pytest.raises(NotCommitted):
        list_blocks(case_of(proposed), proposed.instalments[0], on=MARCH)


def test_where_no_letter_is_made_none_is_waited_for_on_any_day() -> None:
    told = (proposed, replace(approved, letter_owed=False), registered, verified)
    for day in (approved.approved_on, date(2020, 2, 2)):
        assert "letter-not-released" not in codes(*told, on=day)
    assert codes(proposed, approved, registered, verified)[0] == "letter-not-released"


def test_what_was_added_is_paid_from_the_day_its_own_letter_went_out_and_the_rest_from_the_first() -> None:
    more = SupplementaryAwardApproved(
        amount_ore=2, added=(Instalment(number=3, amount_ore=1), Instalment(number=4, amount_ore=1)), ground=other,
        approved_on=date(2020, 4, 1), approved_by="ola", disposal_authority="Delegert", letter_owed=True,
    )  # fmt: skip
    of_it = LetterFrozen(
        proposal_version=1, template="grant-letter/2", form="nb", sha256="cd" * 32, size_bytes=1,
        dated_on=date(2020, 4, 2), frozen_by="kari",
    )  # fmt: skip
    told = (*ready, more, of_it, LetterReleased(released_on=date(2020, 5, 4), sha256="cd" * 32, message_id="2"))
    for number in (3, 4):
        assert codes(*told, number=number, on=date(2020, 5, 3)) == ["letter-not-released"]
        assert codes(*told, number=number, on=date(2020, 5, 4)) == []
    assert codes(*told, number=1, on=date(2020, 5, 3)) == []


def test_what_is_withheld_until_a_day_is_withheld_on_each_day_before_it() -> None:
    case = (*ready, warned, withheld, released)
    assert "instalment-withheld" not in codes(*case, number=2, on=released.released_on)
    for day in (withheld.decided_on, released.released_on - timedelta(days=1)):
        assert "instalment-withheld" in codes(*case, number=2, on=day)


def test_what_waits_to_be_paid_is_covered_before_anything_more_is() -> None:
    """Three of four million that are covered wait already, whichever instalment they are of."""
    on = date(2021, 2, 1)
    waiting = replace(attested, attested_on=on, pay_on=on)
    case = case_of(*ready, held_over, waiting)
    asked: dict[str, Any] = {"on": on, "open_years": {2021: 4 * MILLION}}
    second = case.commitment.instalment(2)
    assert list_blocks(case, second, amount_ore=MILLION, **asked) == []
    (beyond,) = list_blocks(case, second, amount_ore=MILLION + 1, **asked)
    assert (beyond.code, beyond.details["covered_ore"]) == ("beyond-carry-over", MILLION)
    assert list_blocks(case, second, amount_ore=4 * MILLION, waiting_ore=0, **asked) == []


def test_every_reason_is_a_sentence_that_whoever_pays_can_act_on() -> None:
    """Each block, as it is met on some day of some case."""
    late = (replace(plan, acceptance_required=True), replace(approved, cover_valid_until=date(2019, 1, 31)))
    met = [
        *((*late, warned, withheld, complained, suspended), (*late, registered)),
        *((*ready, held_over), (*ready, attested), (*out, first_paid)),
        (*ready, CaseClosed(closed_on=MARCH, closed_by="kari")),
    ]
    said: dict[str, str] = {}
    for events in met:
        case = case_of(*events)
        for number in (1, 2):
            for on in (date(2019, 12, 31), MARCH, date(2021, 2, 1)):
                told = list_blocks(case, case.commitment.instalment(number), on=on)
                said |= {block.code: block.detail for block in told}
    assert len(said) == len(BLOCKS) + 1, "and that nothing is left to pay"
    assert [code for code, sentence in said.items() if not (sentence[:1].isupper() and sentence[-1:] == ".")] == []
