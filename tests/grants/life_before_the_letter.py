"""What the tests of life before the letter build, for other tests to use as well."""

from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from hypothesis.stateful import invariant, precondition, rule

from services.eventlog.events import Event
from services.grants.award_change import rules as change
from services.grants.case.events.award import AwardProposed, ReportOwed
from services.grants.case.events.award_change import Ground
from services.grants.case.events.grant_letter import LetterLeft, LetterMayLeave, LetterNotArrived, LetterPerhapsLeft
from services.grants.disbursement.batch.rules import PayeeAccount
from services.grants.disbursement.payee import rules as payee
from services.grants.recipient_report import reminder
from services.grants.recipient_report.reminder import reminders_due
from services.grants.waiting.rules import list_tasks
from tests.grants.award.letter_freezing import SHA
from tests.grants.directorate.drawn import FLAG, PREPARERS, SHARES, WHICH, share
from tests.grants.directorate.machine import Directorate
from tests.grants.fodt_fri import proposed
from tests.grants.life import Life

OUT = {"award.letter-left.v1", "award.letter-delivered.v1", "award.letter-release-imported.v1"}
TAKEN = (
    "award.terms-accepted.", "award.declined.", "award.change-requested.", "award.change-answered.",
    "disbursement.payment-attested.", "disbursement.payment-requested.",
    "withholding.prior-warning-", "withholding.decided.", "withholding.reclaim-warned.", "withholding.reclaim-decided.",
    "withholding.reclaim-netted.", "report.received.", "report.checked.", "report.returned.", "report.deadline-moved.",
    "report.reminded.", "report.settlement-proposed.", "report.award-settled.",
)  # fmt: skip

OFFERED = {
    "record-acceptance", "answer-change-request", "confirm-condition", "register-account", "attest-payment",
    "request-payment", "take-receipt", "decide-withholding", "decide-reclaim", "follow-up-reclaim",
    "check-report-content", "check-report-money", "remind-of-report", "propose-settlement", "approve-settlement",
}  # fmt: skip


def is_untold(life: Life) -> bool:
    topics = [type(event).TOPIC for event in life.events]
    return bool({"award.approved.v1", "award.imported.v1"} & set(topics)) and not OUT & set(topics)


def list_unclear(life: Life) -> list[int]:
    """The tries to send its letter of which nobody can tell what came."""
    told: list[int] = []
    for event in life.events:
        if isinstance(event, LetterPerhapsLeft):
            told.append(event.attempt)
        elif isinstance(event, LetterNotArrived):
            told.remove(event.attempt)
    return told if is_untold(life) else []


class Waiting(Directorate):
    """The same with a report owed, where every letter waits for a while, some of them let out and not left."""

    proposal: ClassVar[AwardProposed] = replace(
        proposed, reports=(ReportOwed(number=1, kind="final", due_on=date(2020, 2, 20)),)
    )

    def grant(self, fund_id: str, parts_ore: list[int], *, until: int, outside: bool = False) -> None:
        super().grant(fund_id, parts_ore, until=min(until, 2 if outside else 4), outside=outside)

    @precondition(lambda self: any(is_untold(life) for life in self.lives))
    @rule(which=WHICH)
    def a_letter_goes_out(self, which: int) -> None:
        """And the account is found that the recipient is to be paid to."""
        waiting = [life for life in self.lives if is_untold(life)]
        life, account_id = waiting[which % len(waiting)], self.new_id()
        out: list[Event] = [LetterLeft(left_on=self.today, sha256=SHA, message_id=f"l-{life.number}")]
        if not any(isinstance(event, LetterMayLeave) for event in life.events):
            out.insert(0, LetterMayLeave(released_on=self.today, sha256=SHA, message_id=f"m-{life.number}"))
        assert self.record((life.stream, out))
        life.take(out)
        self.accounts[account_id] = PayeeAccount(
            account_id=account_id, account_number="12345678911", organisation_number="974760673"
        )
        self.ask(
            life, "disbursement", payee.register_account,
            account_id=account_id, holder="974760673", registered_on=self.today, registered_by="anne",
        )  # fmt: skip
        self.ask(
            life, "disbursement", payee.verify_account,
            account_id=account_id, source="Banken", verified_on=self.today, verified_by="siri",
        )  # fmt: skip

    @precondition(lambda self: any(is_untold(life) for life in self.lives))
    @rule(which=WHICH, clear=FLAG)
    def nobody_can_tell_whether_a_letter_went_out(self, which: int, clear: bool) -> None:
        """Or the channel found after all that it did not."""
        waiting = [life for life in self.lives if is_untold(life)]
        life = waiting[which % len(waiting)]
        unclear, attempt = list_unclear(life), len(life.events)
        said: list[Event] = [LetterPerhapsLeft(attempt=attempt, sha256=SHA, message_id=f"p-{life.number}-{attempt}")]
        if clear and unclear:
            said = [LetterNotArrived(attempt=unclear[0], sha256=SHA, message_id=f"n-{life.number}-{attempt}")]
        elif not any(isinstance(event, LetterMayLeave) for event in life.events):
            said.insert(0, LetterMayLeave(released_on=self.today, sha256=SHA, message_id=f"m-{life.number}"))
        assert self.record((life.stream, said))
        life.take(said)

    @precondition(lambda self: any(life.commitment.approved for life in self.lives))
    @rule(which=WHICH)
    def someone_reminds(self, which: int) -> None:
        life = self.pick(which)
        case = life.rooms["recipient_report"]
        due = [report for report in case.reports if report.due_on < self.today]
        assert not is_untold(life) or reminders_due(case, self.today) == ()
        self.reached["overdue"] += bool(due)
        self.ask(life, "recipient_report", reminder.remind, number=1, reminded_on=self.today, reminded_by="kari")

    @invariant()
    def nothing_is_overdue_on_the_day_the_letter_goes_out(self) -> None:
        for life in self.news_of("overdue"):
            for report in life.rooms["recipient_report"].reports:
                out_on = report.informed.out_on
                assert out_on is None or report.due_on >= out_on + timedelta(days=21)

    @precondition(lambda self: any(is_untold(life) for life in self.lives))
    @rule(which=WHICH, who=PREPARERS, part=SHARES, all_of_it=FLAG)
    def an_award_nobody_knows_of_is_changed_unheard(self, which: int, who: str, part: str, all_of_it: bool) -> None:
        """Whatever else stands in the way, a hearing does not; but where it perhaps knows, that alone does."""
        waiting = [life for life in self.lives if is_untold(life)]
        life = waiting[which % len(waiting)]
        for falling in life.commitment.list_rest()[:1]:
            less = () if all_of_it else (replace(falling, amount_ore=share(falling.amount_ore, part)),)
            kind = "annulment" if all_of_it else "reduction"
            unheard = self.reached["PriorWarningMissing"]
            ground = Ground(code="condition-not-met", text="Mindre enn søkt.")
            if self.ask(
                life, "award", change.propose_change,
                kind=kind, reductions=less, ground=ground, proposed_by=who,
            ):  # fmt: skip
                self.ask(life, "award", change.approve_change, approved_on=self.today, approved_by="ola")
            asked_for_one = self.reached["PriorWarningMissing"] > unheard
            assert bool(list_unclear(life)) or not asked_for_one
            self.reached["perhaps it knows"] += bool(asked_for_one)

    @invariant()
    def nothing_is_taken_of_a_recipient_that_does_not_know(self) -> None:
        for life in self.news_of("taken"):
            topics = [type(event).TOPIC for event in life.events]
            if is_untold(life):
                assert [topic for topic in topics if topic.startswith(TAKEN)] == []

    @invariant()
    def nothing_is_offered_of_a_recipient_that_does_not_know(self) -> None:
        for life in self.news_of("offered"):
            if is_untold(life):
                self.reached["untold"] += 1
                assert {task.task for task in list_tasks(life.events)} & OFFERED == set()
