"""Whether anything ties a person to an application: stated by themselves, before they assess it.

Who is not impartial neither prepares the decision nor takes it (forvaltningsloven § 6).
"""

from datetime import date

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.application.rules import Application, need_open
from services.grants.case.events.application import ImpartialityStated
from services.grants.case.granted_application import NotImpartial
from services.text.people import is_same_person


class ImpartialityMissing(Refusal):
    """Whoever assesses has not said whether they are impartial (domain rule 4)."""

    code = "impartiality-missing"
    title = "Habilitetserklæring mangler"


def state_impartiality(application: Application, *, person: str, impartial: bool, stated_on: date) -> list[Event]:
    """State that one is impartial, or is not. The last statement counts; the same again returns no event.

    Refuses what `need_open` refuses.
    """
    last = application.statements.get(person)
    if last is not None and last.impartial == impartial:
        return []
    need_open(application)
    return [ImpartialityStated(person=person, impartial=impartial, stated_on=stated_on)]


def need_not_partial(application: Application, person: str) -> None:
    """Refuse (`NotImpartial`) whoever has said, by any spelling of their name, that they are tied to the application.
    What was said under one spelling is taken back under that one alone."""
    for stated in application.statements.values():
        if not stated.impartial and is_same_person(person, stated.person):
            raise NotImpartial(f"{person} stated on {stated.stated_on} that they are not impartial. Ask a colleague.")


def need_impartial(application: Application, person: str) -> None:
    """Refuse (`NotImpartial`, `ImpartialityMissing`) whoever has not said that they are impartial."""
    need_not_partial(application, person)
    if person not in application.statements:
        raise ImpartialityMissing(f"{person} must state their impartiality before assessing.", person=person)
