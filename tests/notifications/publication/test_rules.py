"""What is to be published: planned, planned otherwise, cancelled, published."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.facts.hands import words_in
from services.notifications.facts.held_state import Held, fold
from services.notifications.facts.publication import PublicationCancelled, PublicationReleased
from services.notifications.facts.release import AfterNotice
from services.notifications.gate.planned_day import PlannedDayPassed, PlannedTooFarAhead
from services.notifications.gate.refusals import AlreadyReleased
from services.notifications.publication.rules import NothingPlanned, cancel, plan, publish

WHICH = UUID("3f2b9c1e-5d47-4a8e-9b60-7c1d2e3f4a5b")
AT = datetime(2020, 4, 1, tzinfo=UTC)
GROUND = AfterNotice(notice_id=WHICH, opened_at=AT)
CANCELLED = PublicationCancelled(reason="Utsettes", cancelled_by="kari")


def after(*events: Event) -> Held:
    """The publication as these leave it."""
    return fold(Recorded(nth, "p", nth, event, AT, "x", "-", "-") for nth, event in enumerate(events, 1))


def planned(
    title: str = "Evaluering", by: str = "kari", was: Sequence[Event] = (), on: date = date(2020, 4, 1)
) -> list[Event]:
    return plan(
        after(*was),
        publication_id=WHICH,
        title=title,
        document_sha256="ef" * 32,
        planned_on=on,
        policy_version="instruks-5.4",
        planned_by=by,
        today=date(2020, 3, 1),
    )


def published(*was: Event) -> list[Event]:
    return publish(after(*was), ground=GROUND, said_at=AT, words=words_in(()), released_by="ingrid")


def test_the_same_plan_again_is_nothing_and_another_is_another() -> None:
    [first] = planned()
    assert planned(was=[first], by="ola") == []
    [second] = planned("Evaluering, endelig", was=[first])
    assert after(first).manifest_sha256 != after(first, second).manifest_sha256


def test_nothing_is_planned_for_a_day_that_is_past_or_decades_ahead() -> None:
    with pytest.raises(PlannedDayPassed):
        planned(on=date(2020, 2, 29))
    with pytest.raises(PlannedTooFarAhead):
        planned(on=date(2199, 1, 1))


def test_what_is_cancelled_is_not_published_until_it_is_planned_once_more() -> None:
    [first] = planned()
    assert cancel(after(first), reason="Utsettes", cancelled_by="kari") == [CANCELLED]
    assert cancel(after(first, CANCELLED), reason="x", cancelled_by="kari") == []
    with pytest.raises(NothingPlanned):
        published(first, CANCELLED)
    [again] = planned(was=[first, CANCELLED])
    assert published(first, CANCELLED, again)


def test_it_is_published_once_as_it_was_planned() -> None:
    [first] = planned()
    [out] = published(first)
    assert isinstance(out, PublicationReleased)
    assert (out.manifest_sha256, out.ground) == (after(first).manifest_sha256, GROUND)
    with pytest.raises(AlreadyReleased):
        published(first, out)
    with pytest.raises(AlreadyReleased):
        planned("Ny", was=[first, out])
    with pytest.raises(AlreadyReleased):
        cancel(after(first, out), reason="x", cancelled_by="kari")


def test_nothing_is_published_or_cancelled_that_was_never_planned() -> None:
    with pytest.raises(NothingPlanned):
        published()
    with pytest.raises(NothingPlanned):
        cancel(after(), reason="x", cancelled_by="kari")
