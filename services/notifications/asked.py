"""Bodies that several rooms' acts are asked with."""

from typing import Annotated

from pydantic import Field

from services.httpapi.fields import Body, Prose, Text

Sha256 = Annotated[str, Text(64, 64), Field(pattern="^[0-9a-f]{64}$")]


class Because(Body):
    """Why, in words that can be read later."""

    reason: Prose
