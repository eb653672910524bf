"""What requests of this room hold, as typed bodies. Whole øre, days in Europe/Oslo."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from services.grants.application.content import Content
from services.grants.case.events.application import (
    Applicant,
    BudgetLine,
    CriterionScore,
    DismissalGround,
    LateGround,
    RejectionGround,
)
from services.grants.scheme.events import ApplicantKind, Form
from services.httpapi.strict.fields import (
    AddressLines,
    Body,
    DatedBody,
    Day,
    Line,
    Many,
    Ordinal,
    Ore,
    OreOrZero,
    Prose,
    Text,
)


@dataclass(frozen=True)
class Looks:
    """Text of a form that is told in words when it is not met: what was given is never repeated."""

    pattern: str
    like: str

    def __call__(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"is not {self.like}")
        return text


Email = Annotated[str, Text(3, 254), AfterValidator(Looks(r"[^@\s]+@[^@\s]+\.[^@\s.]+", "an email address"))]
Phone = Annotated[str, Text(3, 30), AfterValidator(Looks(r"\+?[0-9][0-9 ]*", "a telephone number"))]
MaybeLine = Annotated[str, Text(0, 200)]
Score = Annotated[int, Strict(), Field(ge=0, le=1_000)]


class ContactAsked(Body):
    """Whom to write to. It is kept apart from the application, and can be erased."""

    name: Line
    email: Email | None = None
    phone: Phone | None = None


class ApplicantAsked(Body):
    """Who applies: an organisation number of nine digits, a municipality number of four, the organisation's
    own postal address line by line. No person's."""

    kind: ApplicantKind
    name: Line
    organisation_number: Line | None = None
    municipality_number: Line | None = None
    address: AddressLines = ()

    def fact(self) -> Applicant:
        return Applicant(
            kind=self.kind,
            name=self.name,
            organisation_number=self.organisation_number,
            municipality_number=self.municipality_number,
            address=self.address,
        )


class BudgetLineAsked(Body):
    """A line of the project's budget, and who pays it if not this grant."""

    what: Line
    amount_ore: OreOrZero
    paid_by: MaybeLine = ""

    def fact(self) -> BudgetLine:
        return BudgetLine(what=self.what, amount_ore=self.amount_ore, paid_by=self.paid_by)


class VersionAsked(Body):
    """An application as it arrived. Persons stand in `contact` and nowhere else: the rest is kept for ever."""

    applicant: ApplicantAsked
    title: Line
    summary: Prose
    amount_sought_ore: Ore
    budget: Many[BudgetLineAsked]
    established_project: bool = False
    form: Form = "nb"
    contact: ContactAsked | None = None
    arrived_on: Day

    def content(self, call_id: str) -> Content:
        """What is frozen of it."""
        return Content(
            call_id=call_id,
            applicant=self.applicant.fact(),
            title=self.title,
            summary=self.summary,
            amount_sought_ore=self.amount_sought_ore,
            budget=tuple(line.fact() for line in self.budget),
            established_project=self.established_project,
            form=self.form,
        )


class ApplicationAsked(VersionAsked):
    """The first version of an application, and the call it is for."""

    call_id: Line


class SupplementAsked(DatedBody):
    """What is missing, point by point, and the last day to send it."""

    asks: Many[Prose]
    reply_by: Day
    requested_on: Day


class LateAcceptance(DatedBody):
    """Which version is taken in though it came too late, and on which ground."""

    described_as = "services__grants__application__asked__LateAcceptance"

    version: Ordinal
    ground: LateGround
    reason: Prose
    accepted_on: Day


class Withdrawal(Body):
    """The applicant takes it back; they need not say why."""

    described_as = "services__grants__application__asked__Withdrawal"

    reason: Annotated[str, Text(0, 10_000, lines=True)] = ""
    withdrawn_on: Day


class Impartiality(DatedBody):
    """Whether the one who asks is impartial in the case (forvaltningsloven § 6)."""

    impartial: bool
    stated_on: Day


class ScoreAsked(Body):
    """What one criterion gets, and why."""

    criterion_id: Line
    score: Score
    reason: Prose


class Assessment(DatedBody):
    """One person's assessment of a version: every criterion of the call, and what they recommend (null: nothing)."""

    version: Ordinal
    scores: Many[ScoreAsked]
    summary: Prose
    recommended_ore: Ore | None
    assessed_on: Day

    def each_score(self) -> tuple[CriterionScore, ...]:
        """The scores as an event keeps them."""
        return tuple(
            CriterionScore(criterion_id=score.criterion_id, score=score.score, reason=score.reason)
            for score in self.scores
        )


class DismissalAsked(DatedBody):
    """Why it is not to be taken up (avvisning)."""

    ground: DismissalGround
    reason: Prose
    proposed_on: Day


class RejectionAsked(DatedBody):
    """Why it does not get there (avslag)."""

    ground: RejectionGround
    reason: Prose
    proposed_on: Day


class Return(Body):
    """Why a proposed answer goes back."""

    described_as = "services__grants__application__asked__Return"

    reason: Prose


class DismissalDecided(DatedBody):
    """The day of the decision."""

    dismissed_on: Day


class RejectionDecided(DatedBody):
    """The day of the decision."""

    rejected_on: Day
