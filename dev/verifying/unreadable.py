"""A verifier ends with what it found, whatever it is given: what cannot be read is a fault, and stops nothing else.

Of a check that could not be made nothing is said but that: not what it would have found, and never that it holds.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg import Connection, Rollback
from psycopg.pq import TransactionStatus

from dev.verifying.releases import Unreadable
from services.eventlog.checkpoints.chain import Fault

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, psycopg.Error, Unreadable)
"""What reading, folding and judging raise where a fact is none of ours any more, or a table or function is gone. Where
a fact stands, the chain tells."""

Found = tuple[Counter[str], list[Fault]]


def looked_at(connection: Connection[Any], what: str, check: Callable[[], Found], *others: Connection[Any]) -> Found:
    """What the check finds; or that it could not be made, since something it stands on cannot be read. What follows on
    the same connections still can, whether the check told of what failed or raised it."""
    try:
        with ExitStack() as undone:
            for each in (connection, *others):
                undone.enter_context(_as_it_was(each))
            return check()
    except UNREADABLE as wrong:
        return Counter(), [could_not_be_checked(what, wrong)]


def look_at_each(connection: Connection[Any], checks: Mapping[str, Callable[[], Found]]) -> Found:
    """The same of several, one after the other, by the name each goes by."""
    counts, faults = Counter[str](), list[Fault]()
    for what, check in checks.items():
        counted, wrong = looked_at(connection, what, check)
        counts += counted
        faults += wrong
    return counts, faults


@contextmanager
def _as_it_was(connection: Connection[Any]) -> Iterator[None]:
    """The transaction goes on afterwards as it was before: of what reads only, nothing is lost."""
    with connection.transaction() as savepoint:
        yield
        if connection.info.transaction_status == TransactionStatus.INERROR:
            raise Rollback(savepoint)


def could_not_be_checked(what: str, wrong: Exception) -> Fault:
    said = " ".join(str(wrong).split())[:160]
    return Fault(0, "unreadable", f"{what}: could not be checked: {type(wrong).__name__}: {said}")
