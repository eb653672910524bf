"""What acts on held letters are asked with, as typed bodies."""

from services.httpapi.strict.fields import Body, Instant, Line, Sha256


class Release(Body):
    """`when_open`: keep the order, and let the letter out as soon as the gate opens."""

    when_open: bool = False


class Waiver(Body):
    """The ministry's own document that says so, by its name in the archive and its SHA-256."""

    document: Line
    document_sha256: Sha256


class Delivery(Body):
    """What somebody knows of a letter's arrival, and from where."""

    delivered_at: Instant
    evidence: Line
