"""Erasable rows are those the log was told of: each is bound by a salted digest in the fact that names it, or in the
one that bound what stood before. PostgreSQL works the digests out; whoever verifies sees no number.

Of an erased row nothing is left to compare; how many there are is told. A row that no fact names is no fault: it is
stored before its fact, which may then have been refused.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import Connection

from dev.reconcile import rows
from services.eventlog.chain import Fault
from services.eventlog.epoch.events import RowsBound
from services.eventlog.mapper import decode
from services.grants.disbursement.events import PayeeAccountRegistered

TOGETHER = 1_000
TOLD = "SELECT position, topic, data FROM grants.event WHERE topic = ANY (%s) ORDER BY position"
STANDS = "SELECT id, encode(digest, 'hex'), erased FROM grants.payee_account_digests(%s)"
Bound = tuple[int, UUID, str | None]


def check_accounts(connection: Connection[Any]) -> tuple[Counter[str], list[Fault]]:
    """How many accounts are bound and how many erased, and those that are not what they were. Some thousand in memory
    at a time."""
    counts = Counter({"accounts bound by a digest": 0})
    faults: list[Fault] = []
    unbound: dict[UUID, int] = {}
    bound = _bound(connection, unbound)
    while some := list(islice(bound, TOGETHER)):
        found = connection.execute(STANDS, ([account for _, account, _ in some],)).fetchall()
        stands = {account: (digest, erased) for account, digest, erased in found}
        for position, account, wanted in some:
            counts["accounts bound by a digest"] += 1
            digest, erased = stands.get(account, (None, False))
            if account not in stands:
                faults.append(Fault(position, "row", f"payee account {account} is gone"))
            elif erased:
                counts["accounts erased"] += 1
            elif digest != wanted:
                faults.append(Fault(position, "row", f"payee account {account} is not the one that was bound"))
    faults += [Fault(at, "row", f"payee account {account} is bound by no digest") for account, at in unbound.items()]
    return counts, faults


def _bound(connection: Connection[Any], unbound: dict[UUID, int]) -> Iterator[Bound]:
    """(position, account, digest) of each row that a fact binds; `unbound` gets those that are named and never bound,
    with where. What cannot be read is told elsewhere."""
    topics = [PayeeAccountRegistered.TOPIC, RowsBound.TOPIC]
    for position, topic, data in rows(connection, "bound accounts", TOLD, (topics,)):
        try:
            fact = decode(topic, data)
        except (ValueError, LookupError):
            continue
        match fact:
            case PayeeAccountRegistered(account_id=account, digest=str(digest)):
                yield position, account, digest
            case PayeeAccountRegistered(account_id=account):
                unbound[account] = position
            case RowsBound(table="payee_account"):
                for row in fact.rows:
                    unbound.pop(row.id, None)
                    yield position, row.id, row.digest
