"""What an applicant sent in, as a value, and the digest that freezes it."""

from dataclasses import asdict, dataclass
from hashlib import sha256

import rfc8785

from services.grants.case.events.application import Applicant, ApplicationReceived, BudgetLine
from services.grants.scheme.events import Form


@dataclass(frozen=True, kw_only=True)
class Content:
    """An application's own words and figures (whole øre). Whom to write to about it is no part of it."""

    call_id: str
    applicant: Applicant
    title: str
    summary: str
    amount_sought_ore: int
    budget: tuple[BudgetLine, ...]
    established_project: bool
    form: Form


def content_of(received: ApplicationReceived) -> Content:
    """What stood in a version that is recorded: its digest can be worked out again and compared."""
    return Content(**{name: getattr(received, name) for name in Content.__dataclass_fields__})


def content_sha256(content: Content) -> str:
    """SHA-256 over the canonical JSON of the content (RFC 8785), in hexadecimal."""
    told = asdict(content)
    if not content.applicant.address:  # as it was before an address was asked for
        del told["applicant"]["address"]
    return sha256(rfc8785.dumps(told)).hexdigest()
