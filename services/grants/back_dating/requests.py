"""What is asked with when the bound on back-dating is set: exactly these fields and kinds."""

from typing import Annotated

from pydantic import Field, Strict

from services.httpapi.strict.fields import Body, Day, Prose


class BoundAsked(Body):
    """How many days before today a decision may be dated (0: none), from which day on (Europe/Oslo), and why."""

    days: Annotated[int, Strict(), Field(ge=0, le=36_500)]
    valid_from: Day
    reason: Prose
