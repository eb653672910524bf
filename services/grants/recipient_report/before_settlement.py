"""What must be answered before an award is settled, and what of the promise then falls away.

Reports, payments, complaints, controls, withholdings; and what was paid beyond use has come back or stands in a decided
reclaim. Whole øre, days in Europe/Oslo.
"""

from datetime import date

from services.calendar.days import last_day
from services.eventlog.refusal import Refusal
from services.grants.case.disputes import DisputedMoney
from services.grants.case.events.award_change import Reduction
from services.grants.recipient_report.receiving import is_outgrown
from services.grants.recipient_report.rules import Reporting


class AlreadySettled(Refusal):
    """The award is settled."""

    code = "already-settled"
    title = "Tilskuddet er gjort opp"


class ReportsOutstanding(Refusal):
    """Reports are missing, or not found right in both checks."""

    code = "reports-outstanding"
    title = "Rapporter mangler eller er ikke kontrollert"


class PaymentsUnanswered(Refusal):
    """Payments are attested or requested, and accounting has not answered."""

    code = "payments-unanswered"
    title = "Utbetalinger er ikke besvart av regnskapet"


class ControlOpen(Refusal):
    """A control of the case is not concluded."""

    code = "control-open"
    title = "En kontroll er ikke avsluttet"


class WithholdingUndisposed(Refusal):
    """Money is withheld by a decision that may still be complained of (wait), or no longer stands (release it)."""

    code = "withholding-undisposed"
    title = "Tilbakeholdte midler er ikke avklart"


class UsedBeyondReported(Refusal):
    """More than the last approved report says was used."""

    code = "used-beyond-reported"
    title = "Forbruket er høyere enn rapportert"


class UsedBeyondPaid(Refusal):
    """More than was paid: what is owed is paid before the case is settled, or not counted as used of the grant."""

    code = "used-beyond-paid"
    title = "Forbruket er høyere enn det som er utbetalt"


class UnsettledOverpayment(Refusal):
    """More was paid than used, and it has neither come back nor been reclaimed."""

    code = "unsettled-overpayment"
    title = "For mye utbetalt er ikke tilbakebetalt eller krevd tilbake"


def need_answered(case: Reporting, used_ore: int, *, on: date) -> tuple[Reduction, ...]:
    """What falls away, once nothing is left to answer. Refuses `NotCommitted`, `AlreadySettled`, `ReportsOutstanding`,
    `PaymentsUnanswered`, `DisputedMoney`, `ControlOpen`, `WithholdingUndisposed`, `UsedBeyondReported`,
    `UsedBeyondPaid`, `UnsettledOverpayment`."""
    case.commitment.approval()
    if case.settled is not None:
        raise AlreadySettled(f"{case.settled.approved_by} settled it on {case.settled.settled_on}.")
    if missing := [report.owed.number for report in case.reports if report.state != "approved"]:
        raise ReportsOutstanding(f"Not approved: report {', '.join(map(str, missing))}.", reports=missing)
    if requested_ore := case.commitment.requested_ore:
        raise PaymentsUnanswered(f"{requested_ore} øre wait for accounting's answer.", requested_ore=requested_ore)
    if undecided := list(case.disputes.open_numbers):
        raise DisputedMoney(f"Complaint {undecided[0]} is undecided. Wait for its outcome.", complaints=undecided)
    if case.open_control:
        raise ControlOpen(f"Control {case.open_control.selected.number} is not concluded.")
    rest = case.commitment.list_rest()
    for reduction in rest:
        if reduction.withholding is not None:
            _need_final(case, reduction.withholding, on)
    _need_sound_use(case, used_ore)
    return rest


def _need_sound_use(case: Reporting, used_ore: int) -> None:
    reported = [report.latest.used_ore for report in case.reports if report.latest]
    if reported and used_ore > reported[-1]:
        anew = " More was promised since: have it reported anew." if is_outgrown(case.reports[-1]) else ""
        raise UsedBeyondReported(f"The last report says {reported[-1]} øre.{anew}", reported_ore=reported[-1])
    paid_ore = case.commitment.disbursed_ore - case.recovered.kept_out_ore
    if used_ore > paid_ore:
        raise UsedBeyondPaid(
            f"{paid_ore} øre are paid and not sent back. Pay what is owed first, or count no more than that as used.",
            paid_ore=paid_ore,
            free_ore=case.commitment.outstanding_ore,
        )
    beyond_ore = paid_ore - used_ore - case.recovered.standing_ore
    if beyond_ore > 0:
        raise UnsettledOverpayment(
            f"{beyond_ore} øre were paid beyond what was used. Have them repaid, or reclaim them.",
            beyond_ore=beyond_ore,
        )


def _need_final(case: Reporting, withholding: int, on: date) -> None:
    """Withheld money falls away only by a decision nobody can set aside any more: upheld on complaint, or not
    complained of within the time, reckoned from the earliest day the decision can have arrived."""
    if case.disputes.is_overturned("withholding", withholding):
        raise WithholdingUndisposed(f"Withholding {withholding} does not stand. Release what it holds.")
    if any(each.ending in ("upheld", "changed") for each in case.disputes.list_about("withholding", withholding)):
        return
    decided_on = max(each.decided_on for each in case.withheld if each.number == withholding)
    if on <= last_day(decided_on):
        raise WithholdingUndisposed(
            f"Withholding {withholding} can be complained of to {last_day(decided_on)} at least.",
            withholding=withholding,
            last_day_on=str(last_day(decided_on)),
        )
