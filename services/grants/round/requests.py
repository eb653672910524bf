"""What requests of this room hold: exactly these fields, exactly these kinds. Whole øre, days in Europe/Oslo."""

from typing import Annotated

from pydantic import Field, Strict

from services.grants.award.requests import InstalmentAsked, RecipientAsked
from services.grants.case.events.award import Agreed, AwardBasis, NamedIn
from services.grants.round.proposing import LineToPropose
from services.grants.scheme.events import Form
from services.httpapi.strict.fields import (
    Body,
    CalendarYear,
    Chosen,
    DatedBody,
    Day,
    Id,
    Line,
    Many,
    Ore,
    Prose,
)

ChosenCases = Chosen[Id]
"""The cases of the chosen lines."""


class Opening(DatedBody):
    """A round of one scheme's awards; of one call's, where the scheme has calls."""

    scheme_id: Line
    call_id: Line | None = None
    name: Line
    opened_on: Day


class LineRecipient(RecipientAsked):
    """The organisation, as the letter or the register names it, and its postal address where the letter shall have one
    (else the one its application gave)."""


class LineInstalment(InstalmentAsked):
    """One part of the award: whole øre, paid on or after a day, on a condition, once a report (by its number among
    those owed) is approved, or as soon as the letter is out."""


class LineNamedIn(Body):
    """The letter that names the recipient (0 is the letter of allocation) and the section where it does."""

    year: CalendarYear
    letter: Annotated[int, Strict(), Field(ge=0, le=999)]
    section: Line

    def fact(self) -> NamedIn:
        return NamedIn(year=self.year, letter=self.letter, section=self.section)


class LineAgreed(Body):
    """The agreement, as the archive knows it, and its day."""

    document: Line
    agreed_on: Day

    def fact(self) -> Agreed:
        return Agreed(document=self.document, agreed_on=self.agreed_on)


class LineAsked(Body):
    """One award of the round. A case with an application takes recipient and basis from it; any other line names its
    recipient, and the letter (`named_in`) or the agreement (`agreed`) it stands on. Without `case_id` a case begins.
    Purpose, terms and instalments that are left out are the scheme's own."""

    case_id: Id | None = None
    fund_id: Line
    amount_ore: Ore
    recipient: LineRecipient | None = None
    named_in: LineNamedIn | None = None
    agreed: LineAgreed | None = None
    purpose: Prose | None = None
    terms: Many[Prose] | None = None
    instalments: Many[LineInstalment] | None = None
    form: Form | None = None
    reasons: Prose | None = None

    def asked(self) -> LineToPropose:
        """The line as the room knows it."""
        plan = self.instalments
        return LineToPropose(
            fund_id=self.fund_id,
            amount_ore=self.amount_ore,
            recipient=self.recipient.fact() if self.recipient else None,
            basis=self._basis(),
            purpose=self.purpose,
            terms=self.terms,
            instalments=None if plan is None else tuple(each.fact() for each in plan),
            form=self.form,
            reasons=self.reasons,
            begun=self.case_id is not None,
        )

    def _basis(self) -> AwardBasis | None:
        if self.named_in:
            return self.named_in.fact()
        return self.agreed.fact() if self.agreed else None


class Lines(Body):
    """Awards to propose together, a thousand at most."""

    lines: Many[LineAsked]


class LinesReturn(Body):
    """Why lines go back: the chosen ones, or all that wait."""

    reason: Prose
    case_ids: ChosenCases | None = None


class RoundApproval(DatedBody):
    """The day the commitments count from, what the approver's budget disposal authority rests on, the last day the
    promises hold unaccepted, where one is set; and the chosen lines, or all that wait."""

    approved_on: Day
    disposal_authority: Line
    cover_valid_until: Day | None = None
    case_ids: ChosenCases | None = None


class WhatIf(Body):
    """The day the commitments would count from; and the chosen lines, or all that wait."""

    approved_on: Day
    case_ids: ChosenCases | None = None


class Closing(DatedBody):
    """The day the round is over."""

    described_as = "services__grants__round__asked__Closing"

    closed_on: Day
