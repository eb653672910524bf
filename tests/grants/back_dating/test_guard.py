"""Everything a person does is held to the day it is done, each part of it, and what is dated back says so beside it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from services.eventlog.background.aside import FEW
from services.eventlog.events import Event
from services.eventlog.log import History, Log
from services.eventlog.recorded import Recorded
from services.grants.back_dating.beginning import Beginning
from services.grants.back_dating.events import BoundConfirmed, BoundProposed, DecisionBackDated
from services.grants.back_dating.guard import REASON, STREAM, DayGuard
from services.grants.back_dating.order import BeforeItsBasis
from services.grants.back_dating.rules import BackDatedTooFar, BackDatingReasonMissing, DatedAhead
from services.httpapi.callers.caller import Caller
from services.httpapi.commands.idempotency import IdempotencyKey
from tests.grants.fodt_fri import approved, first_paid, proposed

TODAY = date(2021, 1, 4)
YESTERDAY = TODAY - timedelta(days=1)
WHY = "Vedtaket ble fattet i går, og ført i dag."
ONE, OTHER = "case-1", "case-2"
wider = BoundProposed(days=400, valid_from=TODAY, reason="Vedtak fra 2020 registreres.", proposed_by="anne")
agreed = BoundConfirmed(days=400, valid_from=TODAY, reason="Vedtak fra 2020 registreres.", confirmed_by="ola")
today, back = replace(approved, approved_on=TODAY), replace(approved, approved_on=YESTERDAY)


def history(stream: str, *events: Event) -> History:
    at = datetime(2021, 1, 4, 12, tzinfo=UTC)
    facts = (Recorded(place, stream, place, event, at, "kari", "", "") for place, event in enumerate(events, 1))
    return History(stream, tuple(facts))


@dataclass
class Bounds:
    """The stream of the bounds, and how often it was read."""

    events: Sequence[Event] = ()
    read: int = 0

    async def load(self, stream: str) -> History:
        assert stream == STREAM
        self.read += 1
        return history(stream, *self.events)


def held(
    decided: Mapping[str, tuple[Event, ...]],
    *,
    past: Mapping[str, Sequence[Event]] | None = None,
    reason: str | None = WHY,
    bounds: Bounds | None = None,
) -> tuple[dict[str, tuple[Event, ...]], Mapping[str, int]]:
    """What is recorded of what is decided, and what it rests on."""
    log = cast(Log, bounds or Bounds())
    stood = {stream: history(stream, *(past or {}).get(stream, (proposed,))) for stream in decided}
    stated: dict[str, Any] = {} if reason is None else {REASON: reason}
    guard, key = DayGuard(log, lambda: TODAY, cast(Beginning, None)), IdempotencyKey("k", b"", stated)
    recorded, rests_on = asyncio.run(guard(Caller(subject="ola", roles=frozenset()), key, stood, decided))
    return {stream: tuple(events) for stream, events in recorded.items()}, rests_on


def test_what_is_done_today_is_recorded_as_it_is_and_no_bound_is_read() -> None:
    bounds = Bounds()
    assert held({ONE: (today,), OTHER: (today,)}, reason=None, bounds=bounds) == (
        {ONE: (today,), OTHER: (today,)},
        {},
    )
    assert bounds.read == 0


@pytest.mark.parametrize("order", [(ONE, OTHER), (OTHER, ONE)])
def test_of_several_parts_each_that_is_dated_back_has_its_fact_beside_it(order: tuple[str, str]) -> None:
    decided = {stream: (back,) if stream == ONE else (today,) for stream in order}
    recorded, rests_on = held(decided)
    told = DecisionBackDated(
        decisions=(back.TOPIC,), day=YESTERDAY, today=TODAY, bound_days=30, reason=WHY, dated_by="ola"
    )
    assert recorded == {ONE: (back, told), OTHER: (today,)}
    assert rests_on == {STREAM: 0}


def test_the_bound_that_two_people_set_holds_and_is_what_it_rests_on() -> None:
    far = replace(approved, approved_on=TODAY - timedelta(days=40))
    with pytest.raises(BackDatedTooFar):
        held({ONE: (far,)})
    recorded, rests_on = held({ONE: (far,)}, bounds=Bounds((wider, agreed)))
    assert (len(recorded[ONE]), rests_on) == (2, {STREAM: 2})


def test_any_part_that_is_refused_refuses_the_whole() -> None:
    ahead = replace(approved, approved_on=TODAY + timedelta(days=1))
    with pytest.raises(DatedAhead):
        held({ONE: (today,), OTHER: (ahead,)})
    with pytest.raises(BackDatingReasonMissing):
        held({ONE: (today,), OTHER: (back,)}, reason=None)
    early = replace(first_paid, paid_on=YESTERDAY)
    with pytest.raises(BeforeItsBasis):
        held({ONE: (today,), OTHER: (early,)}, past={OTHER: (proposed, today)})
    with pytest.raises(DatedAhead):
        held({ONE: (replace(first_paid, paid_on=TODAY + timedelta(days=1)),)}, past={ONE: (proposed, today)})


def test_very_many_parts_are_held_as_few_are() -> None:
    streams = [f"case-{number}" for number in range(FEW + 1)]
    recorded, _ = held(dict.fromkeys(streams, (back,)))
    assert {len(events) for events in recorded.values()} == {2}
