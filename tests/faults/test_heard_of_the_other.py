"""Whoever holds the notifications service's role can append that grants said what it never said. It cannot be stopped
in that database; `make verify` holds each fact heard against grants' log and finds it, with its position."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest
from prometheus_client import CollectorRegistry
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.verifying.heard import HEARD_BY_GRANTS, HEARD_BY_NOTIFICATIONS, SIDES, check_heard
from dev.verifying.names import ONLY_OF_SOMEBODY
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.command import Command, Write
from services.eventlog.events import TOPICS, Event
from services.eventlog.feeds.feed import Feed
from services.eventlog.feeds.head import Head
from services.eventlog.log import Log
from services.eventlog.recorded import HeardAt
from services.grants.case.events.award_change import AwardChangeProposed, Ground, Reduction
from services.grants.wiring import MESSAGES
from services.inbox.events import FeedRead, PassedOver
from services.inbox.follower import Follower, Source
from services.notifications.facts.hands import NONE, hands_in
from services.notifications.facts.release import AwardEnded, AwardHeard, LetterHeld
from services.notifications.grants_feed.inbox import heard
from tests.conftest import Database
from tests.grants.award.grant_letters import PROPOSED
from tests.grants.award.letter_freezing import approved, frozen
from tests.in_process import InProcess
from tests.inbox.feed import case
from tests.notifications.world import held

CASES = range(1, 5)
CHANGE = AwardChangeProposed(
    kind="reduction",
    added=(),
    reductions=(Reduction(instalment=1, amount_ore=100),),
    ground=Ground(code="other", text="Mindre."),
    proposed_by="per",
)


@dataclass(kw_only=True)
class Both:
    """Grants with some approved awards, and a notifications service that may follow it."""

    grants: Log
    ours: Log
    pool: AsyncConnectionPool

    async def follow(self, *, nameless: bool = False) -> None:
        """Take in everything grants tells; `nameless` as it was told, and listened for, before it was told who."""
        head = Head(self.pool, schema="grants")
        feed = Feed(self.pool, head, schema="grants", source="/grants", mappers=MESSAGES)

        async def answer(request: Request) -> Response:
            after = int(request.query_params["after"])
            page = await feed.read(after, 100, 0, after_hash=request.query_params.get("hash"))
            place = {"Next-After": str(page.next_after), "Next-Hash": page.next_hash or ""}
            messages = [without_names(each) if nameless else each for each in page.messages]
            return JSONResponse(messages, headers=place)

        client = httpx.AsyncClient(transport=InProcess(Starlette(routes=[Route("/v1/feed", answer)])))
        source = Source(name="grants", url="http://grants.test/v1/feed")
        registry = CollectorRegistry()
        hears = {
            each: hear for each, hear in heard("file-outbox").items() if not (nameless and each == ONLY_OF_SOMEBODY)
        }
        follower = Follower(self.ours, source, hears, client=client, registry=registry, wait_seconds=0)
        await follower.follow()
        await follower.stop()
        await head.close()

    async def at(self, position: int) -> HeardAt:
        """The place in grants' log."""
        async with self.pool.connection() as connection:
            query = "SELECT encode(hash, 'hex') FROM grants.event WHERE position = %s"
            row = await (await connection.execute(query, (position,))).fetchone()
        assert row is not None
        return HeardAt(log="grants", position=position, hash=row[0])

    async def says(self, *writes: Write) -> int:
        """Whoever holds the role appends this, as the follower would; the position of the first fact."""
        outcome = await self.ours.append(Command(actor="feed:grants", correlation_id="grants-1"), *writes)
        assert outcome.outcome == "recorded", outcome
        assert outcome.first_position is not None
        return outcome.first_position

    async def reads(self, to: HeardAt, taken: Sequence[int], passed_over: Sequence[PassedOver] = ()) -> Write:
        """A place in grants' feed, as a follower keeps it."""
        latest = await self.ours.find_latest("inbox-grants")
        read = FeedRead(
            position=to.position,
            hash=to.hash,
            taken=tuple(taken),
            passed_over=tuple(passed_over),
            read_at=datetime.now(UTC),
        )
        return Write("inbox-grants", latest.version if latest else 0, (read,), to)


def without_names(message: Any) -> Any:
    """The message as grants told it before it told who."""
    names = ("proposed_by", "approved_by", "frozen_by", "decided_by")
    return message | {"data": {name: value for name, value in message["data"].items() if name not in names}}


Story = Callable[[Both], Any]


def told(database: Database, story: Story) -> tuple[Counter[str], list[Fault], Any]:
    """What is found of notifications' log after the story, and what the story answers."""

    async def go() -> Any:
        dsns = (database.service_dsn, database.notifications_dsn)
        async with (
            AsyncConnectionPool(dsns[0], open=False, kwargs={"autocommit": True}) as pool,
            AsyncConnectionPool(dsns[1], open=False, kwargs={"autocommit": True}) as own,
        ):
            grants, ours = Log(dsns[0], pool, schema="grants"), Log(dsns[1], own, schema="notifications")
            try:
                for number in CASES:
                    facts = (PROPOSED, frozen, approved)
                    grants.append_now(Command(actor="kari"), Write(f"case-{case(number)}", 0, facts))
                return await story(Both(grants=grants, ours=ours, pool=pool))
            finally:
                await asyncio.to_thread(grants.close)
                await asyncio.to_thread(ours.close)

    answer = asyncio.run(go())
    counts, faults = check_heard({"grants": database.admin_dsn, "notifications": database.admin_dsn})["notifications"]
    return counts, faults, answer


def test_what_was_heard_is_what_grants_says(database: Database) -> None:
    counts, faults, _ = told(database, Both.follow)
    assert faults == []
    assert counts["messages decided on anew"] == 3 * len(CASES)
    assert counts["heard facts"] == 4 * len(CASES)  # proposed, frozen, decided, held
    assert counts["places held against the other log"] == 1


async def heard_before_it_was_told_who(both: Both) -> None:
    """Much was heard without names, and a change was put forward that nobody listened for; then names are told."""
    both.grants.append_now(Command(actor="kari"), Write(f"case-{case(1)}", 3, (CHANGE,)))
    await both.follow(nameless=True)
    both.grants.append_now(Command(actor="kari"), Write(f"case-{case(50)}", 0, (PROPOSED,)))
    await both.follow()


def test_what_was_heard_before_it_was_told_who_goes_on(database: Database) -> None:
    counts, faults, _ = told(database, heard_before_it_was_told_who)
    assert faults == []
    assert counts["heard before it was told who"] == 4 * len(CASES)


def test_a_change_put_forward_is_heard_of(database: Database) -> None:
    async def story(both: Both) -> Sequence[Event]:
        both.grants.append_now(Command(actor="kari"), Write(f"case-{case(1)}", 3, (CHANGE,)))
        await both.follow()
        return (await both.ours.load(f"letter-{case(1)}")).events

    _, faults, events = told(database, story)
    assert faults == []
    assert hands_in(events) == {
        **NONE,
        "propose award": frozenset({PROPOSED.proposed_by}),
        "freeze letter": frozenset({frozen.frozen_by}),
        "approve award": frozenset({approved.approved_by}),
        "propose change": frozenset({CHANGE.proposed_by}),
    }


async def an_award_said_to_be_nobodys(both: Both) -> int:
    """Before the follower comes to it, what grants says is told without who proposed it."""
    await both.follow()
    true = await an_award(both)
    both.grants.append_now(Command(actor="kari"), Write(f"case-{case(50)}", 0, (PROPOSED,)))
    at = await both.at(len(CASES) * 3 + 1)
    nobodys = Write(f"letter-{case(50)}", 0, (replace(true, proposed_by=None),), at)
    return await both.says(await both.reads(at, [at.position]), nobodys) + 1


async def an_award_of_its_own(both: Both) -> int:
    """No feed told of it."""
    await both.follow()
    stream = "letter-" + str(case(99))
    return await both.says(Write(stream, 0, (await an_award(both),)))


async def an_award(both: Both) -> AwardHeard:
    heard = [event for event in (await both.ours.load(f"letter-{case(1)}")).events if isinstance(event, AwardHeard)]
    return heard[0]


async def another_amount_at_a_true_place(both: Both) -> int:
    """Before the follower comes to it, what grants says at its first position is told otherwise."""
    await both.follow()
    true = await an_award(both)
    both.grants.append_now(Command(actor="kari"), Write(f"case-{case(50)}", 0, (PROPOSED,)))
    at = await both.at(len(CASES) * 3 + 1)
    false = replace(true, amount_ore=true.amount_ore * 9)
    first = await both.says(await both.reads(at, [at.position]), Write(f"letter-{case(50)}", 0, (false,), at))
    return first + 1


async def a_place_that_is_not_there(both: Both) -> int:
    """The right position, another hash."""
    await both.follow()
    both.grants.append_now(Command(actor="kari"), Write(f"case-{case(50)}", 0, (PROPOSED,)))
    at = replace(await both.at(len(CASES) * 3 + 1), hash="ab" * 32)
    false = Write(f"letter-{case(50)}", 0, (await an_award(both),), at)
    return await both.says(await both.reads(at, [at.position]), false)


async def what_was_told_is_read_past(both: Both) -> int:
    """The place is moved past everything, so that none of it is ever heard."""
    at = await both.at(len(CASES) * 3)
    return await both.says(await both.reads(at, []))


async def what_was_told_is_passed_over(both: Both) -> int:
    at = await both.at(1)
    over = PassedOver(position=1, message_type="no.tilsagn.award.proposed.v1", problem="malformed: so they say")
    first = await both.says(await both.reads(at, [], [over]))
    await both.follow()
    return first


async def a_letter_held_on_nobodys_word(both: Both) -> int:
    await both.follow()
    it: LetterHeld = held("a")
    return await both.says(Write(f"letter-{it.manifest.case_id}", 0, (it,)))


async def an_award_said_to_be_ended(both: Both) -> int:
    await both.follow()
    ended = AwardEnded(change="annulled", version=9)
    history = await both.ours.load(f"letter-{case(1)}")
    return await both.says(Write(history.stream, history.version, (ended,), await both.at(3)))


ATTACKS: list[Story] = [
    an_award_of_its_own,
    another_amount_at_a_true_place,
    an_award_said_to_be_nobodys,
    a_place_that_is_not_there,
    what_was_told_is_read_past,
    what_was_told_is_passed_over,
    a_letter_held_on_nobodys_word,
    an_award_said_to_be_ended,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_grants_never_said_is_found_where_it_stands(database: Database, attack: Story) -> None:
    _, faults, position = told(database, attack)
    assert position in {fault.position for fault in faults}, faults
    assert {fault.kind for fault in faults} == {"heard"}


def test_a_log_that_went_on_otherwise_is_found(database: Database) -> None:
    """As the owner: what grants says at a position heard is another fact now."""
    assert told(database, Both.follow)[1] == []
    with psycopg.connect(database.admin_dsn, autocommit=True) as owner:
        owner.execute("ALTER TABLE grants.event DISABLE TRIGGER USER")
        owner.execute("UPDATE grants.event SET hash = sha256('x') WHERE position = 2")
    faults = check_heard({"grants": database.admin_dsn, "notifications": database.admin_dsn})["notifications"][1]
    assert ["what stands at 2" in fault.detail for fault in faults] == [True]


def test_every_fact_made_of_what_is_told_is_looked_for() -> None:
    """Whatever the hearing rules can make is in the list; a fact whose name says that it is heard is too."""
    named = {topic for topic in TOPICS if "-heard." in topic}
    assert named <= HEARD_BY_GRANTS | HEARD_BY_NOTIFICATIONS
    assert {side.schema for side in SIDES} == {"grants", "notifications"}
    assert TOPICS.keys() >= HEARD_BY_GRANTS | HEARD_BY_NOTIFICATIONS
    assert not HEARD_BY_GRANTS & HEARD_BY_NOTIFICATIONS
