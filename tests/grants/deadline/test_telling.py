"""What is new of deadlines is told once, of a log of before too, whoever tells and however often; and `make verify`
finds what was told otherwise than the facts say."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from services.calendar import clock
from services.calendar.days import day_of
from services.eventlog.events import Event
from services.grants.deadline import rules
from services.grants.deadline.events import Deadline, DeadlinesTold
from services.grants.deadline.telling import subject_of
from tests.conftest import Database
from tests.grants.allocation.letters import letter_of, registered
from tests.grants.deadline.telling import CASE, Play, play, said
from tests.grants.fodt_fri import released as withholding_released
from tests.grants.fodt_fri import running, warned, withheld

STREAM = f"case-{CASE}"
THIS_YEAR = day_of(clock.now()).year


def test_a_log_of_before_gets_its_deadlines_and_each_is_told_once(database: Database) -> None:
    async def story(play: Play) -> None:
        await play.record(STREAM, *running)
        await play.record("allocation-2020", *registered(letter_of(0)))
        assert await play.teller().tell_new() == 2
        assert await play.told() == [{"instalment-1": "met", "instalment-2": "due", "complaint-period-1": "due"}]
        assert len((await play.told("deadlines-2020"))[0]) > 20
        assert await play.teller().tell_new() == 0
        event = (await play.log.load(f"deadlines-{CASE}")).events[0]
        assert isinstance(event, DeadlinesTold)
        assert (event.case_id, event.case_number, event.year) == (CASE, f"{THIS_YEAR}/1", None)

    play(database, story)


def test_what_has_changed_is_told_and_nothing_else(database: Database) -> None:
    async def story(play: Play) -> None:
        await play.record(STREAM, *running)
        teller = play.teller()
        await teller.tell_new()
        for event in (warned, withheld, withholding_released):
            await play.record(STREAM, event)
            await teller.tell_new()
        assert (await play.told())[1:] == [
            {"reply-period-warning-1": "due"},
            {"instalment-2": "fallen", "reply-period-warning-1": "met", "complaint-period-2": "due"},
            {"instalment-2": "due"},
        ]

    play(database, story)


def test_several_that_tell_at_once_tell_it_once(database: Database) -> None:
    async def story(play: Play) -> None:
        cases = [UUID(int=CASE.int + n) for n in range(30)]
        for case in cases:
            await play.record(f"case-{case}", *running)
        counts = await asyncio.gather(*(play.teller().tell_new() for _ in range(4)))
        assert sum(counts) == len(cases)
        assert [len(await play.told(f"deadlines-{case}")) for case in cases] == [1] * len(cases)

    play(database, story)


def test_a_case_that_cannot_be_told_of_holds_up_no_other(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(play: Play) -> None:
        cases = [UUID(int=CASE.int + n) for n in range(9)]
        for case in cases:
            await play.record(f"case-{case}", *(running if case != cases[4] else (*running, warned)))
        reads = rules.list_deadlines

        def fails(events: Sequence[Event]) -> list[Deadline]:
            assert warned not in events, "a mistake of ours about one case"
            return reads(events)

        monkeypatch.setattr("services.grants.deadline.telling.list_deadlines", fails)
        assert await play.teller().tell_new() == len(cases) - 1
        assert await play.told(f"deadlines-{cases[4]}") == []

    play(database, story)


def test_what_was_told_otherwise_than_the_facts_say_is_found(database: Database) -> None:
    async def story(play: Play) -> None:
        await play.record(STREAM, *running)
        await play.record("allocation-2020", *registered(letter_of(0)))
        await play.teller().tell_new()
        assert said(database) == []
        told = (await play.log.load(f"deadlines-{CASE}")).events
        await play.record(f"deadlines-{CASE}", told[-1])  # once more: it follows from nothing new
        assert said(database) == [f"deadlines-{CASE} 2: what was told is not what follows from the facts up to then"]

    play(database, story)


def test_a_case_that_should_have_been_told_of_by_then_and_was_not_is_found(database: Database) -> None:
    async def story(play: Play) -> None:
        forgotten, told = CASE, UUID(int=CASE.int + 1)
        for case in (forgotten, told):
            await play.record(f"case-{case}", *running)
        subject = subject_of(f"case-{told}")
        assert subject is not None
        histories = await play.log.load_all([subject.stream, *subject.sources])
        past_both = histories[subject.sources[0]].recorded[-1].position
        new = subject.told_from(histories, case_number=f"{THIS_YEAR}/2", read_to=past_both)
        await play.record(subject.stream, *new)
        assert said(database) == [f"deadlines-{forgotten}: not all was told by {past_both}"]

    play(database, story)


def test_a_stream_that_only_begins_like_a_cases_or_a_years_has_no_deadlines_and_stops_none(database: Database) -> None:
    """As such streams stand in logs of before; and tellings of one are found."""

    async def story(play: Play) -> None:
        for stream in ("case-1", f"case-{{{CASE}}}", "allocation-next", "pay-out-next"):
            assert subject_of(stream) is None
            await play.record(stream, running[0])
        await play.record(STREAM, *running)
        assert await play.teller().tell_new() == 1
        assert said(database) == []
        await play.record("deadlines-1", *(await play.log.load(f"deadlines-{CASE}")).events)
        assert said(database) == ["deadlines-1: told of neither a case, a year nor a scheme"]

    play(database, story)
