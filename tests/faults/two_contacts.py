"""Contact persons and members of staff in a database that has none: of each one who is there, one who was erased."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import psycopg

from services.grants.case.events.application import ContactErased
from services.grants.staff.events import StaffEntryErased, StaffNamed
from services.grants.staff.rules import stream_of_staff
from tests.conftest import Database
from tests.grants.application.desk import record
from tests.grants.application.story import received

DIGESTS = "SELECT encode(digest, 'hex') FROM grants.contact_digests(%s)"


def name_two_contacts(database: Database) -> None:
    """A contact person in each of two cases, one of them erased: nobody had any in a demonstration."""
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        for case, contact in ((UUID(int=1), UUID(int=11)), (UUID(int=2), UUID(int=12))):
            service.execute("SELECT grants.keep_contact(%s, %s, 'Petra', 'petra@example.no', NULL)", (contact, case))
            [(digest,)] = service.execute(DIGESTS, ([contact],)).fetchall()
            record(database, f"case-{case}", replace(received, contact_id=contact, contact_digest=digest))
        erased = ContactErased(contact_id=contact, erased_on=date(2020, 6, 1), erased_by="anne")
        record(database, f"case-{case}", erased, expected=1)


def name_two_members_of_staff(database: Database) -> None:
    """Two in the register, one of them erased: nobody kept one in a demonstration."""
    for subject, row in (("kari", UUID(int=21)), ("ola", UUID(int=22))):
        with psycopg.connect(database.service_dsn, autocommit=True) as service:
            query = "SELECT encode(digest, 'hex') FROM grants.keep_staff(%s, %s, 'Kari Hansdatter', 'rådgiver')"
            [(digest,)] = service.execute(query, (row, subject)).fetchall()
        named = StaffNamed(
            entry_id=row,
            subject=subject,
            valid_from=date(2020, 1, 1),
            valid_until=None,
            digest=digest,
            named_by="liv",
        )
        record(database, stream_of_staff(subject), named)
    erased = StaffEntryErased(entry_id=row, reason="Sluttet.", erased_on=date(2020, 6, 1), erased_by="liv")
    record(database, stream_of_staff(subject), erased, expected=1)
