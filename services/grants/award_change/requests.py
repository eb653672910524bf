"""What is asked with when an award is changed, answered by its recipient, or turns its year. Whole øre, Europe/Oslo."""

from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from services.grants.award.requests import InstalmentAsked, plan_of
from services.grants.case.events.award import ChangeGround, Ground, Reduction
from services.grants.case.hearing import Exemption, ExemptionCode, Hearing
from services.httpapi.fields import Body, CalendarYear, DatedBody, Day, Line, Many, Ordinal, Ore, Prose


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
        exemption = Exemption(**self.exemption.model_dump()) if self.exemption else None
        return Hearing(warned_on=self.warned_on, reply_by=self.reply_by, exemption=exemption)


class SupplementaryAsked(Body):
    """More money, in instalments numbered on from the plan."""

    kind: Literal["supplementary"]
    added: Many[InstalmentAsked]
    ground: GroundAsked

    def facts(self) -> dict[str, Any]:
        return {"kind": self.kind, "added": plan_of(self.added), "ground": self.ground.fact()}


class ReductionOfAward(DatedBody):
    """Less money: what falls away, instalment by instalment."""

    kind: Literal["reduction"]
    reductions: Many[ReductionAsked]
    ground: GroundAsked
    hearing: HearingAsked | None = None

    def facts(self) -> dict[str, Any]:
        reductions = tuple(Reduction(**each.model_dump()) for each in self.reductions)
        hearing = self.hearing.fact() if self.hearing else None
        return {
            "kind": self.kind,
            "added": (),
            "reductions": reductions,
            "ground": self.ground.fact(),
            "hearing": hearing,
        }


class AnnulmentAsked(DatedBody):
    """No more money: everything unpaid falls away."""

    kind: Literal["annulment"]
    ground: GroundAsked
    hearing: HearingAsked | None = None

    def facts(self) -> dict[str, Any]:
        hearing = self.hearing.fact() if self.hearing else None
        return {"kind": self.kind, "added": (), "ground": self.ground.fact(), "hearing": hearing}


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
