"""What is asked with when an award is changed, answered by its recipient, or turns its year. Whole øre, Europe/Oslo."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from services.grants.award.requests import InstalmentAsked, plan_of
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import ChangeGround, Ground, Reduction
from services.grants.case.hearing import Exemption, ExemptionCode, Hearing
from services.httpapi.strict.fields import Body, CalendarYear, DatedBody, Day, Line, Many, Ordinal, Ore, Prose


class GroundAsked(Body):
    """Why, as a code to count by and in the words the recipient reads."""

    code: ChangeGround
    text: Prose

    def fact(self) -> Ground:
        return Ground(code=self.code, text=self.text)


class ReductionAsked(Body):
    """What falls away of an instalment (whole øre): what is free of it, or what that withholding holds of it."""

    instalment: Ordinal
    amount_ore: Ore
    withholding: Ordinal | None = None


class ExemptionFromWarning(Body):
    """Why no prior warning is owed (forvaltningsloven § 16 third paragraph), and the facts it rests on."""

    code: ExemptionCode
    ground: Prose


class HearingAsked(Body):
    """How the recipient is heard before money falls away: warned, with a last day to answer, or on an exemption."""

    warned_on: Day
    reply_by: Day | None = None
    exemption: ExemptionFromWarning | None = None

    def fact(self) -> Hearing:
        exemption = Exemption(code=self.exemption.code, ground=self.exemption.ground) if self.exemption else None
        return Hearing(warned_on=self.warned_on, reply_by=self.reply_by, exemption=exemption)


class SupplementaryAsked(Body):
    """More money, in instalments numbered on from the plan."""

    kind: Literal["supplementary"]
    added: Many[InstalmentAsked]
    ground: GroundAsked

    def instalments(self) -> tuple[Instalment, ...]:
        """What is promised beside what was."""
        return plan_of(self.added)

    def reduced(self) -> tuple[Reduction, ...]:
        return ()

    def heard(self) -> Hearing | None:
        """Nobody is heard of more."""
        return None


class ReductionOfAward(DatedBody):
    """Less money: what falls away, instalment by instalment."""

    kind: Literal["reduction"]
    reductions: Many[ReductionAsked]
    ground: GroundAsked
    hearing: HearingAsked | None = None

    def instalments(self) -> tuple[Instalment, ...]:
        return ()

    def reduced(self) -> tuple[Reduction, ...]:
        """What falls away, instalment by instalment."""
        return tuple(
            Reduction(instalment=each.instalment, amount_ore=each.amount_ore, withholding=each.withholding)
            for each in self.reductions
        )

    def heard(self) -> Hearing | None:
        """How the recipient was heard of it, if it was."""
        return self.hearing.fact() if self.hearing else None


class AnnulmentAsked(DatedBody):
    """No more money: everything unpaid falls away."""

    kind: Literal["annulment"]
    ground: GroundAsked
    hearing: HearingAsked | None = None

    def instalments(self) -> tuple[Instalment, ...]:
        return ()

    def reduced(self) -> tuple[Reduction, ...]:
        """All that is unpaid, which the case itself knows."""
        return ()

    def heard(self) -> Hearing | None:
        """How the recipient was heard of it, if it was."""
        return self.hearing.fact() if self.hearing else None


ChangeAsked = Annotated[SupplementaryAsked | ReductionOfAward | AnnulmentAsked, Field(discriminator="kind")]


class ChangeApproval(DatedBody):
    """The day the change counts from; for more money also what the budget disposal authority rests on."""

    approved_on: Day
    disposal_authority: Line | None = None


class Acceptance(Body):
    """The day the recipient accepted the terms, and the document that shows it."""

    accepted_on: Day
    document: Line


class RefusalByRecipient(Body):
    """Why the recipient refuses the award, in its own words or ours, and since when."""

    reason: Prose
    declined_on: Day


class ChangeRequest(Body):
    """What the recipient asks to have otherwise, and the day it arrived."""

    asks: Prose
    received_on: Day


class ChangeAnswer(DatedBody):
    """Whether the request is granted, why, and when."""

    granted: Annotated[bool, Strict()]
    reason: Prose
    answered_on: Day


class YearTurned(Body):
    """The budget year that ended."""

    year: CalendarYear
