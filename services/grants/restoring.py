"""`python -m services.grants.restoring look | propose | confirm`: go on without facts of grants that are lost for good
(docs/operations.md)."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection

from services.eventlog.events import Event
from services.eventlog.outside.kept_outside import Again, KeptFact
from services.grants.balance.digest import read_digest
from services.grants.case.events.application import ContactErased
from services.grants.case.events.disbursement import PayeeAccountErased, PaymentBatchMade
from services.grants.case.events.lost_payment import PaymentBatchLost
from services.grants.disbursement.lost.rules import STREAM as LOST
from services.grants.settings import Settings
from services.grants.staff.events import StaffEntryErased
from services.httpapi.restoration.acting import Outside
from services.httpapi.restoration.command import main

KEPT = (ContactErased.TOPIC, PayeeAccountErased.TOPIC, StaffEntryErased.TOPIC, PaymentBatchMade.TOPIC)
"""The facts that are kept outside the database: who was erased, and what accounting was asked for."""
STANDING = {
    ContactErased.TOPIC: "SELECT id FROM grants.contact WHERE id = ANY (%s) AND erased_at IS NULL",
    PayeeAccountErased.TOPIC: "SELECT id FROM grants.payee_account WHERE id = ANY (%s) AND erased_at IS NULL",
    StaffEntryErased.TOPIC: "SELECT id FROM grants.staff WHERE id = ANY (%s) AND erased_at IS NULL",
}
KNOWN = """
    SELECT convert_from(data, 'UTF8')::jsonb ->> 'batch_id' FROM grants.event WHERE stream = ANY (%s) AND version = 1
    UNION SELECT convert_from(data, 'UTF8')::jsonb ->> 'batch_id' FROM grants.event WHERE stream = %s AND topic = %s
"""
BATCHES = "SELECT data FROM grants.event WHERE topic LIKE 'disbursement.batch-made.v%'"


def left(outbox: Path | None) -> Outside:
    """Payment requests that accounting was given and the log knows nothing of: they may be paid."""

    def unknown(connection: Connection[Any]) -> Sequence[str]:
        if outbox is None or not outbox.is_dir():
            return ()
        known = {json.loads(bytes(row[0])).get("file_name") for row in connection.execute(BATCHES)}
        there = {path.name for path in outbox.iterdir() if not path.name.startswith(".")}
        return sorted(there - known)

    return unknown


def take_up(connection: Connection[Any], lost: Sequence[KeptFact]) -> Sequence[Again]:
    """Of facts that the log has lost: whoever is erased and stands here again is erased by the same fact, and a batch
    that accounting may have is named, so that nothing of its cases is asked for. Taken up before, it is nothing."""
    again: dict[UUID, Again] = {}
    for topic, query in STANDING.items():
        erased = {_row_of(each.event): each for each in lost if each.topic == topic}
        for (row,) in connection.execute(query.encode(), (list(erased),)).fetchall() if erased else ():
            again[row] = Again(stream=erased[row].stream, event=erased[row].event)
    made = {fact.batch_id: each for each in lost if isinstance(fact := each.event, PaymentBatchMade)}
    if not made:
        return list(again.values())
    asked = ([each.stream for each in made.values()], LOST, PaymentBatchLost.TOPIC)
    known = {UUID(row[0]) for row in connection.execute(KNOWN.encode(), asked)}
    batches = [Again(stream=LOST, event=_lost(each)) for id, each in made.items() if id not in known]
    return [*again.values(), *batches]


def _row_of(event: Event) -> UUID:
    match event:
        case ContactErased(contact_id=row) | PayeeAccountErased(account_id=row) | StaffEntryErased(entry_id=row):
            return row
    raise AssertionError(event)


def _lost(kept: KeptFact) -> PaymentBatchLost:
    made = kept.event
    assert isinstance(made, PaymentBatchMade)
    return PaymentBatchLost(
        batch_id=made.batch_id,
        lines=made.lines,
        control_total_ore=made.control_total_ore,
        file_name=made.file_name,
        sha256=made.sha256,
        made_on=made.made_on,
        position=kept.position,
    )


if __name__ == "__main__":
    main(
        Settings.from_environment,
        log="grants",
        digest=read_digest,
        outside=lambda told: left(told.accounting_outbox),
        take_up=take_up,
        arguments=sys.argv[1:],
    )
