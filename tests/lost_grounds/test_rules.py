"""What rests on what the other log lost is looked into by somebody, who says what was found."""

from dataclasses import replace

from services.inbox.events import Beyond, FeedResumed
from services.lost_grounds.events import LostGroundsLookedInto
from services.lost_grounds.rules import LostGrounds, LostGroundUnknown, evolve, look_into
from services.reason import ReasonMissing
from tests.given import Given, given

FOUND = "Brevet gikk ut. Tilskuddet er vedtatt på nytt."
RESUMED = FeedResumed(
    position=408, hash="ab" * 32, left_position=412, left_hash="cd" * 32,
    beyond=tuple(Beyond(position=at, stream="letter-1", topic="letter.held.v2", at=411) for at in (96, 98)),
    reason="Tatt tilbake.", agreed_with="siri", confirmed_by="liv", signature="ef" * 64,
)  # fmt: skip
LATER = replace(RESUMED, beyond=(Beyond(position=120, stream="permit-1", topic="permit.granted.v1", at=0),))
LOOKED = LostGroundsLookedInto(positions=(96,), finding=FOUND, looked_into_by="anne")


def after(*facts: FeedResumed | LostGroundsLookedInto) -> Given:
    return given(*facts, evolve=evolve, initial=LostGrounds())


def test_what_was_named_is_looked_into_by_somebody_who_says_what_was_found() -> None:
    after(RESUMED).when(look_into, positions=[96], finding=FOUND, by="anne").then(LOOKED)


def test_several_are_looked_into_together_each_once_and_in_order() -> None:
    both = replace(LOOKED, positions=(96, 98))
    after(RESUMED).when(look_into, positions=[98, 96, 98], finding=FOUND, by="anne").then(both)


def test_the_same_again_is_nothing_and_only_what_is_new_is_said() -> None:
    after(RESUMED, LOOKED).when(look_into, positions=[96], finding=FOUND, by="anne").nothing()
    rest = replace(LOOKED, positions=(98,))
    after(RESUMED, LOOKED).when(look_into, positions=[96, 98], finding=FOUND, by="anne").then(rest)


def test_whoever_finds_otherwise_says_so_and_the_last_finding_counts() -> None:
    otherwise = replace(LOOKED, finding="Brevet ble stanset.")
    after(RESUMED, LOOKED).when(look_into, positions=[96], finding="Brevet ble stanset.", by="anne").then(otherwise)
    another = replace(LOOKED, looked_into_by="per")
    after(RESUMED, LOOKED).when(look_into, positions=[96], finding=FOUND, by="per").then(another)
    assert after(RESUMED, LOOKED, otherwise).state.found == {96: otherwise}
    after(RESUMED, LOOKED, otherwise).when(look_into, positions=[96], finding=FOUND, by="anne").then(LOOKED)


def test_what_nobody_named_is_not_looked_into() -> None:
    refused = after(RESUMED).when(look_into, positions=[96, 97, 120], finding=FOUND, by="anne")
    assert refused.refused(LostGroundUnknown, saying="97").details["positions"] == [97, 120]
    after().when(look_into, positions=[96], finding=FOUND, by="anne").refused(LostGroundUnknown)


def test_what_was_found_is_owed_in_words() -> None:
    after(RESUMED).when(look_into, positions=[96], finding=" \u200b", by="anne").refused(ReasonMissing)


def test_what_was_named_stays_open_until_somebody_has_looked_into_it() -> None:
    assert after(RESUMED, LATER).state.open == {96, 98, 120}
    assert after(RESUMED, LOOKED, LATER).state.open == {98, 120}
    assert after(RESUMED, replace(LOOKED, positions=(96, 98))).state.open == frozenset()
