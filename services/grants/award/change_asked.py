"""What is asked with when an award is changed, answered by its recipient, or turns its year. Whole øre, Europe/Oslo."""

from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from services.grants.award.asked import InstalmentAsked, plan_of
from services.grants.award.events import ChangeGround, Ground, Reduction
from services.httpapi.fields import Body, CalendarYear, Day, Line, Many, Ordinal, Ore, Prose


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


class SupplementaryAsked(Body):
    """More money, in instalments numbered on from the plan."""

    kind: Literal["supplementary"]
    added: Many[InstalmentAsked]
    ground: GroundAsked

    def facts(self) -> dict[str, Any]:
        return {"kind": self.kind, "added": plan_of(self.added), "ground": self.ground.fact()}


class ReductionOfAward(Body):
    """Less money: what falls away, instalment by instalment."""

    kind: Literal["reduction"]
    reductions: Many[ReductionAsked]
    ground: GroundAsked

    def facts(self) -> dict[str, Any]:
        reductions = tuple(Reduction(**each.model_dump()) for each in self.reductions)
        return {"kind": self.kind, "added": (), "reductions": reductions, "ground": self.ground.fact()}


class AnnulmentAsked(Body):
    """No more money: everything unpaid falls away."""

    kind: Literal["annulment"]
    ground: GroundAsked

    def facts(self) -> dict[str, Any]:
        return {"kind": self.kind, "added": (), "ground": self.ground.fact()}


ChangeAsked = Annotated[SupplementaryAsked | ReductionOfAward | AnnulmentAsked, Field(discriminator="kind")]


class ChangeApproval(Body):
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


class ChangeAnswer(Body):
    """Whether the request is granted, why, and when."""

    granted: Annotated[bool, Strict()]
    reason: Prose
    answered_on: Day


class YearTurned(Body):
    """The budget year that ended."""

    year: CalendarYear
