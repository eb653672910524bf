"""What waits in a case, and for whom."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.award import AwardReturned, Instalment, PerCapita
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from services.grants.case.events.disbursement import (
    PaymentAttested,
    PaymentRequested,
)
from services.grants.case.events.grant_letter import LetterFrozen, LetterReleased
from services.grants.case.events.recipient_report import ReportChecked, ReportDeadlineMoved
from services.grants.waiting.rules import list_tasks
from services.grants.waiting.task import Task
from tests.grants.application.story import late, partial, received, taken_in
from tests.grants.award.grant_letters import TERMS
from tests.grants.fodt_fri import (
    MILLION,
    approved,
    claimed,
    committed,
    from_before,
    letter_out,
    outside,
    proposed,
    running,
    warned,
    withheld,
)
from tests.grants.waiting.waiting import ACCOUNT, FINAL, complaint, forwarded, registered, report, verified


def names(*events: Event) -> list[str]:
    return [task.task for task in list_tasks(events)]


def only(name: str, *events: Event) -> Task:
    (found,) = [task for task in list_tasks(events) if task.task == name]
    return found


def test_a_claim_that_a_letter_went_out_waits_where_it_can_be_confirmed_and_nowhere_else() -> None:
    assert only("confirm-letter-release", *from_before, claimed).not_by == {"kari"}
    assert "confirm-letter-release" not in names(*committed, claimed)


def test_a_decision_made_outside_waits_to_be_confirmed_and_not_to_be_approved() -> None:
    assert names(proposed, outside) == ["confirm-award-import"]
    assert only("confirm-award-import", proposed, outside).not_by == {"kari"}


def test_a_proposal_waits_for_another_than_its_preparer() -> None:
    assert names(proposed) == ["approve-award"]
    waiting = only("approve-award", proposed)
    assert (waiting.role, waiting.not_by) == ("approver", frozenset({"kari"}))
    assert (waiting.recipient, waiting.amount_ore) == ("Stiftelsen Født Fri", proposed.amount_ore)


def test_a_proposal_under_a_scheme_waits_for_its_letter_too() -> None:
    assert names(replace(proposed, scheme_id="ressursmiljo")) == ["freeze-letter", "approve-award"]


def test_nothing_is_attested_before_the_letter_is_out() -> None:
    assert "attest-payment" not in names(*committed, registered, verified)


def test_an_account_is_verified_by_another_than_who_registered_it() -> None:
    assert "register-account" in names(*committed, letter_out)
    assert only("verify-account", *committed, letter_out, registered).not_by == {"kari"}


def test_each_unpaid_instalment_waits_for_one_who_neither_approved_it_nor_keeps_the_account() -> None:
    waiting = only("attest-payment", *running, registered, verified)
    assert (waiting.part, waiting.from_on) == (2, date(2020, 9, 1))
    assert waiting.not_by == {approved.approved_by, "kari", "anne"}


def test_a_warned_withholding_can_be_decided_from_the_day_after_the_reply_period() -> None:
    waiting = only("decide-withholding", *running, warned)
    assert (waiting.from_on, waiting.not_by) == (date(2020, 9, 2), frozenset({"kari"}))
    assert "decide-withholding" not in names(*running, warned, withheld)


def test_a_complaint_waits_for_the_directorate_and_then_for_the_ministry() -> None:
    assert only("handle-complaint", *running, warned, withheld, complaint).role == "caseworker"
    assert only("decide-complaint", *running, warned, withheld, complaint, forwarded).role == "ministry"


def test_a_report_is_checked_twice_by_two_people() -> None:
    owing = (replace(proposed, reports=(FINAL,)), *running[1:])
    assert only("remind-of-report", *owing).from_on == date(2021, 3, 18)
    assert {"check-report-content", "check-report-money"} <= set(names(*owing, report))
    content = ReportChecked(
        number=1, version=1, check="content", note="", checked_on=date(2021, 3, 2), checked_by="kari"
    )
    assert only("check-report-money", *owing, report, content).not_by == {"kari"}
    money = replace(content, check="money", checked_by="anne")
    assert "propose-settlement" in names(*owing, report, content, money)


def part_payment(number: int, amount_ore: int, pay_on: date) -> PaymentAttested:
    return PaymentAttested(
        payment_id=UUID(int=number), instalment=2, amount_ore=amount_ore, account_id=ACCOUNT, pay_on=pay_on,
        attested_on=date(2020, 9, 1), attested_by="per",
    )  # fmt: skip


def test_two_part_payments_of_one_instalment_are_one_thing_to_ask_accounting_for() -> None:
    """They were two rows of one key, and the inbox of that case stood still."""
    parts = part_payment(1, 100, date(2020, 9, 20)), part_payment(2, 50, date(2020, 9, 10))
    waiting = only("request-payment", *running, registered, verified, *parts)
    assert (waiting.part, waiting.amount_ore, waiting.from_on) == (2, 150, date(2020, 9, 10))
    asked = PaymentRequested(
        payment_id=UUID(int=1), batch_id=UUID(int=9), requested_on=date(2020, 9, 20), requested_by="anne"
    )
    assert only("request-payment", *running, registered, verified, *parts, asked).amount_ore == 50
    assert only("take-receipt", *running, registered, verified, *parts, asked).amount_ore == 100


def test_a_per_capita_award_is_offered_for_payment_though_no_letter_is_made_of_it() -> None:
    per_capita = replace(proposed, basis=PerCapita(count=2, rate_ore=3 * MILLION, rule="år 1"), scheme_id="tilskudd")
    made = per_capita, replace(approved, letter_owed=False)
    assert "register-account" in names(*made)
    offered = [task.part for task in list_tasks([*made, registered, verified]) if task.task == "attest-payment"]
    assert offered == [1, 2]
    assert names(per_capita) == ["approve-award"]


def test_an_instalment_that_is_blocked_is_not_offered() -> None:
    waits = replace(proposed.instalments[1], needs_report=1)
    blocked = replace(proposed, instalments=(proposed.instalments[0], waits), reports=(FINAL,))
    assert "attest-payment" not in names(blocked, *running[1:], registered, verified)
    assert "attest-payment" not in names(*running, warned, withheld, registered, verified)


def test_a_late_application_waits_for_an_approver_to_take_it_in_and_for_nobody_to_assess_it() -> None:
    assert names(late) == ["accept-late-application"]
    waiting = only("accept-late-application", late)
    assert (waiting.role, waiting.part, waiting.not_by) == ("approver", 1, frozenset({late.registered_by}))
    assert names(late, taken_in) == ["assess-application"]


def test_who_is_not_impartial_is_not_asked_to_assess_or_decide() -> None:
    assert only("assess-application", received, partial).not_by == {"kari"}


def test_a_report_is_reminded_of_by_the_day_it_was_moved_to() -> None:
    owing = (replace(proposed, reports=(FINAL,)), *running[1:])
    moved = ReportDeadlineMoved(
        number=1, due_on=date(2021, 6, 1), reason="Syk.", moved_on=date(2021, 3, 1), moved_by="kari"
    )
    waiting = only("remind-of-report", *owing, moved)
    assert (waiting.due_on, waiting.from_on) == (date(2021, 6, 1), date(2021, 5, 18))


def test_whoever_wrote_any_part_of_a_proposal_is_not_asked_to_approve_it() -> None:
    """Returned, and brought again by another: it is still the first one's too."""
    returned = AwardReturned(reason="Feil.", returned_by="ola")
    again = replace(proposed, purpose="Et annet formål", proposed_by="liv")
    assert only("approve-award", proposed, returned, again).not_by == {"kari", "liv"}


def test_what_is_offered_of_a_year_tells_when_it_is_over() -> None:
    assert only("attest-payment", *running, registered, verified).until_on == date(2020, 12, 31)


def test_whether_a_letter_is_made_is_told_by_the_schemes_terms() -> None:
    under = replace(proposed, scheme_id="ressursmiljo")
    told = [task.task for task in list_tasks([under], TERMS)]
    without = [task.task for task in list_tasks([under], replace(TERMS, letter_template=None))]
    assert (told, without) == (["freeze-letter"], ["approve-award"])


def test_the_letter_of_a_change_waits_until_it_is_frozen() -> None:
    more = Instalment(number=3, amount_ore=MILLION)
    added = SupplementaryAwardApproved(
        amount_ore=MILLION,
        added=(more,),
        ground=Ground(code="more-granted", text="Mer."),
        approved_on=date(2020, 5, 18),
        approved_by="ola",
        disposal_authority="Instruks 4.2",
        letter_owed=True,
    )
    told = LetterFrozen(
        proposal_version=4, template="t", form="nb", sha256="ab" * 32, size_bytes=9, dated_on=date(2020, 5, 18),
        frozen_by="kari",
    )  # fmt: skip
    first = replace(told, proposal_version=1, dated_on=date(2020, 2, 3))
    out = LetterReleased(released_on=date(2020, 2, 10), sha256=first.sha256, message_id="m-1")
    on_scheme = replace(proposed, scheme_id="nasjonale-ressursmiljo-2020")
    so_far = (on_scheme, first, replace(approved, scheme_id=on_scheme.scheme_id), out)
    assert "freeze-letter" not in [each.task for each in list_tasks(so_far, TERMS)]
    waiting = [each.task for each in list_tasks((*so_far, added), TERMS)]
    assert waiting.count("freeze-letter") == 1
    of_change = replace(told, sha256="cd" * 32, follows=first.sha256)
    assert "freeze-letter" not in [each.task for each in list_tasks((*so_far, added, of_change), TERMS)]


def test_an_award_whose_letter_names_its_approver_waits_for_nobody_else() -> None:
    named = LetterFrozen(
        proposal_version=1, template="t", form="nb", sha256="ab" * 32, size_bytes=9, dated_on=date(2020, 2, 3),
        frozen_by="eva", approver="ola",
    )  # fmt: skip
    on_scheme = replace(proposed, scheme_id="nasjonale-ressursmiljo-2020")
    (waiting,) = [each for each in list_tasks((on_scheme, named), TERMS) if each.task == "approve-award"]
    assert (waiting.only_by, sorted(waiting.not_by)) == ("ola", ["eva", "kari"])
    assert waiting.until_on == named.dated_on, "no letter is older than what it tells of"
    (renewed,) = [each for each in list_tasks((on_scheme, named), TERMS) if each.task == "renew-letter"]
    assert (renewed.role, renewed.from_on) == ("caseworker", date(2020, 2, 4))
    anew = (on_scheme, named, AwardReturned(reason="x", returned_by="ola"), replace(on_scheme, amount_ore=1))
    assert [each.only_by for each in list_tasks(anew, None) if each.task == "approve-award"] in ([], [None])
