"""What acts on publications are asked with, as typed bodies."""

from services.httpapi.strict.fields import Body, Day, Line, Sha256


class Planning(Body):
    """What is to be published: its title, the SHA-256 of the document as it will be, and the day it is meant for."""

    title: Line
    document_sha256: Sha256
    planned_on: Day | None = None
