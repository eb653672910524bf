"""The register of staff is what the log was told of: each row is bound by a salted digest in the fact that names it.

As of other erasable rows: of an erased one nothing is left to compare, and that it is erased must itself be a fact.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from psycopg import Connection

from dev.verifying.erasable import left_of_erased
from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.mapper import decode
from services.grants.staff.events import StaffEntryErased, StaffNamed

TOGETHER = 1_000
TOLD = "SELECT position, topic, data FROM grants.event WHERE topic = ANY (%s) ORDER BY position"
STANDS = "SELECT id, encode(digest, 'hex'), erased FROM grants.staff_digests(%s)"


@dataclass(kw_only=True)
class Row:
    """What the log says of one row: where it was named and whose it is, what it is bound by (both None of one whose own
    fact never came), and where it was erased."""

    named: int
    subject: str | None = None
    digest: str | None = None
    erased: int | None = None


def check_staff(connection: Connection[Any]) -> tuple[Counter[str], list[Fault]]:
    """How many rows are bound and how many erased, and those that are not what the log says."""
    told = _told(connection)
    counts = Counter({"staff bound by a digest": sum(row.digest is not None for row in told.values())})
    counts["staff erased"] = sum(row.erased is not None for row in told.values())
    faults: list[Fault] = []
    left = iter(told.items())
    while some := dict(islice(left, TOGETHER)):
        stands = {id: (digest, erased) for id, digest, erased in connection.execute(STANDS, (list(some),))}
        rest = left_of_erased(connection, "staff", list(some))
        for id, row in some.items():
            if fault := _wrong_with(id, row, stands.get(id)) or _wrong_with_rest(id, row, rest.get(id)):
                faults.append(fault)
    return counts, faults


def _wrong_with(id: UUID, row: Row, stands: tuple[str | None, bool] | None) -> Fault | None:
    name = f"member of staff {id}"
    if stands is None:
        return Fault(row.named, "row", f"{name} is gone")
    digest, erased = stands
    if row.erased is not None:
        return None if erased else Fault(row.erased, "row", f"{name} is said to be erased and is still there")
    if erased:
        return Fault(row.named, "row", f"{name} is erased and no fact says so")
    return None if digest == row.digest else Fault(row.named, "row", f"{name} is not the one that was bound")


def _wrong_with_rest(id: UUID, row: Row, left: tuple[bool, str | None] | None) -> Fault | None:
    """What is wrong with an erased row's rest: nothing is left in it but whose it was."""
    emptied, subject = left or (True, row.subject)
    if not emptied:
        return Fault(row.named, "row", f"member of staff {id} is said to be erased and holds more")
    if row.subject is not None and subject != row.subject:
        return Fault(row.named, "row", f"member of staff {id} is said to be somebody else")
    return None


def _told(connection: Connection[Any]) -> dict[UUID, Row]:
    """Every row that a fact names or erases. What cannot be read is told elsewhere. There are as many as people have
    worked here."""
    found: dict[UUID, Row] = {}
    for position, topic, data in rows(connection, "staff", TOLD, ([StaffNamed.TOPIC, StaffEntryErased.TOPIC],)):
        try:
            event = decode(topic, data)
        except (ValueError, LookupError):
            continue
        match event:
            case StaffNamed(entry_id=id, digest=digest, subject=subject):
                found[id] = Row(named=position, subject=subject, digest=digest)
            case StaffEntryErased(entry_id=id):
                found.setdefault(id, Row(named=position)).erased = position
    return found
