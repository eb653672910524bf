"""What each act on a complaint is asked with. Days are days in Europe/Oslo."""

from typing import overload

from services.grants.case.events.complaint import (
    Capacity,
    Disputed,
    FormalDefect,
    LateGround,
    Outcome,
    Party,
    Suspends,
)
from services.httpapi.strict.fields import Body, DatedBody, Day, Line, Many, Ordinal, Prose


class PartyAsked(Body):
    """An organisation, as the complaint or the register names it. No person's name belongs here."""

    name: Line
    organisation_number: Line | None = None


class Arrival(Body):
    """A complaint of a decision; `decision_number` tells which withholding, reclaim or reduction. Without a party it is
    the case's own. `lodged_on` is when it was sent or handed in, `defects` what it lacks of forvaltningsloven § 32."""

    disputed: Disputed
    decision_number: Ordinal | None = None
    party: PartyAsked | None = None
    decision_arrived_on: Day
    lodged_on: Day
    grounds: Prose
    defects: Many[FormalDefect] = ()


class Deadline(DatedBody):
    """The day the defects must be put right by."""

    reply_by: Day
    asked_on: Day


class Completed(Body):
    """The day the complaint was whole."""

    completed_on: Day


class LateAcceptance(DatedBody):
    """The ground of forvaltningsloven § 31 first paragraph (a: cannot be blamed, b: special reasons), and why."""

    described_as = "services__grants__complaint__asked__LateAcceptance"

    ground: LateGround
    reason: Prose
    accepted_on: Day


class Dismissal(DatedBody):
    """Why the complaint is turned away."""

    reason: Prose
    dismissed_on: Day


class Suspension(DatedBody):
    """What waits until the complaint is decided, and why."""

    suspends: Suspends
    reason: Prose
    granted_on: Day


class SuspensionEnd(DatedBody):
    """Why the decision may be carried out after all."""

    reason: Prose
    ended_on: Day


class Reversal(DatedBody):
    """How far the party is given right, and why."""

    wholly: bool
    reason: Prose
    reversed_on: Day


class Forwarding(DatedBody):
    """The directorate's statement to the ministry. The party gets a copy."""

    statement: Prose
    forwarded_on: Day


class Outcomes(Body):
    """What the ministry did with the decision, and the document that says so."""

    outcome: Outcome
    document: Line
    decided_on: Day


class Withdrawal(Body):
    """The day the party took the complaint back."""

    described_as = "services__grants__complaint__asked__Withdrawal"

    withdrawn_on: Day


class PartyChange(Body):
    """Who has come in the party's place, as what, and the document that shows it."""

    party: PartyAsked
    capacity: Capacity
    document: Line
    changed_on: Day


@overload
def party_of(asked: PartyAsked) -> Party: ...
@overload
def party_of(asked: PartyAsked | None) -> Party | None: ...
def party_of(asked: PartyAsked | None) -> Party | None:
    """The party as a fact; None where none is named."""
    return None if asked is None else Party(name=asked.name, organisation_number=asked.organisation_number)
