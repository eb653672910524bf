"""What other services are told of case numbers: each once, as it is given."""

from collections.abc import Mapping

from services.eventlog.feeds.feed import Mapper, Message
from services.eventlog.recorded import Recorded
from services.grants.case_number.events import CaseNumbered


def _numbered(fact: Recorded) -> Message:
    """The cases that one command opened, in order: the first has the number `first` of the year, and so on."""
    event = fact.event
    assert isinstance(event, CaseNumbered)
    data = {"year": event.year, "first": event.first, "case_ids": [str(case_id) for case_id in event.case_ids]}
    return Message(type="no.tilsagn.case.numbered.v1", subject=fact.stream, data=data)


MESSAGES: Mapping[str, Mapper] = {CaseNumbered.TOPIC: _numbered}
