"""What a cell of a batch file holds before anybody asks what it is for: an exact value, or that it is none."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unusable:
    """A cell whose content is no value: a formula, an error, a time of day. `code` and `what` say which."""

    code: str
    what: str


Cell = str | int | Decimal | date | Unusable | None
