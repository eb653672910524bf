"""The last day to apply in a call is a deadline of its scheme: moved with the call, fallen when it is taken back."""

from dataclasses import replace
from datetime import date

from services.eventlog.events import Event
from services.grants.deadline.calls import list_deadlines_of_scheme
from services.grants.deadline.events import DeadlinesTold
from services.grants.deadline.telling import subject_of
from services.grants.scheme.events import CallCancelled, CallDeadlineMoved
from tests.conftest import Database
from tests.grants.deadline.telling import Play, play, said
from tests.grants.scheme.schemes import PUBLISHED, REGISTERED

MOVED = CallDeadlineMoved(
    call_id=PUBLISHED.call_id, closes_on=date(2020, 3, 31), reason="Mange ba om det.", moved_by="ingrid"
)
CANCELLED = CallCancelled(
    call_id=PUBLISHED.call_id, reason="Feil.", cancelled_on=date(2020, 2, 1), cancelled_by="ingrid"
)


def stands(*events: Event) -> list[tuple[str, str, date | None]]:
    return [(each.kind, each.state, each.due_on) for each in list_deadlines_of_scheme(events)]


def test_the_last_day_to_apply_follows_the_call() -> None:
    closes_on = PUBLISHED.closes_on
    assert stands(REGISTERED) == []
    assert stands(REGISTERED, PUBLISHED) == [("call-closes", "due", closes_on)]
    assert stands(REGISTERED, PUBLISHED, MOVED) == [("call-closes", "due", date(2020, 3, 31))]
    assert stands(REGISTERED, PUBLISHED, CANCELLED) == [("call-closes", "fallen", closes_on)]
    second = replace(PUBLISHED, call_id=f"{REGISTERED.scheme_id}.andre-runde")
    keys = [each.key for each in list_deadlines_of_scheme([REGISTERED, PUBLISHED, second])]
    assert len(set(keys)) == 2
    assert keys[1] == "call-closes-andre-runde"


def test_it_is_told_on_a_stream_of_the_schemes_own_and_verified(database: Database) -> None:
    async def story(play: Play) -> None:
        stream = f"scheme-{REGISTERED.scheme_id}"
        await play.record(stream, REGISTERED, PUBLISHED)
        assert await play.teller().tell_new() == 1
        await play.record(stream, MOVED)
        assert await play.teller().tell_new() == 1
        assert await play.teller().tell_new() == 0
        told = (await play.log.load(f"deadlines-{stream}")).events
        assert [(each.scheme_id, each.year, each.case_id) for each in told if isinstance(each, DeadlinesTold)] == [
            (REGISTERED.scheme_id, None, None)
        ] * 2
        assert said(play.database) == []
        await play.record("deadlines-scheme-ingen", told[0])
        assert len(said(play.database)) == 1, "of a scheme that is not there nothing can be told"

    play(database, story)


def test_the_stream_of_a_scheme_that_is_not_registered_stops_nobody(database: Database) -> None:
    async def story(play: Play) -> None:
        await play.record("scheme-x", MOVED)
        assert subject_of("scheme-x") is not None
        assert await play.teller().tell_new() == 0
        assert said(play.database) == []

    play(database, story)
