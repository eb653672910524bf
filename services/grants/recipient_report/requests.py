"""What each act on a report, a control or a settlement is asked with. Amounts are whole øre, days are Europe/Oslo's."""

from typing import Annotated

from pydantic import Field, Strict

from services.grants.case.events.recipient_report import Risk
from services.httpapi.strict.fields import Body, CalendarYear, DatedBody, Day, Line, OreOrZero, Prose, Sha256, Some


class Arrived(Body):
    """A version of a report as it came. `used_ore` is what the recipient says was used in all so far."""

    summary: Prose
    results: Prose
    used_ore: OreOrZero
    accounts_attested: bool
    document_sha256: Sha256 | None = None
    received_on: Day


class FoundRight(DatedBody):
    """A check that found the report right."""

    note: Prose
    checked_on: Day


class FoundWrong(DatedBody):
    """What is wrong with the report, and the day the recipient answers by."""

    reasons: Some[Prose]
    reply_by: Day
    returned_on: Day


class MoreTime(DatedBody):
    """A later day for the report, and why."""

    due_on: Day
    reason: Prose
    moved_on: Day


class Reminder(DatedBody):
    """The day the recipient is reminded."""

    reminded_on: Day


class RiskChoice(DatedBody):
    """The risks the choice rests on, and what they are in this case."""

    risks: Some[Risk]
    basis: Prose
    selected_on: Day


class Conclusion(DatedBody):
    """What the control found."""

    found: Prose
    in_order: bool
    concluded_on: Day


class Draw(DatedBody):
    """A public seed nobody knew beforehand, how many cases to draw, and of which year and scheme."""

    seed: Line
    size: Annotated[int, Strict(), Field(ge=1, le=200)]
    year: CalendarYear
    scheme_id: Line | None = None
    drawn_on: Day


class Settlement(DatedBody):
    """What was used of the grant in all. What falls away of the promise follows from it."""

    described_as = "services__grants__recipient_report__asked__Settlement"

    used_ore: OreOrZero
    proposed_on: Day


class Returned(Body):
    """What must be changed."""

    reason: Prose


class Approval(DatedBody):
    """The day the settlement counts from."""

    described_as = "services__grants__recipient_report__asked__Approval"

    settled_on: Day


class Closing(DatedBody):
    """The day the case is closed."""

    described_as = "services__grants__recipient_report__asked__Closing"

    closed_on: Day
