"""What requests about contact persons hold."""

from services.grants.application.requests import ContactAsked
from services.httpapi.strict.fields import DatedBody, Day


class NewContact(DatedBody):
    """Another contact person, from a day on."""

    contact: ContactAsked
    named_on: Day
