"""What can have happened to a recipient's reports, to the control of them, and to the settlement. On the case's stream.

Whole øre, days in Europe/Oslo.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.eventlog.events import Event
from services.grants.case.events.award_change import Reduction

Check = Literal["content", "money"]
ControlMethod = Literal["random", "risk"]
Risk = Literal["first-time-recipient", "earlier-remarks", "large-sum", "late-report", "returned-report", "held-back"]
"""Why a case is controlled on risk. The first two are known from elsewhere; the others stand in the case itself."""


@dataclass(frozen=True, kw_only=True)
class ReportReceived(Event, topic="report.received.v1"):
    """A version of report `number` arrived, frozen. `used_ore` is what the recipient says was used of the grant in all
    so far."""

    number: int
    version: int
    summary: str
    results: str
    used_ore: int
    accounts_attested: bool
    document_sha256: str | None
    received_on: date
    registered_by: str


@dataclass(frozen=True, kw_only=True)
class ReportChecked(Event, topic="report.checked.v1"):
    """One of the two checks found the version right. Content and money are two people's."""

    number: int
    version: int
    check: Check
    note: str
    checked_on: date
    checked_by: str


@dataclass(frozen=True, kw_only=True)
class ReportReturned(Event, topic="report.returned.v1"):
    """One of the two checks found faults; the recipient answers with a new version by `reply_by`."""

    number: int
    version: int
    check: Check
    reasons: tuple[str, ...]
    reply_by: date
    returned_on: date
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class ReportDeadlineMoved(Event, topic="report.deadline-moved.v1"):
    """The recipient got more time for a report."""

    number: int
    due_on: date
    reason: str
    moved_on: date
    moved_by: str


@dataclass(frozen=True, kw_only=True)
class ReportReminded(Event, topic="report.reminded.v1"):
    """The recipient was reminded of report `number`: the `reminder`-th time, before or after its due day. What people
    call the case by (`case_number`) is told with it; of reminders of an earlier release it is not known."""

    number: int
    reminder: int
    due_on: date
    reminded_on: date
    reminded_by: str
    case_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class ControlSelected(Event, topic="report.control-selected.v1"):
    """The case is to be controlled. `draw` is the random draw that took it, `risks` what a risk-based choice rests on,
    and `basis` says it in words."""

    number: int
    method: ControlMethod
    draw: UUID | None
    risks: tuple[Risk, ...]
    basis: str
    selected_on: date
    selected_by: str


@dataclass(frozen=True, kw_only=True)
class ControlDrawn(Event, topic="control.drawn.v1"):
    """Cases were drawn for control at random, so that anybody can draw them again. On the stream `control-draw-<uuid>`.

    The population is every case of the budget year (and scheme) whose award was approved, released or settled, and
    not yet closed, at log position `position`;
    `population_sha256` is over its case ids, sorted, one a line. Each case's lot is SHA-256 of `<seed>:<case id>`, and
    the `size` smallest lots are drawn.
    """

    draw_id: UUID
    seed: str
    size: int
    year: int
    scheme_id: str | None
    position: int
    population: int
    population_sha256: str
    drawn: tuple[UUID, ...]
    drawn_on: date
    drawn_by: str


@dataclass(frozen=True, kw_only=True)
class ControlConcluded(Event, topic="report.control-concluded.v1"):
    """What control `number` found."""

    number: int
    found: str
    in_order: bool
    concluded_on: date
    concluded_by: str


@dataclass(frozen=True, kw_only=True)
class SettlementProposed(Event, topic="report.settlement-proposed.v1"):
    """Somebody prepared the settlement: what was used, and what of the promise therefore falls away."""

    used_ore: int
    reductions: tuple[Reduction, ...]
    proposed_on: date
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class SettlementReturned(Event, topic="report.settlement-returned.v1"):
    """The proposed settlement went back with a reason."""

    reason: str
    returned_by: str


@dataclass(frozen=True, kw_only=True)
class AwardSettled(Event, topic="report.award-settled.v1"):
    """A second person settled the award: what was not used is released to the fund; what was paid beyond use has been
    repaid, or stands in a reclaim that is decided."""

    used_ore: int
    reductions: tuple[Reduction, ...]
    settled_on: date
    approved_by: str


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Event, topic="report.case-closed.v1"):
    """Nothing is left to do in the case."""

    closed_on: date
    closed_by: str
