"""Contact persons and members of staff in a database that has none: of each one who is there, one who was erased."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import psycopg

from services.grants.case.events.application import ContactErased
from services.grants.case.events.disbursement import PayeeAccountErased, PayeeAccountRegistered
from services.grants.disbursement.payee.rules import erasure_of
from services.grants.staff.events import StaffEntryErased, StaffNamed
from services.grants.staff.rules import stream_of_staff
from tests.conftest import Database
from tests.grants.application.desk import record
from tests.grants.application.story import received

ACCOUNT = "INSERT INTO grants.payee_account (id, account_number, organisation_number) VALUES (%s, '86011117947', %s)"
ACCOUNT_DIGESTS = "SELECT encode(digest, 'hex') FROM grants.payee_account_digests(%s)"
DIGESTS = "SELECT encode(digest, 'hex') FROM grants.contact_digests(%s)"


def name_two_contacts(database: Database, *cases: UUID) -> None:
    """A contact person in each of two cases, one of them erased: nobody had any in a demonstration."""
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        for case, contact in zip(cases or (UUID(int=1), UUID(int=2)), (UUID(int=11), UUID(int=12)), strict=True):
            service.execute("SELECT grants.keep_contact(%s, %s, 'Petra', 'petra@example.no', NULL)", (contact, case))
            [(digest,)] = service.execute(DIGESTS, ([contact],)).fetchall()
            record(database, f"case-{case}", replace(received, contact_id=contact, contact_digest=digest))
        erased = ContactErased(contact_id=contact, erased_on=date(2020, 6, 1), erased_by="anne")
        record(database, f"case-{case}", erased, expected=1)


def name_two_members_of_staff(database: Database, *subjects: str) -> None:
    """Two in the register, one of them erased: nobody kept one in a demonstration."""
    for subject, row in zip(subjects or ("kari", "ola"), (UUID(int=21), UUID(int=22)), strict=True):
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


def erase_an_account(database: Database, case: UUID) -> None:
    """An account that was registered in a case, and erased."""
    account = UUID(int=31)
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        service.execute(ACCOUNT, (account, "974760673"))
        [(digest,)] = service.execute(ACCOUNT_DIGESTS, ([account],)).fetchall()
    registered = PayeeAccountRegistered(
        account_id=account, registered_on=date(2020, 3, 2), registered_by="kari", digest=digest
    )
    record(database, f"case-{case}", registered)
    erased = PayeeAccountErased(account_id=account, reason="Ber om det.", erased_on=date(2020, 6, 1), erased_by="anne")
    record(database, erasure_of(account), erased)
