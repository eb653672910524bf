"""What a front-end sends of a scheme: its terms as JSON, part for part as `events.SchemeTerms` keeps them."""

from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints, TypeAdapter

from services.grants.scheme.events import ApplicantKind, Basis, Form, NoticeRule, ReportKind, SchemeTerms
from services.httpapi.strict.fields import Body, CalendarYear, DatedBody, Day, Line, Many, Ore, Prose, Sha256, Text

WORDS = r"[a-z0-9]+(-[a-z0-9]+)*"
SchemeId = Annotated[str, StringConstraints(strict=True, pattern=f"^{WORDS}$", max_length=80)]
"""Small letters and digits in words joined by hyphens, ending in the year by custom: jobbsjansen-2020."""
CallId = Annotated[str, StringConstraints(strict=True, pattern=f"^{WORDS}\\.{WORDS}$", max_length=160)]
"""The scheme's id, a full stop, and the call's own word: jobbsjansen-2020.forste-runde."""
ProseOrNothing = Annotated[str, Text(0, 10_000, lines=True)]
Share = Annotated[int, Strict(), Field(ge=1, le=10_000)]
Weight = Annotated[int, Strict(), Field(ge=1, le=100)]
Month = Annotated[int, Strict(), Field(ge=1, le=12)]
DayOfMonth = Annotated[int, Strict(), Field(ge=1, le=31)]


class SourceAsked(Body):
    """Where it stands: the document, and the place in it."""

    document: Line
    section: Line


class NoticePolicyAsked(Body):
    """Whether the ministry is told 14 days before a letter (Instruks 5.4), on which source, from which day. In terms it
    is proposed, and counts only once a second person has confirmed it; that takes the SHA-256 of the document."""

    rule: NoticeRule
    source: SourceAsked
    valid_from: Day
    document_sha256: Sha256 | None = None


class CriterionAsked(Body):
    """One thing an application is scored on, 0 to `most`, and its weight in per cent of the whole."""

    criterion_id: SchemeId
    question: Prose
    most: Weight
    weight: Weight


class ApplicantIsAsked(Body):
    """The applicant is one of these kinds."""

    kind: Literal["applicant-is"]
    kinds: Annotated[tuple[ApplicantKind, ...], Strict(False), Field(min_length=1, max_length=3)]


class GrantedBeforeAsked(Body):
    """The applicant was granted an award in that call."""

    kind: Literal["granted-before"]
    call_id: CallId


class PlainEligibility(Body):
    """A condition with nothing to fill in."""

    kind: Literal["organisation-number-valid", "established-project", "within-dates"]


EligibilityAsked = Annotated[ApplicantIsAsked | GrantedBeforeAsked | PlainEligibility, Field(discriminator="kind")]


class InstalmentShareAsked(Body):
    """One instalment's share in basis points, and what it waits for."""

    share_basis_points: Share
    month: Month | None = None
    day: DayOfMonth | None = None
    condition: Line | None = None
    needs_report: ReportKind | None = None


class ReportDutyAsked(Body):
    """A report every recipient owes, by a month and a day `years_after` the budget year."""

    kind: ReportKind
    month: Month
    day: DayOfMonth
    years_after: Annotated[int, Strict(), Field(ge=0, le=10)] = 0
    attested_accounts: bool = False


class InFormAsked(Body):
    """The scheme's texts in another form of language: each where the terms have one, the standard terms as many, and a
    condition (or null) for each instalment."""

    form: Form
    name: Line
    aim: ProseOrNothing = ""
    follow_up: ProseOrNothing = ""
    control: ProseOrNothing = ""
    reactions: ProseOrNothing = ""
    standard_terms: Many[Prose] = ()
    conditions: Many[Line | None] = (None,)


class TermsAsked(Body):
    """The whole terms of a scheme. The five texts may wait, but not longer than until a call is published. A letter in
    another form than they are `written_in` is made only where `translations` has that."""

    name: Line
    fund_ids: Annotated[tuple[Line, ...], Strict(False), Field(min_length=1, max_length=100)]
    basis: Basis
    notice: NoticePolicyAsked
    source: SourceAsked
    aim: ProseOrNothing = ""
    target_group: ProseOrNothing = ""
    criteria_text: ProseOrNothing = ""
    follow_up: ProseOrNothing = ""
    control: ProseOrNothing = ""
    reactions: ProseOrNothing = ""
    eligibility: Many[EligibilityAsked] = ()
    criteria: Many[CriterionAsked] = ()
    instalments: Many[InstalmentShareAsked] = (InstalmentShareAsked(share_basis_points=10_000),)
    report_duties: Many[ReportDutyAsked] = ()
    standard_terms: Many[Prose] = ()
    letter_template: Line | None = "grant-letter"
    acceptance_required: bool = True
    personal_data_in_applications: bool = False
    written_in: Form = "nb"
    translations: Annotated[tuple[InFormAsked, ...], Strict(False), Field(max_length=2)] = ()

    def as_terms(self) -> SchemeTerms:
        """The terms as the scheme keeps them."""
        return _TERMS.validate_python(self.model_dump())


class Registration(DatedBody):
    """A scheme of a budget year, and the day it is registered (Europe/Oslo)."""

    scheme_id: SchemeId
    year: CalendarYear
    terms: TermsAsked
    registered_on: Day


class Revision(DatedBody):
    """Other terms from a day on, and why."""

    terms: TermsAsked
    reason: Prose
    revised_on: Day


class CallAsked(DatedBody):
    """A call on the scheme as it stands. `closes_on` is the last day an application may arrive, that day included;
    `total_ore` is what the call announces (whole øre), or null."""

    call_id: CallId
    title: Line
    fund_id: Line
    opens_on: Day
    closes_on: Day
    total_ore: Ore | None = None
    published_on: Day


class DeadlineMove(Body):
    """A later last day, that day included, and why."""

    closes_on: Day
    reason: Prose


class Cancellation(DatedBody):
    """Why the call is taken back, and from which day."""

    reason: Prose
    cancelled_on: Day


_TERMS = TypeAdapter(SchemeTerms)
