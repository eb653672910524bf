"""A verifier ends with what it found, whatever it is given: what cannot be read is a fault, and stops nothing else."""

from collections import Counter
from collections.abc import Callable

from services.eventlog.chain import Fault

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError)
"""What reading and folding raise where a fact is none of ours any more. Where it stands, the chain tells."""

Found = tuple[Counter[str], list[Fault]]


def looked_at(what: str, check: Callable[[], Found]) -> Found:
    """What the check finds; or that it could not be made, since something it stands on cannot be read."""
    try:
        return check()
    except UNREADABLE as wrong:
        return Counter(), [cannot_be_looked_at(what, wrong)]


def cannot_be_looked_at(what: str, wrong: Exception) -> Fault:
    said = " ".join(str(wrong).split())[:160]
    return Fault(0, "unreadable", f"{what} cannot be looked at: {type(wrong).__name__}: {said}")
