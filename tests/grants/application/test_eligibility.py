"""Each of the scheme's rules answers with a finding and a sentence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from services.grants.application.content import Content
from services.grants.application.eligibility import SHOWN_ONLY, Call, Circumstances, earlier_calls, examine
from services.grants.application.receiving import NotEligible, receive
from services.grants.case.events.application import Applicant, ApplicationReceived
from services.grants.scheme.events import (
    ApplicantIs,
    Eligibility,
    EstablishedProject,
    GrantedBefore,
    OrganisationNumberValid,
    WithinDates,
)
from tests.grants.application.story import CLOSES_ON, CONTENT, DAY_AFTER, DRAMMEN, asked, given, version
from tests.grants.scheme.schemes import JANUARY, PUBLISHED, TERMS

FIRST_ROUND = PUBLISHED.call_id
CLUB = Applicant(kind="organisation", name="En forening", organisation_number="974760673")
EXTRA = (
    ApplicantIs(kinds=("municipality",)),
    EstablishedProject(),
    GrantedBefore(call_id=FIRST_ROUND),
    WithinDates(),
)


def call(*rules: Eligibility) -> Call:
    terms = replace(TERMS, eligibility=rules)
    return Call(scheme_id="jobbsjansen-2020", year=2020, published=replace(PUBLISHED, terms=terms))


def met(rule: Eligibility, content: Content = CONTENT, *, on: date = JANUARY, granted: bool = False) -> bool:
    circumstances = Circumstances(
        content=content, call=call(rule), arrived_on=on, granted={FIRST_ROUND: granted} if granted else {}
    )
    (finding,) = examine(circumstances)
    assert finding.rule == rule.kind
    assert finding.sentence.endswith(".")
    return finding.met


def of(applicant: Applicant) -> Content:
    return replace(CONTENT, applicant=applicant)


def test_an_applicant_is_of_a_kind_the_call_is_for() -> None:
    assert met(ApplicantIs(kinds=("municipality",)))
    assert not met(ApplicantIs(kinds=("municipality",)), of(CLUB))
    assert met(ApplicantIs(kinds=("municipality", "organisation")), of(CLUB))


def test_an_organisation_number_is_there_and_right() -> None:
    assert met(OrganisationNumberValid())
    assert not met(OrganisationNumberValid(), of(replace(DRAMMEN, organisation_number=None)))
    assert not met(OrganisationNumberValid(), of(replace(DRAMMEN, organisation_number="974760674")))


def test_a_project_is_established_when_the_applicant_says_so() -> None:
    assert met(EstablishedProject())
    assert not met(EstablishedProject(), replace(CONTENT, established_project=False))


def test_only_who_was_granted_before_may_apply() -> None:
    assert met(GrantedBefore(call_id=FIRST_ROUND), granted=True)
    assert not met(GrantedBefore(call_id=FIRST_ROUND))
    assert not met(GrantedBefore(call_id=FIRST_ROUND), of(replace(DRAMMEN, organisation_number=None)))


@pytest.mark.parametrize(
    ("day", "within"),
    [(date(2020, 1, 14), False), (JANUARY, True), (CLOSES_ON, True), (DAY_AFTER, False)],
)
def test_both_days_of_the_call_count(day: date, within: bool) -> None:
    assert met(WithinDates(), on=day) == within


def test_the_rules_tell_which_earlier_calls_they_ask_about() -> None:
    assert earlier_calls(call(*EXTRA)) == (FIRST_ROUND,)
    assert earlier_calls(call(WithinDates())) == ()


def test_the_extra_money_is_for_those_granted_in_the_first_round_and_others_are_told_why() -> None:
    """Domain rule 8; supplement 4, 2020-018."""
    asking = version(content=replace(CONTENT, established_project=False))
    refusal = given().when(receive, **asked(asking, call=call(*EXTRA), granted={FIRST_ROUND: False}))
    assert refusal.refused(NotEligible).details["reasons"] == [
        "Only an established project may be applied for.",
        f"Only those granted in {FIRST_ROUND} may apply. The applicant was not.",
    ]
    (registered,) = given().when(receive, **asked(version(), call=call(*EXTRA), granted={FIRST_ROUND: True})).events
    assert isinstance(registered, ApplicationReceived)
    assert all(finding.met for finding in registered.findings)


def test_what_came_after_the_call_closed_is_late_and_what_came_before_it_opened_is_refused() -> None:
    after = version(arrived_on=DAY_AFTER)
    (registered,) = given().when(receive, **asked(after, call=call(WithinDates()))).events
    assert isinstance(registered, ApplicationReceived)
    assert registered.late
    before = version(arrived_on=date(2020, 1, 14))
    given().when(receive, **asked(before, call=call(WithinDates()))).refused(NotEligible)


def found(content: Content) -> Sequence[tuple[str, bool, str]]:
    asked = Circumstances(content=content, call=call(WithinDates()), arrived_on=JANUARY, granted={})
    return [(finding.rule, finding.met, finding.sentence) for finding in examine(asked)][1:]


def test_too_much_sought_is_shown_and_refuses_nothing() -> None:
    of_budget, of_call = sum(line.amount_ore for line in CONTENT.budget), PUBLISHED.total_ore
    assert of_call
    assert found(replace(CONTENT, amount_sought_ore=of_budget)) == []
    (beyond,) = found(replace(CONTENT, amount_sought_ore=of_budget + 1))
    assert beyond == (
        "within-budget", False,
        f"{of_budget + 1} øre are sought, and the project's budget adds up to {of_budget} øre.",
    )  # fmt: skip
    both = found(replace(CONTENT, amount_sought_ore=of_call + 1))
    assert [rule for rule, _, _ in both] == ["within-budget", "within-call"]
    assert {rule for rule, _, _ in both} == SHOWN_ONLY
