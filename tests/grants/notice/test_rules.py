"""How a notice stands for each of its cases, as the notifications service tells it message by message."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.recorded import Recorded
from services.grants.notice.inbox import HEARD, PREFIX
from services.grants.notice.rules import fold
from services.inbox.taking import reactions_to
from tests.grants.notice.rules import NOTICE

A, B = uuid5(NOTICE, "a"), uuid5(NOTICE, "b")
AT = "2020-05-04T08:00:00Z"


class Told:
    """A notice, after each message about it."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def hears(self, kind: str, **data: Any) -> "Told":
        [take] = reactions_to(HEARD[f"{PREFIX}{kind}.v1"], "1", {"notice_id": str(NOTICE), **data})
        assert take.stream == f"notice-{NOTICE}"
        at = datetime(2020, 5, 4, tzinfo=UTC)
        known = [Recorded(n, take.stream, n, event, at, "x", "-", "-") for n, event in enumerate(self.events, 1)]
        self.events += take.decide(History(take.stream, tuple(known)))
        return self

    def listed(self) -> "Told":
        return self.hears("prepared", case_ids=[str(A), str(B)], planned_on="2020-05-20")

    def states(self) -> tuple[str, str]:
        notice = fold(self.events)
        return notice.state_of(A), notice.state_of(B)


def test_a_notice_is_prepared_sent_and_received() -> None:
    told = Told().listed()
    assert told.states() == ("prepared", "prepared")
    assert told.hears("sent", sent_at=AT).states() == ("sent", "sent")
    assert told.hears("received", received_at=AT).states() == ("received", "received")


def test_sent_again_or_revoked_it_is_no_longer_received() -> None:
    told = Told().listed().hears("sent", sent_at=AT).hears("received", received_at=AT)
    assert told.hears("receipt-revoked").states() == ("sent", "sent")
    told.hears("received", received_at=AT)
    assert told.hears("sent", sent_at=AT).states() == ("sent", "sent")


def test_an_objection_stops_the_cases_it_names_until_it_is_lifted() -> None:
    told = Told().listed().hears("sent", sent_at=AT).hears("received", received_at=AT)
    told.hears("objected", objection=1, case_ids=[str(A)])
    assert told.states() == ("objected", "received")
    told.hears("objected", objection=2, case_ids=[])
    assert told.hears("objection-lifted", objection=1).states() == ("objected", "objected")
    assert told.hears("objection-lifted", objection=2).states() == ("received", "received")


def test_a_withdrawn_notice_counts_no_longer() -> None:
    assert Told().listed().hears("withdrawn").states() == ("withdrawn", "withdrawn")


def test_what_lists_no_case_is_no_concern_and_a_listing_known_is_nothing() -> None:
    publication = Told().hears("prepared", case_ids=[], planned_on=None)
    assert publication.hears("sent", sent_at=AT).events == []
    assert len(Told().listed().listed().events) == 1
