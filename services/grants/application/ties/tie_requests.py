"""What ties to an organisation are recorded and ended with."""

from services.grants.case.events.application import (
    TieKind,
)
from services.httpapi.strict.fields import Body, DatedBody, Day, Line, Prose


class TieAsked(DatedBody):
    """Who is tied to the organisation, and how. No more than that is kept."""

    person: Line
    kind: TieKind
    recorded_on: Day


class TieEnding(Body):
    """Whose tie is gone, and why."""

    person: Line
    reason: Prose
    ended_on: Day
