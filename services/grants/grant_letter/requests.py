"""What is asked with when a letter is said to have gone out before this system: exactly these fields and kinds."""

from services.httpapi.fields import (
    Body,
    Day,
    Line,
)


class Release(Body):
    """A letter said to have gone out before this system released letters, and the document that shows it."""

    described_as = "services__grants__award__asked__Release"

    released_on: Day
    document: Line
    document_sha256: Line | None = None
