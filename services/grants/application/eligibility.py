"""Who may apply: each of the scheme's rules, asked of one application, answers with a finding and a sentence.

A finding says what was so on the day of arrival. What the applicant *is* decides whether it may apply at all; *when* it
came decides only whether it is late, and a late application is registered like any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.grants.application.content import Content
from services.grants.case.events.application import Finding, RuleKind
from services.grants.registers.organisation_numbers import has_check_digit
from services.grants.scheme.events import (
    ApplicantIs,
    CallPublished,
    Eligibility,
    EstablishedProject,
    GrantedBefore,
    OrganisationNumberValid,
    WithinDates,
)


@dataclass(frozen=True, kw_only=True)
class Call:
    """The call that is applied to: as published, with its deadline as last moved, and the budget year it gives from."""

    scheme_id: str
    year: int
    published: CallPublished
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What the rules look at. `granted` tells for each earlier call a rule names whether the applicant was granted."""

    content: Content
    call: Call
    arrived_on: date
    granted: Mapping[str, bool]


def earlier_calls(call: Call) -> tuple[str, ...]:
    """The calls whose outcome the rules ask about."""
    return tuple(rule.call_id for rule in call.published.terms.eligibility if isinstance(rule, GrantedBefore))


def examine(circumstances: Circumstances) -> tuple[Finding, ...]:
    """A finding for each rule of the terms the call was published with, in their order; then, where more is sought than
    there is, that it is: to be seen by whoever assesses, and no reason to refuse what arrived."""
    rules = circumstances.call.published.terms.eligibility
    return (*(_find(rule, circumstances) for rule in rules), *_too_much(circumstances))


SHOWN_ONLY: frozenset[RuleKind] = frozenset({"within-budget", "within-call"})
"""Findings that refuse nothing."""


def _too_much(case: Circumstances) -> Iterator[Finding]:
    """Of each sum that less than what is sought is there of."""
    sought_ore = case.content.amount_sought_ore
    budget_ore = sum(line.amount_ore for line in case.content.budget)
    total_ore = case.call.published.total_ore
    if case.content.budget and sought_ore > budget_ore:
        yield Finding(
            rule="within-budget",
            met=False,
            sentence=f"{sought_ore} øre are sought, and the project's budget adds up to {budget_ore} øre.",
        )
    if total_ore is not None and sought_ore > total_ore:
        yield Finding(
            rule="within-call",
            met=False,
            sentence=f"{sought_ore} øre are sought, and the call announces {total_ore} øre in all.",
        )


def _find(rule: Eligibility, case: Circumstances) -> Finding:
    match rule:
        case ApplicantIs():
            return _applicant_is(rule, case)
        case OrganisationNumberValid():
            return _organisation_number_valid(case)
        case GrantedBefore():
            return _granted_before(rule, case)
        case EstablishedProject():
            return _established_project(case)
        case WithinDates():
            return _within_dates(case)


def _applicant_is(rule: ApplicantIs, case: Circumstances) -> Finding:
    kinds, kind = " or ".join(rule.kinds), case.content.applicant.kind
    met = kind in rule.kinds
    return Finding(rule=rule.kind, met=met, sentence=f"The call is for: {kinds}. The applicant is: {kind}.")


def _organisation_number_valid(case: Circumstances) -> Finding:
    number = case.content.applicant.organisation_number
    met = number is not None and has_check_digit(number)
    sentence = "The organisation number is valid." if met else "The applicant must have a valid organisation number."
    return Finding(rule="organisation-number-valid", met=met, sentence=sentence)


def _granted_before(rule: GrantedBefore, case: Circumstances) -> Finding:
    """Supplement 4, 2020-018: the extraordinary money is for those who were granted in the first round."""
    met = case.granted.get(rule.call_id, False)
    if met:
        sentence = f"The applicant was granted in {rule.call_id}."
    elif case.content.applicant.organisation_number is None:
        sentence = f"Only those granted in {rule.call_id} may apply, and they are known by organisation number."
    else:
        sentence = f"Only those granted in {rule.call_id} may apply. The applicant was not."
    return Finding(rule=rule.kind, met=met, sentence=sentence)


def _established_project(case: Circumstances) -> Finding:
    met = case.content.established_project
    sentence = "The project is established." if met else "Only an established project may be applied for."
    return Finding(rule="established-project", met=met, sentence=sentence)


def _within_dates(case: Circumstances) -> Finding:
    opens_on, closes_on = case.call.published.opens_on, case.call.published.closes_on
    sentence = f"The call is open from {opens_on} to {closes_on}, both included. It arrived on {case.arrived_on}."
    return Finding(rule="within-dates", met=opens_on <= case.arrived_on <= closes_on, sentence=sentence)
