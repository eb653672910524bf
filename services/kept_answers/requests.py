"""What is asked with when the term that answers are kept for is set: exactly these fields and kinds."""

from typing import Annotated

from pydantic import Field, Strict

from services.httpapi.strict.fields import Body, Day, Prose
from services.kept_answers.rules import LEAST_DAYS, LONGEST_DAYS


class TermAsked(Body):
    """How many days answers to commands are kept, from which day on (Europe/Oslo), and why."""

    days: Annotated[int, Strict(), Field(ge=LEAST_DAYS, le=LONGEST_DAYS)]
    valid_from: Day
    reason: Prose
