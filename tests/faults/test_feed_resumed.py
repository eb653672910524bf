"""Grants' log was brought back to an earlier instant, and notifications had heard more: it stops, two people say that
it goes on from the last place in common, what it heard beyond that is named, and both logs hold against each other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry

from services.duties.apart import SamePersonTwice
from services.eventlog.command import Command, Write
from services.inbox.events import FeedResumed, ResumptionProposed
from services.inbox.follower import FeedDiverged, Follower, Source
from services.inbox.resuming.refusals import NothingParted, ResumptionNotProposed
from services.inbox.resuming.rules import confirm
from services.inbox.rules import Place
from services.lost_grounds.events import LostGroundsLookedInto
from tests.conftest import Database
from tests.eventlog.played import KEY
from tests.faults.restored_gate import restored
from tests.faults.two_logs import WHY, Logs, Two, public_key_in
from tests.inbox.feed import case


@pytest.fixture
def parted(database: Database, tmp_path: Path) -> Iterator[Two]:
    """Two awards were made, then a backup was taken; two more were made and all heard, and grants was brought back."""
    key = public_key_in(tmp_path)
    whole = Two(grants=database, notifications=database, key=key)
    whole.award(1)
    whole.follow()
    whole.award(2)
    with restored(database) as backup:
        whole.award(3, 4)
        whole.follow()
        yield Two(grants=backup, notifications=database, key=key)


HELD = ["letter.award-heard.v1", "letter.file-heard.v1", "letter.decision-heard.v1", "letter.held.v2"]


def test_it_stops_and_goes_on_from_the_last_common_place_once_two_people_say_so(parted: Two) -> None:
    parted.award(5)
    with pytest.raises(FeedDiverged):
        parted.follow()
    fact = parted.resume()
    assert (fact.position, fact.left_position) == (3, 12)
    lost = [*([f"letter-{case(3)}"] * 4), *([f"letter-{case(4)}"] * 4)]
    assert [each.stream for each in fact.beyond] == lost
    assert [each.topic for each in fact.beyond] == [*HELD, *HELD]
    parted.follow()
    assert parted.at(lambda logs: logs.topics(5)) == HELD
    assert parted.at(lambda logs: logs.topics(2)) == HELD  # told before they part: at the same place, and once
    counts, faults = parted.verified()
    assert faults == []
    assert counts["heard facts of what the other log lost, as was agreed"] == 8
    assert counts["back from 12 to 3 of grants's log, as kari and ola agreed: facts that rest on what it lost"] == 8
    with pytest.raises(NothingParted):
        parted.resumption().look()
    assert parted.resumption().told() == [fact]


def test_nothing_new_yet_is_parted_too(parted: Two) -> None:
    """The log is merely shorter than we have read."""
    with pytest.raises(FeedDiverged):
        parted.follow()
    assert len(parted.resume().beyond) == 8
    parted.follow()
    assert parted.verified()[1] == []


def test_an_award_made_anew_is_heard_as_it_is_now(parted: Two) -> None:
    parted.award(3, amount_ore=700)
    parted.resume()
    parted.follow()
    assert parted.at(lambda logs: logs.topics(3)) == [*HELD, *HELD]
    assert parted.verified()[1] == []


def test_until_two_people_say_so_it_is_a_fault(parted: Two) -> None:
    parted.award(5)
    assert any("is not what was heard" in each for each in parted.verified()[1])


def test_one_person_is_not_two(parted: Two) -> None:
    with pytest.raises(ResumptionNotProposed):
        parted.resumption().confirm(by="ola")
    parted.resumption().propose(reason=WHY, by="kari")
    with pytest.raises(SamePersonTwice, match="cannot confirm it") as refused:
        parted.resumption().confirm(by="kari")
    assert refused.value.code == "same-person-twice"


def test_a_log_that_goes_on_otherwise_meanwhile_is_proposed_anew(parted: Two) -> None:
    parted.resumption().propose(reason=WHY, by="kari")
    again = replace(parted, grants=parted.notifications)
    with pytest.raises(NothingParted):
        again.resumption().confirm(by="ola")


def said(parted: Two, fact: FeedResumed) -> None:
    """Whoever holds the database alone says so."""

    async def act(logs: Logs) -> None:
        latest = await logs.ours.find_latest("inbox-grants")
        assert latest is not None
        outcome = await logs.ours.append(Command(actor="ola"), Write("inbox-grants", latest.version, (fact,)))
        assert outcome.outcome == "recorded"

    parted.at(act)


def test_what_our_key_did_not_sign_excuses_nothing(parted: Two) -> None:
    parting = parted.resumption().look()
    said(
        parted,
        FeedResumed(
            position=parting.common.position, hash=parting.common.hash, left_position=12, left_hash=parting.left.hash,
            beyond=parting.beyond, reason=WHY, agreed_with="kari", confirmed_by="ola", signature="00" * 64,
        ),
    )  # fmt: skip
    faults = parted.verified()[1]
    assert any("is not signed by our key" in each for each in faults)
    assert sum("is not what was heard" in each for each in faults) >= 8


def test_what_is_not_named_is_not_excused(parted: Two) -> None:
    """Two people agreed, and what they named leaves one fact out."""
    resumption, whole = parted.resumption(), parted.resumption().look()
    resumption.propose(reason=WHY, by="kari")
    latest = parted.at(lambda logs: logs.ours.find_latest("inbox-grants-resuming"))
    assert latest is not None
    fewer = replace(whole, beyond=whole.beyond[:-1])
    assert isinstance(latest.event, ResumptionProposed)
    said(parted, confirm(fewer, latest.event, by="ola", sign=KEY.sign))
    faults = parted.verified()[1]
    assert len(faults) >= 1
    assert all(f"position {whole.beyond[-1].position}" in each for each in faults), faults


def look_into(parted: Two, *positions: int) -> None:
    """Somebody says that they have, past the rule that would ask whether it was named."""

    async def act(logs: Logs) -> None:
        history = await logs.ours.load("inbox-grants-looked-into")
        looked = LostGroundsLookedInto(positions=positions, finding="Sett på.", looked_into_by="anne")
        outcome = await logs.ours.append(Command(actor="anne"), Write(history.stream, history.version, (looked,)))
        assert outcome.outcome == "recorded"

    parted.at(act)


def test_what_was_named_is_left_until_it_is_looked_into_and_nothing_else_is(parted: Two) -> None:
    named = [each.position for each in parted.resume().beyond]
    left = "facts whose ground is lost that nobody has looked into"
    assert parted.verified()[0][left] == 8
    look_into(parted, *named[:5])
    counts, faults = parted.verified()
    assert (counts[left], faults) == (3, [])
    look_into(parted, named[5], 1)
    assert any("it was looked into 1, which nobody named" in each for each in parted.verified()[1])


def test_going_back_behind_what_stands_is_found(parted: Two) -> None:
    """The other log holds all of it, and somebody says that it does not."""
    fact = parted.resume()
    whole = replace(parted, grants=parted.notifications)
    faults = whole.verified()[1]
    assert any(f"it goes back from {fact.left_position}, and grants's log holds that" in each for each in faults)
    assert sum("is said to be lost, and stands" in each for each in faults) == 9


def test_a_log_may_be_brought_back_twice(parted: Two) -> None:
    parted.resume()
    parted.award(5)
    with restored(parted.grants) as again:
        parted.award(6)
        parted.follow()
        once_more = replace(parted, grants=again)
        fact = once_more.resume()
        assert {each.stream for each in fact.beyond} == {f"letter-{case(6)}"}
        once_more.follow()
        assert once_more.verified()[1] == []


def test_what_was_read_and_not_kept_is_nobodys_place(parted: Two) -> None:
    """A page that told nothing for us moved the process on, and left no place: what is lost of it was never heard."""

    async def act(logs: Logs) -> Place:
        follower = Follower(logs.ours, Source(name="grants", url="http://x"), {}, registry=CollectorRegistry())
        follower._at = Place(position=99, hash="f" * 64)
        follower._client = httpx.AsyncClient(
            transport=httpx.MockTransport(lambda _: httpx.Response(409, json={"code": "log-diverged"}))
        )
        with pytest.raises(FeedDiverged):
            await follower.follow()
        return follower._at

    assert parted.at(act) == Place()
