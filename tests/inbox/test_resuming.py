"""Where two logs part, what of ours rests on what is gone, and who may say that we go on from there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.duties.apart import SamePersonTwice
from services.inbox.events import Beyond, ResumptionProposed
from services.inbox.resuming.refusals import NothingParted, ResumptionNotProposed
from services.inbox.resuming.rules import Kept, Parting, Resting, Stands, confirm, find_common, find_parting, propose
from services.inbox.rules import Place
from services.reason import ReasonMissing

WHY = "Grants ble tatt tilbake til i går kveld."


def place(position: int) -> Place:
    return Place(position=position, hash=f"{position:064x}")


def goes_to(last: int) -> Stands:
    """A log that holds what we read up to there."""
    return lambda asked: asked.position <= last


def resting(own: int, at: int) -> Resting:
    return place(at), Beyond(position=own, stream="letter-1", topic="letter.held.v2", at=at)


KEPT = [Kept(own=10, place=place(5)), Kept(own=20, place=place(8)), Kept(own=30, place=place(14))]
HEARD = [resting(11, 3), resting(21, 7), resting(31, 9), resting(32, 12)]


def since(own: int) -> Sequence[Resting]:
    return [each for each in HEARD if each[1].position > own]


def parted(last: int) -> Parting:
    return find_parting(KEPT, since, goes_to(last))


def sign(_: bytes) -> bytes:
    return b"\x01"


PROPOSED = propose(parted(8), reason=WHY, by="kari")


def test_the_last_place_that_both_logs_have_is_gone_on_from() -> None:
    found = parted(8)
    assert (found.left, found.common, found.both_to) == (place(14), place(8), 8)
    assert [each.position for each in found.beyond] == [31, 32]


def test_what_was_heard_before_they_part_rests_on_what_stands() -> None:
    """The page we read to lies beyond, and part of what it told does not."""
    found = parted(9)
    assert (found.common, found.both_to) == (place(8), 9)
    assert [each.position for each in found.beyond] == [32]


def test_where_nothing_is_in_common_all_is_heard_anew() -> None:
    found = parted(2)
    assert (found.common, found.both_to) == (Place(), 0)
    assert [each.position for each in found.beyond] == [11, 21, 31, 32]


def test_what_rests_on_no_place_that_can_be_asked_for_is_named() -> None:
    unknown = (None, Beyond(position=40, stream="permit-1", topic="permit.granted.v1", at=0))
    found = find_parting(KEPT, lambda own: [*since(own), unknown], goes_to(8))
    assert found.beyond[-1] == unknown[1]


@pytest.mark.parametrize("kept", [[], KEPT, [Kept(own=10, place=Place(position=5))]])
def test_where_our_place_stands_there_is_nothing_to_go_back_from(kept: list[Kept]) -> None:
    with pytest.raises(NothingParted):
        find_parting(kept, since, goes_to(14))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 60), unique=True, max_size=20), st.integers(0, 61))
def test_the_last_common_place_is_found_by_few_questions(positions: list[int], last: int) -> None:
    asked: list[int] = []

    def stands(each: Place) -> bool:
        asked.append(each.position)
        return each.position <= last

    common = find_common([place(each) for each in sorted(positions)], stands)
    assert common.position == max([each for each in positions if each <= last], default=0)
    assert len(asked) <= len(positions).bit_length()


def test_a_second_person_confirms_it_with_what_is_named() -> None:
    fact = confirm(parted(8), PROPOSED, by="ola", sign=sign)
    assert (fact.position, fact.hash, fact.left_position) == (8, f"{8:064x}", 14)
    assert (fact.agreed_with, fact.confirmed_by, fact.reason, fact.signature) == ("kari", "ola", WHY, "01")
    assert [each.position for each in fact.beyond] == [31, 32]


def test_whoever_proposed_it_cannot_confirm_it() -> None:
    with pytest.raises(SamePersonTwice):
        confirm(parted(8), PROPOSED, by="KARI ", sign=sign)


def test_a_reason_is_owed() -> None:
    with pytest.raises(ReasonMissing):
        propose(parted(8), reason=" ", by="kari")


@pytest.mark.parametrize("other", [None, replace(PROPOSED, position=5), replace(PROPOSED, left_hash="f" * 64)])
def test_what_was_proposed_of_other_places_is_proposed_anew(other: ResumptionProposed | None) -> None:
    with pytest.raises(ResumptionNotProposed):
        confirm(parted(8), other, by="ola", sign=sign)
