"""The payment plan and the reports that a scheme's rules give an award, where the caseworker states none of their own.

Whole øre, days in Europe/Oslo. An award made alone and one made in a round are planned alike.
"""

from datetime import date

from services.grants.award.proposal import InstalmentDueTooSoon
from services.grants.case.events.award import Agreed, AwardProposed, Instalment, ReportOwed
from services.grants.scheme.events import InstalmentShare, SchemeTerms
from services.grants.scheme.plan import due_on
from services.grants.scheme.plan_conditions import Waits, check_conditions


def owed_reports(terms: SchemeTerms, *, year: int) -> tuple[ReportOwed, ...]:
    """The reports a recipient of the scheme owes for an award of that budget year, in the order they fall due."""
    in_order = sorted(terms.report_duties, key=lambda duty: due_on(duty, year))
    return tuple(
        ReportOwed(number=number, kind=duty.kind, due_on=due_on(duty, year), attested_accounts=duty.attested_accounts)
        for number, duty in enumerate(in_order, 1)
    )


def planned_instalments(
    terms: SchemeTerms, *, amount_ore: int, year: int, reports: tuple[ReportOwed, ...]
) -> tuple[Instalment, ...]:
    """The amount in the scheme's shares, each rounded down to whole øre and what is left over in the last. A share that
    waits for a kind of report waits for the first of that kind.

    Refuses (`ConditionNeverMet`) a share that waits for a kind of which this award owes none."""
    shares = terms.instalments
    plan = [Waits(number=number, report=share.needs_report) for number, share in enumerate(shares, 1)]
    check_conditions(plan, owed={report.kind for report in reports})
    parts_ore = [amount_ore * share.share_basis_points // 10_000 for share in shares]
    parts_ore[-1] = amount_ore - sum(parts_ore[:-1])
    return tuple(
        Instalment(
            number=number,
            amount_ore=part_ore,
            due_on=None if share.month is None else date(year, share.month, share.day or 1),
            condition=share.condition,
            needs_report=_first_report(share, reports),
        )
        for number, (share, part_ore) in enumerate(zip(shares, parts_ore, strict=True), 1)
    )


def check_begins(proposal: AwardProposed, terms: SchemeTerms | None, *, arrived_on: date | None) -> None:
    """Refuse (`InstalmentDueTooSoon`) an instalment due before what the award stands on: the application that arrived
    then, or the agreement of that day. A day of the scheme's own plan stands whenever it was applied, and so does any
    day before the approval: what is overdue when an award is made is paid at once."""
    first_on = proposal.basis.agreed_on if isinstance(proposal.basis, Agreed) else arrived_on
    year = int(proposal.fund_id[:4])
    own = {date(year, share.month, share.day or 1) for share in terms.instalments if share.month} if terms else set()
    early = [each.due_on for each in proposal.instalments if each.due_on and first_on and each.due_on < first_on]
    if slips := [day for day in early if day not in own]:
        raise InstalmentDueTooSoon(
            f"{min(slips)} is before {first_on}, the day of what the award stands on. Leave out the day of what is paid"
            " at once.",
            first_day_on=str(first_on),
        )


def _first_report(share: InstalmentShare, reports: tuple[ReportOwed, ...]) -> int | None:
    return next((report.number for report in reports if report.kind == share.needs_report), None)
