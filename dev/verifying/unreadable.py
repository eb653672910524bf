"""A verifier ends with what it found, whatever it is given: what cannot be read is a fault, and stops nothing else.

Of a check that could not be made nothing is said but that: not what it would have found, and never that it holds.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import Connection

from services.eventlog.chain import Fault

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, psycopg.Error)
"""What reading and folding raise where a fact is none of ours any more, or a table or function is gone. Where a fact
stands, the chain tells."""

Found = tuple[Counter[str], list[Fault]]


def looked_at(connection: Connection[Any], what: str, check: Callable[[], Found]) -> Found:
    """What the check finds; or that it could not be made, since something it stands on cannot be read. What follows on
    the same connection still can."""
    try:
        with connection.transaction():
            return check()
    except UNREADABLE as wrong:
        return Counter(), [could_not_be_checked(what, wrong)]


def could_not_be_checked(what: str, wrong: Exception) -> Fault:
    said = " ".join(str(wrong).split())[:160]
    return Fault(0, "unreadable", f"{what}: could not be checked: {type(wrong).__name__}: {said}")
