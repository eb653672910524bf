"""When a case is closed: nothing is left to do in it. Only a complaint opens it again."""

from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.recipient_report import CaseClosed
from services.grants.recipient_report.before_settlement import ControlOpen
from services.grants.recipient_report.rules import Reporting

UNDECIDED = ("new", "received", "proposed")


class StillUndecided(Refusal):
    """An application or a proposal waits for its answer."""

    code = "still-undecided"
    title = "Saken er ikke avgjort"


class NotSettled(Refusal):
    """Money is promised and the award is not settled."""

    code = "not-settled"
    title = "Tilskuddet er ikke gjort opp"


class ComplaintUndecided(Refusal):
    """A complaint is open."""

    code = "complaint-undecided"
    title = "En klage er ikke avgjort"


class ReclaimOutstanding(Refusal):
    """The recipient still owes money that is claimed back."""

    code = "reclaim-outstanding"
    title = "Et tilbakekrav er ikke betalt"


def close(case: Reporting, *, closed_on: date, closed_by: str) -> list[Event]:
    """Close the case. A closed one stays closed: asked again it is nothing, unless a complaint has opened it since.

    Refuses `StillUndecided`, `NotSettled`, `ComplaintUndecided`, `ReclaimOutstanding`, `ControlOpen`.
    """
    if case.life == "closed":
        return []
    if case.life in UNDECIDED:
        raise StillUndecided("The application or the proposal waits for an answer.")
    if case.disputes.open_numbers:
        raise ComplaintUndecided(f"Complaint {case.disputes.open_numbers[0]} is undecided.")
    if case.settled is None and (case.commitment.committed_ore or case.commitment.disbursed_ore):
        raise NotSettled(f"{case.commitment.committed_ore} øre are promised. Settle the award first.")
    if numbers := list(case.recovered.standing_numbers):
        raise ReclaimOutstanding(
            f"Reclaim {numbers[0]} is not paid. {case.recovered.standing_ore} øre are claimed.",
            reclaims=numbers,
            standing_ore=case.recovered.standing_ore,
        )
    if case.open_control:
        raise ControlOpen(f"Control {case.open_control.selected.number} is not concluded.")
    return [CaseClosed(closed_on=closed_on, closed_by=closed_by)]
