"""What a scheme asks before it pays: whether anybody can be asked it, and when its reports fall due."""

from datetime import date

from services.grants.scheme.events import ApplicantIs, ReportDuty, SchemeTerms
from services.grants.scheme.plan_conditions import ConditionNeverMet, Waits, check_conditions


def check_askable(terms: SchemeTerms) -> None:
    """Refuses (`ConditionNeverMet`) what the terms ask and nobody would ever be asked, or could ever meet."""
    plan = [
        Waits(number=number, condition=share.condition, report=share.needs_report)
        for number, share in enumerate(terms.instalments, 1)
    ]
    check_conditions(plan, owed={duty.kind for duty in terms.report_duties})
    waiting = [each.number for each in plan if each.condition or each.report]
    if terms.basis == "per-capita" and waiting:
        raise ConditionNeverMet(
            "Per-capita awards are paid by the plan of their file, which asks for no condition and no report. Leave"
            " them out.",
            instalments=waiting,
        )
    if terms.basis != "application" and (terms.eligibility or terms.criteria):
        raise ConditionNeverMet(
            f"The scheme's grants are {terms.basis}: nobody applies, so nobody is asked who may apply or scored."
        )
    kinds = [set(rule.kinds) for rule in terms.eligibility if isinstance(rule, ApplicantIs)]
    if kinds and not set.intersection(*kinds):
        raise ConditionNeverMet("No applicant is of every kind that is asked for. Ask for one of them.")


def due_on(duty: ReportDuty, year: int) -> date:
    """The day a report of the scheme falls due, of an award of that budget year."""
    return date(year + duty.years_after, duty.month, duty.day)
