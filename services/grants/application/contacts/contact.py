"""Who the applicant's contact is, as the case's facts know it: an id, never a person."""

from datetime import date
from uuid import UUID

from services.eventlog.events import Event
from services.grants.application.rules import Application
from services.grants.case.events.application import ContactErased, ContactNamed


def name_contact(
    application: Application, *, contact_id: UUID, named_on: date, recorded_by: str, digest: str | None = None
) -> list[Event]:
    """Record that another person is the contact from now on; `digest` is what their row is bound by. The same row again
    returns no event."""
    if contact_id == application.contact_id:
        return []
    return [ContactNamed(contact_id=contact_id, named_on=named_on, recorded_by=recorded_by, digest=digest)]


def record_erasure(application: Application, *, contact_id: UUID, erased_on: date, erased_by: str) -> list[Event]:
    """Record that the row is emptied, whatever the state of the case: the right to be erased waits for nothing
    (personvernforordningen artikkel 17). Again, or for a row that no fact of the case refers to, is nothing."""
    if contact_id in application.erased or contact_id not in application.contacts:
        return []
    return [ContactErased(contact_id=contact_id, erased_on=erased_on, erased_by=erased_by)]
