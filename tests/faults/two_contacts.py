"""Contact persons in a database that has none: one who is there, one who was erased."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import psycopg

from services.grants.application.events import ContactErased
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
        service.execute("SELECT grants.erase_contact(%s)", (contact,))
