"""Control of a case: taken by lot (`draw.py`) or chosen on risk, and concluded by somebody who had no part in it."""

from datetime import date
from uuid import UUID

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.recipient_report import ControlConcluded, ControlSelected, Risk
from services.grants.recipient_report.refusals import need_words
from services.grants.recipient_report.rules import Reporting

LARGE_SUM_ORE = 500_000_000
"""From how much an award is a large sum, by the house's own policy: five million kroner."""

FOUND_IN_THE_CASE: frozenset[Risk] = frozenset(("large-sum", "late-report", "returned-report", "held-back"))
"""Risks the case itself shows or does not. The others are known from elsewhere, and are said in words."""


class RisksMissing(Refusal):
    """A risk-based choice names at least one risk."""

    code = "risks-missing"
    status = 422
    title = "Risikoen er ikke oppgitt"


class RiskNotFound(Refusal):
    """The case does not show that risk."""

    code = "risk-not-found"
    title = "Saken viser ikke den risikoen"


class ControlUnderWay(Refusal):
    """The case is being controlled. What is added belongs to that control."""

    code = "control-under-way"
    title = "Saken er under kontroll"


class NoControl(Refusal):
    """No control of that number waits to be concluded."""

    code = "no-control"
    status = 404
    title = "Det er ingen slik kontroll å avslutte"


def find_risks(case: Reporting) -> tuple[Risk, ...]:
    """The risks the case itself shows, in a fixed order."""
    late = any(
        version.received_on > report.counted_due_on for report in case.reports for version in report.versions[:1]
    )
    shown: dict[Risk, bool] = {
        "large-sum": case.commitment.committed_ore >= LARGE_SUM_ORE,
        "late-report": late,
        "returned-report": any(report.returns for report in case.reports),
        "held-back": bool(case.withheld or case.recovered.claims),
    }
    return tuple(risk for risk, is_shown in shown.items() if is_shown)


def select_by_risk(
    case: Reporting, *, risks: tuple[Risk, ...], basis: str, selected_on: date, selected_by: str
) -> list[Event]:
    """Choose the case for control on the risks named, which the case must show where it can.

    The same choice again returns no event. Refuses `NotCommitted`, `RisksMissing`, `RiskNotFound`, `ControlUnderWay`,
    `ReportReasonMissing`.
    """
    case.commitment.approval()
    if not risks:
        raise RisksMissing("Name at least one risk.")
    if missing := sorted(FOUND_IN_THE_CASE.intersection(risks).difference(find_risks(case))):
        raise RiskNotFound(f"The case does not show: {', '.join(missing)}.", risks=missing)
    need_words(basis)
    selected = ControlSelected(
        number=len(case.controls) + 1,
        method="risk",
        draw=None,
        risks=tuple(sorted(set(risks))),
        basis=basis,
        selected_on=selected_on,
        selected_by=selected_by,
    )
    if standing := case.open_control:
        if (standing.selected.risks, standing.selected.basis) == (selected.risks, selected.basis):
            return []
        raise ControlUnderWay(f"Control {standing.selected.number} is under way. Conclude it first.")
    return [selected]


def select_drawn(case: Reporting, *, draw: UUID, basis: str, selected_on: date, selected_by: str) -> list[Event]:
    """Record that the draw took the case. One that is under control already stays as it is."""
    if case.open_control or any(control.selected.draw == draw for control in case.controls):
        return []
    number = len(case.controls) + 1
    return [
        ControlSelected(
            number=number,
            method="random",
            draw=draw,
            risks=(),
            basis=basis,
            selected_on=selected_on,
            selected_by=selected_by,
        )
    ]


def conclude(
    case: Reporting, *, number: int, found: str, in_order: bool, concluded_on: date, concluded_by: str
) -> list[Event]:
    """Say what the control found. Not by whoever approved the award or checked its reports: that is what is controlled.

    The same again returns no event. Refuses `NotCommitted`, `NoControl`, `ReportReasonMissing`, `SamePersonTwice`.
    """
    case.commitment.approval()
    concluded = ControlConcluded(
        number=number, found=found, in_order=in_order, concluded_on=concluded_on, concluded_by=concluded_by
    )
    if any(control.concluded == concluded for control in case.controls):
        return []
    if case.open_control is None or case.open_control.selected.number != number:
        raise NoControl(f"No control of number {number} is under way.")
    need_words(found)
    keep_apart(
        concluded_by,
        "conclude control",
        {
            **case.commitment.bound_by(),
            "check content": [person for report in case.reports for person in report.list_checkers("content")],
            "check money": [person for report in case.reports for person in report.list_checkers("money")],
        },
    )
    return [concluded]
