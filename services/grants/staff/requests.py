"""What is asked of the register of staff, as typed bodies."""

from typing import Annotated

from services.httpapi.strict.fields import Body, Day, Line, Text

ShortLine = Annotated[str, Text(1, 120)]


class StaffAsked(Body):
    """A member of staff as letters name them: the subject id the issuer gives, name, title, and the days it counts
    (both counted, Europe/Oslo; without a last one, until further notice)."""

    subject: Line
    name: ShortLine
    title: ShortLine
    valid_from: Day
    valid_until: Day | None = None


class Ending(Body):
    """The last day the row counts."""

    valid_until: Day
