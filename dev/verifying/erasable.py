"""Erasable rows are those the log was told of: each is bound by a salted digest in the fact that names it, or in the
one that bound what stood before. PostgreSQL works the digests out; whoever verifies sees no number.

Of an erased row nothing is left to compare; how many there are is told. That something is erased is itself a fact, so a
row that is emptied without one is found, and one that is still there though a fact says erased. Accounts that were
erased before that was a fact are named by the fact of the upgrade. A row that no fact names is no fault: it is stored
before its fact, which may then have been refused.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from psycopg import Connection

from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.epoch.events import RowsBound
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.case.events.application import ApplicationReceived, ContactErased, ContactNamed
from services.grants.case.events.disbursement import PayeeAccountErased, PayeeAccountRegistered
from services.grants.disbursement.payee.rules import erasure_of

TOGETHER = 1_000
TOLD = "SELECT position, topic, data FROM grants.event WHERE topic = ANY (%s) ORDER BY position"
STANDS = "SELECT id, encode(digest, 'hex'), erased FROM grants.payee_account_digests(%s)"
ERASED = """
    SELECT position, topic, data FROM grants.event
    WHERE stream = ANY (%s) AND topic = %s OR stream = 'log' AND topic = %s ORDER BY position
"""
OF_CASES = "SELECT stream, position, topic, data FROM grants.event WHERE topic = ANY (%s) ORDER BY stream, position"
LEFT = "SELECT id, emptied, whose FROM grants.left_of_erased(%s, %s)"
CONTACTS = "SELECT id, encode(digest, 'hex'), erased, emptied FROM grants.contact_digests(%s)"
Bound = tuple[int, UUID, str | None]


@dataclass(kw_only=True)
class Contact:
    """What the log says of a contact person's row: in which case and where it was first named, what it is bound by and
    from where, and where it was erased."""

    id: UUID
    case: str
    named: int
    bound: list[tuple[int, str]] = field(default_factory=list)
    erased: int | None = None


def check_accounts(connection: Connection[Any]) -> tuple[Counter[str], list[Fault]]:
    """How many accounts are bound and how many erased, and those that are not what the log says. Some thousand in
    memory at a time."""
    counts = Counter({"accounts bound by a digest": 0})
    faults: list[Fault] = []
    unbound: dict[UUID, int] = {}
    bound = _bound(connection, unbound)
    while some := list(islice(bound, TOGETHER)):
        found = connection.execute(STANDS, ([account for _, account, _ in some],)).fetchall()
        stands = {account: (digest, erased) for account, digest, erased in found}
        told = _erased(connection, [account for _, account, _ in some])
        left = left_of_erased(connection, "payee_account", [account for _, account, _ in some])
        for position, account, wanted in some:
            counts["accounts bound by a digest"] += wanted is not None
            faults += _wrong_with_account(position, account, wanted, stands.get(account), told.get(account))
            if not left.get(account, (True, None))[0]:
                faults.append(Fault(position, "row", f"payee account {account} is said to be erased and holds more"))
            counts["accounts erased"] += stands.get(account, (None, False))[1]
    told = _erased(connection, list(unbound))
    for account, at in unbound.items():
        if account not in told:
            faults.append(Fault(at, "row", f"payee account {account} is bound by no digest"))
    return counts, faults


def left_of_erased(connection: Connection[Any], table: str, asked: list[UUID]) -> dict[UUID, tuple[bool, str | None]]:
    """Of these rows those that are said to be erased: whether nothing is left in them, and whose each says it was."""
    return {row: (emptied, whose) for row, emptied, whose in connection.execute(LEFT, (table, asked))}


def _wrong_with_account(
    position: int, account: UUID, wanted: str | None, stands: tuple[str | None, bool] | None, told: int | None
) -> Iterator[Fault]:
    """What is not as the facts say: `wanted` is the digest that binds it (None of one that was erased before that was a
    fact), `told` where it stands that it is erased."""
    name = f"payee account {account}"
    digest, erased = stands or (None, False)
    if stands is None:
        yield Fault(position, "row", f"{name} is gone")
    elif (told or wanted is None) and not erased:
        yield Fault(told or position, "row", f"{name} is said to be erased and is still there")
    elif erased and not told and wanted is not None:
        yield Fault(position, "row", f"{name} is erased and no fact says so")
    elif not erased and digest != wanted:
        yield Fault(position, "row", f"{name} is not the one that was bound")


def _erased(connection: Connection[Any], accounts: list[UUID]) -> dict[UUID, int]:
    """Of these accounts, those that a fact says are erased, and where; or the upgrade before which it left none."""
    found: dict[UUID, int] = {}
    streams = [erasure_of(account) for account in accounts]
    for position, topic, data in connection.execute(ERASED, (streams, PayeeAccountErased.TOPIC, RowsBound.TOPIC)):
        match _read(topic, data):
            case PayeeAccountErased(account_id=account):
                found[account] = position
            case RowsBound(table="payee_account", rows=stood):
                found |= {row.id: position for row in stood if row.digest is None}
    return found


def _bound(connection: Connection[Any], unbound: dict[UUID, int]) -> Iterator[Bound]:
    """(position, account, digest) of each row that a fact binds; `unbound` gets those that are named and never bound,
    with where. What cannot be read is told elsewhere."""
    topics = [PayeeAccountRegistered.TOPIC, RowsBound.TOPIC]
    for position, topic, data in rows(connection, "bound accounts", TOLD, (topics,)):
        match _read(topic, data):
            case PayeeAccountRegistered(account_id=account, digest=str(digest)):
                yield position, account, digest
            case PayeeAccountRegistered(account_id=account):
                unbound[account] = position
            case RowsBound(table="payee_account", rows=stood):
                for row in stood:
                    unbound.pop(row.id, None)
                    yield position, row.id, row.digest


def check_contacts(connection: Connection[Any]) -> tuple[Counter[str], list[Fault]]:
    """How many contact persons are bound and how many erased, and those that are not what the log says. Some thousand
    in memory at a time."""
    counts = Counter({"contacts bound by a digest": 0})
    faults: list[Fault] = []
    told = _contacts(connection)
    while some := list(islice(told, TOGETHER)):
        found = connection.execute(CONTACTS, ([contact.id for contact in some],)).fetchall()
        stands = {contact: rest for contact, *rest in found}
        left = left_of_erased(connection, "contact", [contact.id for contact in some])
        for contact in some:
            counts["contacts bound by a digest"] += bool(contact.bound)
            counts["contacts erased"] += contact.erased is not None
            fault = _wrong_with(contact, stands.get(contact.id))
            if fault:
                faults.append(fault)
            elif left.get(contact.id, (True, contact.case))[1] != contact.case:
                faults.append(Fault(contact.named, "row", f"contact {contact.id} is said to be of another case"))
    return counts, faults


def _wrong_with(contact: Contact, stands: list[Any] | None) -> Fault | None:
    name = f"contact {contact.id}"
    if stands is None:
        return Fault(contact.named, "row", f"{name} is gone")
    digest, erased, emptied = stands
    if contact.erased is not None:
        still = not (erased and emptied)
        return Fault(contact.erased, "row", f"{name} is said to be erased and is still there") if still else None
    if erased or emptied:
        return Fault(contact.named, "row", f"{name} is erased and no fact says so")
    if not contact.bound:
        return Fault(contact.named, "row", f"{name} is bound by no digest")
    other = next((position for position, wanted in contact.bound if wanted != digest), None)
    return None if other is None else Fault(other, "row", f"{name} is not the one that was bound")


def _contacts(connection: Connection[Any]) -> Iterator[Contact]:
    """Each contact person that a fact names or erases, a case at a time: all that is said of one stands in their case,
    but for the fact that bound what stood before."""
    stood: dict[UUID, tuple[int, str]] = {}
    for position, topic, data in rows(connection, "contacts bound before", TOLD, ([RowsBound.TOPIC],)):
        match _read(topic, data):
            case RowsBound(table="contact", rows=bound):
                stood |= {row.id: (position, row.digest) for row in bound if row.digest is not None}
    topics = [ApplicationReceived.TOPIC, ContactNamed.TOPIC, ContactErased.TOPIC]
    facts = rows(connection, "contacts", OF_CASES, (topics,))
    for stream, of_case in groupby(facts, key=lambda row: row[0]):
        case = stream.removeprefix("case-")
        known: dict[UUID, Contact] = {}
        for _, position, topic, data in of_case:
            match _read(topic, data):
                case ApplicationReceived(contact_id=UUID() as contact, contact_digest=digest):
                    _name(known, stood, case, position, contact, digest)
                case ContactNamed(contact_id=contact, digest=digest):
                    _name(known, stood, case, position, contact, digest)
                case ContactErased(contact_id=contact):
                    _name(known, stood, case, position, contact, None)
                    known[contact].erased = position
        yield from known.values()


def _name(
    known: dict[UUID, Contact],
    stood: dict[UUID, tuple[int, str]],
    case: str,
    position: int,
    contact: UUID,
    digest: str | None,
) -> None:
    if contact not in known:
        bound = [stood[contact]] if contact in stood else []
        known[contact] = Contact(id=contact, case=case, named=position, bound=bound)
    if digest is not None:
        known[contact].bound.append((position, digest))


def _read(topic: str, data: bytes) -> Event | None:
    """The fact; nothing of what cannot be read, which is told elsewhere."""
    try:
        return decode(topic, data)
    except (ValueError, LookupError):
        return None
