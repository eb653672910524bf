"""What a proposed award must hold to be whole, before anybody is asked to approve it."""

import re
from collections.abc import Collection
from datetime import date

from services.eventlog.refusal import Refusal
from services.grants.award.letter_bounds import check_letter_of
from services.grants.case.commitment_refusals import positive
from services.grants.case.events.award import Agreed, Applied, AwardBasis, AwardProposed, Instalment, NamedIn, PerCapita
from services.grants.registers.municipalities import check_municipality_of
from services.grants.registers.organisation_numbers import check_organisation_number
from services.grants.scheme.events import SchemeTerms
from services.grants.scheme.plan_conditions import Waits, check_conditions, check_final_last, check_order
from services.text.folding import is_blank


class AwardIncomplete(Refusal):
    """Something a recipient must be told is not there; `missing` names all of it."""

    code = "award-incomplete"
    status = 422
    title = "Forslaget er ikke fullstendig"


class FundMalformed(Refusal):
    """The fund's id does not begin with a budget year, so no rule of years can be kept."""

    code = "fund-malformed"
    status = 422
    title = "Ugyldig budsjettlinje"


class PlanMisnumbered(Refusal):
    """Instalments, and reports, are numbered 1, 2, 3 in the order they stand."""

    code = "plan-misnumbered"
    status = 422
    title = "Terminene er feil nummerert"


class ReportDueTooSoon(Refusal):
    """No report of a grant falls due before the budget year it is given in."""

    code = "report-due-too-soon"
    status = 422
    title = "Rapportfristen er før budsjettåret"


class InstalmentDueTooSoon(Refusal):
    """No money is due before the budget year it is taken from, or before what the award stands on."""

    code = "instalment-due-too-soon"
    status = 422
    title = "Terminen forfaller før det den bygger på"


class PlanDoesNotAddUp(Refusal):
    """The instalments together are not the award."""

    code = "plan-does-not-add-up"
    status = 422
    title = "Terminene summerer ikke til beløpet"


class BasisDoesNotAddUp(Refusal):
    """A per-capita award is its count times its rate, to the øre."""

    code = "basis-does-not-add-up"
    status = 422
    title = "Antall ganger sats er ikke beløpet"


class FundNotOfScheme(Refusal):
    """The scheme (or its call) awards from other funds."""

    code = "fund-not-of-scheme"
    title = "Ordningen har ikke denne budsjettlinjen"


class BasisNotOfScheme(Refusal):
    """The scheme awards on another basis: on application, to the named, per capita, or by agreement."""

    code = "basis-not-of-scheme"
    title = "Ordningen gir tilskudd på et annet grunnlag"


class CommitmentAcrossYears(Refusal):
    """The money is one budget year's and the commitment, or a day it promises payment on, lies in another (rule 2)."""

    code = "commitment-across-years"
    title = "Tilsagnet går ut over budsjettåret"


def check_whole(proposal: AwardProposed, *, recorded: Collection[str | None] = ()) -> None:
    """Refuse a proposal that lacks something or contradicts itself. `recorded` are numbers that stand in the case
    already.

    `AwardIncomplete`, `FundMalformed`, `OrganisationNumberInvalid`, `MunicipalityUnknown`, `AmountNotPositive`,
    `PlanMisnumbered`, `PlanOutOfOrder`, `ReportDueTooSoon`, `PlanDoesNotAddUp`, `ConditionNeverMet`,
    `BasisDoesNotAddUp`, `LetterTooLong`, `LetterUnsettable`.
    """
    if missing := _list_missing(proposal):
        raise AwardIncomplete(f"Missing: {', '.join(missing)}.", missing=missing)
    if not re.match(r"[0-9]{4}/", proposal.fund_id):
        raise FundMalformed("A fund begins with its budget year, as in 2020/291/71.")
    if proposal.recipient.organisation_number is not None:
        check_organisation_number(proposal.recipient.organisation_number, recorded=recorded)
    if proposal.recipient.municipality_number is not None:
        check_municipality_of(proposal.recipient.municipality_number, int(proposal.fund_id[:4]), recorded=recorded)
    _check_plan(proposal)
    _check_reports(proposal)
    check_letter_of(proposal)
    match proposal.basis:
        case PerCapita(count=count, rate_ore=rate_ore) if count * rate_ore != proposal.amount_ore:
            raise BasisDoesNotAddUp(
                f"{count} at {rate_ore} øre is {count * rate_ore} øre, and the award is {proposal.amount_ore} øre.",
                difference_ore=count * rate_ore - proposal.amount_ore,
            )


def check_scheme(proposal: AwardProposed, scheme: SchemeTerms) -> None:
    """Refuse an award on a fund that is none of the scheme's or below one (`FundNotOfScheme`), or on another basis than
    the scheme's (`BasisNotOfScheme`). Of a call, the terms come with the call's own fund as their only one."""
    if not any(proposal.fund_id == fund or proposal.fund_id.startswith(f"{fund}/") for fund in scheme.fund_ids):
        raise FundNotOfScheme(f"Choose one of {', '.join(scheme.fund_ids)}.", fund_ids=list(scheme.fund_ids))
    if _basis_in_schemes(proposal.basis) != scheme.basis:
        raise BasisNotOfScheme(f"The scheme awards on the basis {scheme.basis}.", basis=scheme.basis)


def check_years(
    fund_id: str, instalments: Collection[Instalment], *, days: Collection[date], commitment_authority: bool
) -> bool:
    """Rule 2. Whether one of the days, or a due day, leaves the fund's budget year, which only a registered commitment
    authority for the post allows (`CommitmentAcrossYears`; bevilgningsreglementet § 6). Nothing allows a due day before
    that year (`InstalmentDueTooSoon`)."""
    year = int(fund_id[:4])
    promised = [instalment.due_on for instalment in instalments if instalment.due_on]
    if early := [day for day in promised if day.year < year]:
        first_on = date(year, 1, 1)
        raise InstalmentDueTooSoon(f"{min(early)} is before {first_on}. Give a later day.", first_day_on=str(first_on))
    outside = sorted(day for day in [*days, *promised] if day.year != year)
    if outside and not commitment_authority:
        raise CommitmentAcrossYears(
            f"The fund is {year}'s and {outside[0]} is not in it. The post has no commitment authority with room.",
            year=year,
            days=[str(day) for day in outside],
        )
    return bool(outside)


def check_numbers(instalments: Collection[Instalment], *, first: int = 1) -> None:
    """Refuse instalments that are not numbered on from `first` (`PlanMisnumbered`), hold nothing (`AmountNotPositive`)
    or do not stand in the order they fall due (`PlanOutOfOrder`)."""
    for place, instalment in enumerate(instalments, start=first):
        if instalment.number != place:
            raise PlanMisnumbered(f"Instalment {instalment.number} stands where {place} is expected.")
        positive(instalment.amount_ore)
    check_order("Instalment", [instalment.due_on for instalment in instalments])


def _list_missing(proposal: AwardProposed) -> list[str]:
    needed = {
        "recipient": not is_blank(proposal.recipient.name),
        "purpose": not is_blank(proposal.purpose),
        "terms": proposal.terms and all(not is_blank(term) for term in proposal.terms),
        "instalments": proposal.instalments,
        **{name: not is_blank(text) for name, text in _needed_of(proposal.basis).items()},
    }
    return [name for name, there in needed.items() if not there]


def _needed_of(basis: AwardBasis) -> dict[str, str]:
    match basis:
        case NamedIn(section=section):
            return {"section of the letter": section}
        case PerCapita(rule=rule):
            return {"rule of the rate": rule}
        case Agreed(document=document):
            return {"document of the agreement": document}
        case Applied(call_id=call_id):
            return {"call": call_id}


def _basis_in_schemes(basis: AwardBasis) -> str:
    return "application" if isinstance(basis, Applied) else basis.kind


def _check_plan(proposal: AwardProposed) -> None:
    positive(proposal.amount_ore)
    check_numbers(proposal.instalments)
    sum_ore = sum(instalment.amount_ore for instalment in proposal.instalments)
    if sum_ore != proposal.amount_ore:
        raise PlanDoesNotAddUp(
            f"The instalments add up to {sum_ore} øre and the award is {proposal.amount_ore} øre.",
            difference_ore=sum_ore - proposal.amount_ore,
        )


def _check_reports(proposal: AwardProposed) -> None:
    owed = [report.number for report in proposal.reports]
    if owed != list(range(1, len(owed) + 1)):
        raise PlanMisnumbered("Number the reports 1, 2, 3 in the order they fall due.")
    first_on = date(int(proposal.fund_id[:4]), 1, 1)
    if early := [report.number for report in proposal.reports if report.due_on < first_on]:
        raise ReportDueTooSoon(f"Report {early[0]} falls due before {first_on}. Let it fall due then or later.")
    check_order("Report", [report.due_on for report in proposal.reports])
    check_final_last([report.kind for report in proposal.reports])
    check_waits(proposal.instalments, proposal)


def check_waits(instalments: Collection[Instalment], proposal: AwardProposed) -> None:
    """Refuse (`ConditionNeverMet`) an instalment that waits for a report the recipient does not owe, or for nothing in
    words."""
    plan = [Waits(number=each.number, condition=each.condition, report=each.needs_report) for each in instalments]
    check_conditions(plan, owed=[report.number for report in proposal.reports])
