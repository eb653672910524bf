"""The notifications feed is followed: every message counts once, none holds up the next, either side may be away."""

import ast
import asyncio
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from dev.standin_feed import hash_at
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import History
from services.eventlog.recorded import HeardAt
from services.grants.grant_letter.inbox import HEARD
from services.inbox.follower import FeedDiverged, FeedUnreadable
from services.inbox.taking import Reaction, reactions_to
from tests.conftest import Database
from tests.grants.award.grant_letters import PROPOSED
from tests.grants.award.letter_freezing import OTHER, approved, frozen, returned
from tests.inbox.feed import KINDS, Office, at_work, case, told
from tests.patience import until

TYPE = "no.tilsagn.letter.released.v1"
RELEASED, DELIVERED = "award.letter-released.v2", "award.letter-delivered.v1"


def test_what_the_feed_tells_is_recorded_with_our_place(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1)
        office.feed.messages = [told(4, "released", 1), told(9, "delivered", 1)]
        await office.follower().follow()
        assert await office.facts(1) == [RELEASED, DELIVERED]
        assert await office.reads() == [(4, None), (9, None)]
        last = await office.log.find_latest(f"case-{case(1)}")
        assert last is not None
        assert (last.actor, last.correlation_id) == ("feed:notifications", "notifications-9")
        assert last.heard == HeardAt(log="notifications", position=9, hash=hash_at(9))

    at_work(database, story)


def test_a_replayed_and_a_reordered_feed_change_nothing(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1, 2)
        told_once = [told(1, "released", 1), told(2, "released", 2), told(3, "delivered", 1), told(4, "delivered", 2)]
        office.feed.messages = [*reversed(told_once), *told_once]
        await office.follower().follow()
        for _ in range(2):
            await office.follower().follow()
        assert [await office.facts(number) for number in (1, 2)] == [[RELEASED, DELIVERED]] * 2
        assert await office.reads() == [(position, None) for position in (1, 2, 3, 4)]

    at_work(database, story)


def test_a_follower_that_is_cut_off_anywhere_takes_each_message_once(database: Database) -> None:
    cases, chance = range(1, 26), random.Random(1814)

    async def story(office: Office) -> None:
        await office.ready(*cases)
        kinds = [(kind, number) for number in cases for kind in KINDS]
        office.feed.messages = [told(place, kind, number) for place, (kind, number) in enumerate(kinds, start=1)]
        cut_off = 0
        while len(await office.reads()) < len(kinds):
            follower = office.follower()
            follower.start()
            await asyncio.sleep(chance.random() * 0.01)
            await follower.stop()
            cut_off += 1
        assert cut_off > 2
        assert [await office.facts(number) for number in cases] == [[RELEASED, DELIVERED]] * len(cases)
        assert await office.reads() == [(place, None) for place in range(1, len(kinds) + 1)]

    at_work(database, story)


def test_two_processes_that_follow_at_once_take_each_message_once(database: Database) -> None:
    cases = range(1, 21)

    async def story(office: Office) -> None:
        await office.ready(*cases)
        office.feed.messages = [told(number, "released", number) for number in cases]
        await asyncio.gather(*(office.follower().follow() for _ in range(3)))
        assert [await office.facts(number) for number in cases] == [[RELEASED]] * len(cases)
        assert await office.reads() == [(number, None) for number in cases]

    at_work(database, story)


def without(message: dict[str, Any], *path: str) -> dict[str, Any]:
    return with_value(message, path, None, remove=True)


def with_value(message: dict[str, Any], path: tuple[str, ...], value: Any, *, remove: bool = False) -> dict[str, Any]:
    first, *rest = path
    if rest:
        return {**message, first: with_value(message[first], tuple(rest), value, remove=remove)}
    return {name: kept for name, kept in message.items() if name != first} | ({} if remove else {first: value})


GOOD = told(5, "released", 1)
POISON: dict[str, tuple[Any, str]] = {
    "unknown case": (told(5, "released", 99), "letter-of-message-unknown"),
    "another letter": (told(5, "released", 1, sha256=OTHER), "letter-of-message-unknown"),
    "not approved": (told(5, "released", 3), "letter-without-award"),
    "returned": (told(5, "released", 4), "letter-of-message-unknown"),
    "another recipient": (
        with_value(GOOD, ("data", "recipient_organisation_number"), "889640782"),
        "letter-to-other-recipient",
    ),
    "no digest": (without(GOOD, "data", "letter_sha256"), "malformed"),
    "no ground": (without(GOOD, "data", "ground"), "malformed"),
    "no data": (without(GOOD, "data"), "malformed"),
    "a local time": (with_value(GOOD, ("data", "released_at"), "2020-02-12T09:00:00+01:00"), "malformed"),
    "a day that is none": (with_value(GOOD, ("data", "released_on"), "2020-02-31"), "malformed"),
    "another day than the instant's": (with_value(GOOD, ("data", "released_on"), "2020-02-13"), "malformed"),
    "an id of another kind": (with_value(GOOD, ("data", "case_id"), "../../case-1"), "malformed"),
    "another source": (with_value(GOOD, ("source",), "/somewhere"), "malformed"),
    "another specification": (with_value(GOOD, ("specversion",), "2.0"), "malformed"),
    "no type": (without(GOOD, "type"), "malformed"),
    "a hostile type": (with_value(GOOD, ("type",), "no.tilsagn.\x00\ud800"), "malformed"),
}


@pytest.mark.parametrize("name", POISON)
def test_a_message_that_cannot_be_used_is_passed_over_and_shown(database: Database, name: str) -> None:
    poison, problem = POISON[name]

    async def story(office: Office) -> None:
        await office.ready(1, 2)
        await office.record(f"case-{case(3)}", 0, PROPOSED, frozen)
        await office.record(f"case-{case(4)}", 0, PROPOSED, frozen, returned)
        office.feed.messages = [poison, told(6, "released", 2)]
        registry = CollectorRegistry()
        await office.follower(registry=registry).follow()
        assert await office.facts(1) == []
        assert await office.facts(2) == [RELEASED]
        (passed, why), after = await office.reads()
        assert (passed, after) == (5, (6, None))
        assert why is not None
        assert why.startswith(problem), why
        for outcome in ("passed_over", "taken"):
            assert registry.get_sample_value("tilsagn_inbox_messages_total", {"outcome": outcome}) == 1

    at_work(database, story)


def test_what_is_no_message_at_all_holds_up_none(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1)
        nonsense: list[Any] = ["hello", None, 7, [], {}, {**told(1, "released", 1), "id": "first"}]
        office.feed.messages = [*nonsense, told(3, "released", 1)]
        office.feed.next_after = 8
        await office.follower().follow()
        assert await office.facts(1) == [RELEASED]
        (good, bad) = await office.reads()
        assert good == (3, None)
        assert bad == (8, "malformed: no message type")

    at_work(database, story)


def test_a_second_release_of_one_letter_is_shown_and_not_recorded(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1)
        office.feed.messages = [told(1, "released", 1), told(2, "released", 1)]
        await office.follower().follow()
        assert await office.facts(1) == [RELEASED]
        assert await office.reads() == [
            (1, None),
            (2, "letter-told-twice: Message 1 has told of the release already."),
        ]

    at_work(database, story)


def test_messages_that_are_not_for_us_are_passed_by_and_the_place_kept_once(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1)
        notice = {**told(1, "released", 1), "type": "no.tilsagn.notice.sent.v1", "data": {"notice_id": "x"}}
        office.feed.messages = [{**notice, "id": str(place)} for place in range(1, 30)]
        await office.follower().follow()
        assert await office.reads() == [(29, None)]
        assert await office.facts(1) == []

    at_work(database, story)


def test_it_asks_after_its_place_with_the_token_as_it_now_is(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.ready(1)
        office.feed.messages = [told(6, "released", 1)]
        (tmp_path / "token").write_text("first\n")
        follower = office.follower(token_file=tmp_path / "token")
        await follower.follow()
        (tmp_path / "token").write_text("second\n")
        await follower.follow()
        assert [(asked["after"], asked["authorization"]) for asked in office.feed.asked] == [
            ("0", "Bearer first"),
            ("6", "Bearer second"),
        ]

    at_work(database, story)


def test_a_page_is_one_append_and_its_messages_are_decided_one_after_the_other(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(*range(1, 11))
        kinds = [(kind, number) for kind in KINDS for number in range(1, 11)]
        office.feed.messages = [told(place, kind, number) for place, (kind, number) in enumerate(kinds, start=1)]
        office.feed.messages.append(told(21, "released", 5))  # told twice, within the page
        await office.follower(together=100).follow()
        place = await office.log.find_latest("inbox-notifications")
        assert place is not None
        assert place.version == 1
        facts = [(await office.log.load(f"case-{case(number)}")).recorded[3:] for number in range(1, 11)]
        assert [[fact.event.TOPIC for fact in its] for its in facts] == [[RELEASED, DELIVERED]] * 10
        assert {fact.command_id for its in facts for fact in its} == {place.command_id}
        heard = [[fact.heard.position for fact in its if fact.heard] for its in facts]
        assert heard == [[number, number + 10] for number in range(1, 11)]
        assert (await office.reads())[-1] == (21, "letter-told-twice: Message 5 has told of the release already.")

    at_work(database, story)


def test_whoever_changes_a_case_at_the_same_moment_is_decided_after(database: Database) -> None:
    """Each of the first tries finds that the case has moved on since it was read."""

    async def story(office: Office) -> None:
        await office.ready(*range(1, 9))
        moved: list[int] = []

        def moving(message_id: str, data: Mapping[str, Any]) -> Reaction:
            [take] = reactions_to(HEARD[TYPE], message_id, data)

            def decide(history: History) -> Sequence[Event]:
                if len(moved) < 5:
                    moved.append(history.version)
                    write = Write(history.stream, history.version, (returned,))
                    assert office.log.append_now(Command(actor="kari"), write).outcome == "recorded"
                    write = Write(history.stream, history.version + 1, (PROPOSED, frozen, approved))
                    assert office.log.append_now(Command(actor="kari"), write).outcome == "recorded"
                return take.decide(history)

            return Reaction(stream=take.stream, decide=decide)

        office.feed.messages = [told(number, "released", number) for number in range(1, 9)]
        await office.follower(heard={TYPE: moving}, together=8).follow()
        assert len(moved) == 5
        assert await office.reads() == [(number, None) for number in range(1, 9)]
        for number in range(1, 9):
            assert (await office.facts(number)).count(RELEASED) == 1

    at_work(database, story)


def test_a_log_that_is_another_than_we_have_read_is_not_followed(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1, 2)
        office.feed.messages = [told(6, "released", 1)]
        registry = CollectorRegistry()
        follower = office.follower(registry=registry)
        await follower.follow()
        await office.follower().follow()
        assert [asked.get("hash") for asked in office.feed.asked] == [None, hash_at(6)]
        office.feed.messages.append(told(7, "released", 2))
        office.feed.diverged = True
        with pytest.raises(FeedDiverged, match="log-diverged"):
            await follower.follow()
        assert registry.get_sample_value("tilsagn_inbox_diverged") == 1
        assert await office.facts(2) == []
        office.feed.diverged = False
        await follower.follow()
        assert registry.get_sample_value("tilsagn_inbox_diverged") == 0
        assert await office.facts(2) == [RELEASED]

    at_work(database, story)


def test_a_feed_that_is_away_is_asked_again(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1)
        office.feed.messages, office.feed.failing = [told(1, "released", 1)], 1
        registry = CollectorRegistry()
        follower = office.follower(registry=registry)
        follower.start()
        await until(lambda: office.facts(1), lambda it: it == [RELEASED])
        await follower.stop()
        assert registry.get_sample_value("tilsagn_inbox_failures_total") == 1
        assert await office.reads() == [(1, None)]

    at_work(database, story)


def test_a_feed_that_goes_back_is_not_followed(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(1)
        office.feed.messages = [told(6, "released", 1)]
        follower = office.follower()
        await follower.follow()
        office.feed.next_after = 3
        with pytest.raises(FeedUnreadable, match="goes back"):
            await follower.follow()
        assert await office.reads() == [(6, None)]

    at_work(database, story)


def test_the_place_is_read_without_the_whole_stream(database: Database) -> None:
    async def story(office: Office) -> None:
        await office.ready(*range(1, 11))
        for number in range(1, 11):
            office.feed.messages = [told(number, "released", number)]
            await office.follower().follow()
        latest = await office.log.find_latest("inbox-notifications")
        assert latest is not None
        assert latest.version == 10

    at_work(database, story)


def test_there_is_no_other_way_to_let_a_letter_out() -> None:
    """Only one module of the service makes these facts, and only the follower's messages lead there."""
    grants = Path(__file__).parents[2] / "services" / "grants"
    modules = {str(path.relative_to(grants)): ast.parse(path.read_bytes()) for path in grants.rglob("*.py")}
    for fact in ("LetterMayLeave", "LetterLeft", "LetterDelivered"):
        assert {name for name, module in modules.items() if fact in called_in(module)} == {"grant_letter/delivery.py"}
    assert not [name for name, module in modules.items() if "LetterReleased" in called_in(module)]  # told earlier
    for rule in ("take_release", "take_leaving", "take_delivery"):
        users = {name for name, module in modules.items() if rule in imported_by(module)}
        assert users == {"grant_letter/inbox.py"}


def called_in(module: ast.Module) -> set[str]:
    return {node.func.id for node in ast.walk(module) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def imported_by(module: ast.Module) -> set[str]:
    return {alias.name for node in ast.walk(module) if isinstance(node, ast.ImportFrom) for alias in node.names}
