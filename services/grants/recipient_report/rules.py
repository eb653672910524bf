"""What recipients owe of reports, and what has come of it: the state that reports, control and settlement decide on.

`receiving.py` holds how a report comes in and gets more time, `checking.py` its two checks, `reminder.py` when the
recipient is reminded, `control.py` and `draw.py` the control, `settlement.py` and `closing.py` the end of the case.
Whole øre, days in Europe/Oslo.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.eventlog.events import Event
from services.eventlog.folding import fold_once, replace
from services.grants.case.commitment import NOTHING_PROMISED, Commitment
from services.grants.case.disputes import UNDISPUTED, Disputes
from services.grants.case.events.award import AwardMade, ReportOwed
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterLeft,
    LetterNotArrived,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseImported,
)
from services.grants.case.events.recipient_report import (
    AwardSettled,
    CaseClosed,
    Check,
    ControlConcluded,
    ControlSelected,
    ReportChecked,
    ReportDeadlineMoved,
    ReportReceived,
    ReportReminded,
    ReportReturned,
    SettlementProposed,
    SettlementReturned,
)
from services.grants.case.events.withholding import WithholdingDecided
from services.grants.case.informed import NOT_INFORMED, Informed
from services.grants.case.state import State, state_after
from services.grants.recipient_report.overpayment import Recovered
from services.grants.recipient_report.refusals import UnknownReport

ReportState = Literal["untold", "awaited", "received", "returned", "approved"]
Fact = ReportReceived | ReportChecked | ReportReturned | ReportDeadlineMoved | ReportReminded


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report the recipient owes, and all that has happened to it, in order; of the last, that more was promised."""

    owed: ReportOwed
    informed: Informed = NOT_INFORMED
    facts: tuple[Fact | SupplementaryAwardApproved, ...] = ()

    @property
    def counted_due_on(self) -> date:
        """The day the letter asks it by; later where the letter came so late that the day would be overdue."""
        return self.informed.not_overdue_before(self.owed.due_on)

    @property
    def due_on(self) -> date:
        """The day it is due now: as it counts from the letter, as it was moved, or the day to answer a return by."""
        due_on = self.counted_due_on
        for fact in self.facts:
            match fact:
                case ReportDeadlineMoved(due_on=moved_to) | ReportReturned(reply_by=moved_to):
                    due_on = moved_to
        return due_on

    @property
    def versions(self) -> tuple[ReportReceived, ...]:
        return tuple(fact for fact in self.facts if isinstance(fact, ReportReceived))

    @property
    def latest(self) -> ReportReceived | None:
        return self.versions[-1] if self.versions else None

    @property
    def checks(self) -> tuple[ReportChecked, ...]:
        """The checks that found the latest version right. A new version is checked anew."""
        checks = (fact for fact in self.facts if isinstance(fact, ReportChecked))
        return tuple(check for check in checks if self.latest and check.version == self.latest.version)

    def list_checkers(self, check: Check) -> list[str]:
        """Who did that check of any version."""
        return [fact.checked_by for fact in self.facts if isinstance(fact, ReportChecked) and fact.check == check]

    @property
    def returns(self) -> tuple[ReportReturned, ...]:
        return tuple(fact for fact in self.facts if isinstance(fact, ReportReturned))

    @property
    def reminders(self) -> tuple[ReportReminded, ...]:
        return tuple(fact for fact in self.facts if isinstance(fact, ReportReminded))

    @property
    def state(self) -> ReportState:
        """Untold: the letter that asks for it is not out. Awaited: nothing has come. Received: it is being checked.
        Returned: the recipient answers. Approved: found right in content and money, by two people."""
        if self.latest is None:
            return "untold" if self.informed.waits else "awaited"
        if any(each.version == self.latest.version for each in self.returns):
            return "returned"
        return "approved" if len({check.check for check in self.checks}) == 2 else "received"


@dataclass(frozen=True, kw_only=True)
class Control:
    """A control of the case, under way until it is concluded."""

    selected: ControlSelected
    concluded: ControlConcluded | None = None


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """The case as this room knows it. Reports are owed from the day the award is approved, and asked for once the
    recipient knows of it. `drafts` are all settlements proposed since the last one stood, returned ones too."""

    commitment: Commitment = NOTHING_PROMISED
    disputes: Disputes = UNDISPUTED
    recovered: Recovered = field(default_factory=Recovered)
    informed: Informed = NOT_INFORMED
    life: State = "new"
    reports: tuple[Report, ...] = ()
    withheld: tuple[WithholdingDecided, ...] = ()
    controls: tuple[Control, ...] = ()
    proposed: SettlementProposed | None = None
    drafts: tuple[SettlementProposed, ...] = ()
    returned: SettlementReturned | None = None
    settled: AwardSettled | None = None
    closed: CaseClosed | None = None

    def report(self, number: int) -> Report:
        """The report of that number, or the refusal `NotCommitted` or `UnknownReport`."""
        self.commitment.approval()
        for report in self.reports:
            if report.owed.number == number:
                return report
        raise UnknownReport(f"The recipient owes {len(self.reports)} reports, and none is number {number}.")

    @property
    def open_control(self) -> Control | None:
        return next((control for control in self.controls if control.concluded is None), None)


def evolve(case: Reporting, event: Event) -> Reporting:
    """The case after this fact. Never refuses."""
    case = replace(
        case,
        commitment=case.commitment.fold(event),
        disputes=case.disputes.fold(event),
        recovered=case.recovered.fold(event),
        informed=case.informed.fold(event),
        life=state_after(case.life, event),
        closed=event if isinstance(event, CaseClosed) else case.closed,
    )
    match event:
        case AwardMade():
            owed = case.commitment.proposed.reports if case.commitment.proposed else ()
            return replace(case, reports=tuple(Report(owed=each, informed=case.informed) for each in owed))
        case (
            LetterReleased()
            | LetterLeft()
            | LetterNotArrived()
            | LetterReleaseEnded()
            | LetterDelivered()
            | LetterReleaseImported()
        ):
            return replace(case, reports=tuple(replace(each, informed=case.informed) for each in case.reports))
        case ReportReceived() | ReportChecked() | ReportReturned() | ReportDeadlineMoved() | ReportReminded():
            return replace(case, reports=tuple(_told(report, event) for report in case.reports))
        case WithholdingDecided():
            return replace(case, withheld=(*case.withheld, event))
        case ControlSelected():
            return replace(case, controls=(*case.controls, Control(selected=event)))
        case ControlConcluded():
            return replace(case, controls=tuple(_concluded(control, event) for control in case.controls))
        case SettlementProposed():
            return replace(case, proposed=event, drafts=(*case.drafts, event))
        case SettlementReturned():
            return replace(case, proposed=None, returned=event)
        case AwardSettled():
            return replace(case, proposed=None, drafts=(), settled=event)
        case SupplementaryAwardApproved():  # more was promised after all: the case is to be settled anew
            last = (replace(each, facts=(*each.facts, event)) for each in case.reports[-1:])
            return replace(case, settled=None, reports=(*case.reports[:-1], *last))
    return case


def fold(events: Sequence[Event]) -> Reporting:
    """The case as this room knows it, from everything that has happened in it."""
    return fold_once(evolve, events, Reporting)


def _told(report: Report, fact: Fact) -> Report:
    return replace(report, facts=(*report.facts, fact)) if report.owed.number == fact.number else report


def _concluded(control: Control, event: ControlConcluded) -> Control:
    return replace(control, concluded=event) if control.selected.number == event.number else control
