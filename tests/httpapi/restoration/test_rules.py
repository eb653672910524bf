"""What is lost of a log, and who may say that it goes on without it."""

import pytest

from services.duties.apart import SamePersonTwice
from services.eventlog.checkpoints.checkpoint import Checkpoint, standing
from services.eventlog.epoch.events import LogRestored
from services.httpapi.restoration.refusals import NothingLost, RestorationNotProposed
from services.httpapi.restoration.rules import Head, Lost, Proposal, confirm, find_lost, propose
from services.reason import ReasonMissing

WHY = "Disken brant."


def signed(number: int, position: int, resumes: int | None = None) -> Checkpoint:
    return Checkpoint(
        log="grants", number=number, position=position, hash=f"{position:064x}", recorded_at="-", balances="-",
        previous="-", made_at="-", resumes=resumes,
    )  # fmt: skip


def ends_at(position: int) -> Head:
    return Head(position=position, hash=f"{position:064x}")


LINE = (signed(1, 10), signed(2, 20), signed(3, 30))
SHORTER = Lost(head=ends_at(14), last=LINE[0], signed=LINE[1:])


def test_what_was_signed_beyond_the_end_of_the_log_is_lost() -> None:
    lost = find_lost(LINE, ends_at(14), [True, False, False])
    assert lost == SHORTER
    assert (lost.lost_from, lost.lost_to) == (15, 30)


def test_where_something_else_stands_all_since_the_last_good_checkpoint_may_be_lost() -> None:
    assert find_lost(LINE, ends_at(35), [True, False, False]).lost_from == 11
    another = Head(position=20, hash="f" * 64)  # at the very end of it
    assert find_lost(LINE, another, [True, False, False]).lost_from == 11
    assert find_lost(LINE, ends_at(19), [True, False, False]).lost_from == 20


def test_where_no_checkpoint_holds_it_is_lost_from_the_first_fact() -> None:
    lost = find_lost(LINE, ends_at(35), [False, False, False])
    assert (lost.last, lost.lost_from) == (None, 1)


def test_what_holds_after_one_that_does_not_is_no_ground_to_go_on_from() -> None:
    lost = find_lost(LINE, ends_at(30), [True, False, True])
    assert (lost.last, lost.signed) == (LINE[0], LINE[1:])


def test_a_log_that_holds_everything_has_lost_nothing() -> None:
    with pytest.raises(NothingLost, match="up to 30"):
        find_lost(LINE, ends_at(31), [True, True, True])
    with pytest.raises(NothingLost, match="up to 0"):
        find_lost([], ends_at(1), [])


def test_what_was_lost_before_is_not_looked_for_again() -> None:
    line = [*LINE, signed(4, 14, resumes=1), signed(5, 25)]
    assert standing(line) == [LINE[0], *line[3:]]
    with pytest.raises(NothingLost):
        find_lost(line, ends_at(26), [True, False, False, True, True])
    lost = find_lost(line, ends_at(20), [True, False, False, True, False])
    assert (lost.last, lost.signed) == (line[3], (line[4],))


def test_a_break_that_is_lost_loses_the_fact_that_told_of_it() -> None:
    line = [*LINE, signed(4, 14, resumes=1)]
    lost = find_lost(line, ends_at(14), [True, False, False, False])
    assert (lost.lost_from, lost.lost_to) == (15, 15)


def test_one_that_resumes_none_takes_them_all_away() -> None:
    assert standing([*LINE, signed(4, 5, resumes=0)]) == [signed(4, 5, resumes=0)]


def proposed(lost: Lost = SHORTER, by: str = "kari") -> Proposal:
    return propose(lost, log="grants", reason=WHY, by=by)


def test_a_proposal_names_the_end_of_the_log_and_the_newest_checkpoint() -> None:
    assert proposed() == Proposal(
        log="grants", position=14, hash=ends_at(14).hash, newest=3, reason=WHY, proposed_by="kari"
    )


def test_it_is_proposed_with_a_reason_in_words() -> None:
    with pytest.raises(ReasonMissing):
        propose(SHORTER, log="grants", reason="\u200b ", by="kari")


def test_somebody_else_confirms_it_and_all_that_is_lost_is_said() -> None:
    assert confirm(SHORTER, proposed(), by="ola", left_outside=["b", "a"]) == LogRestored(
        goes_on_after=14, lost_from=15, lost_to=30, last_checkpoint=1, lost_checkpoints_from=2, lost_checkpoints_to=3,
        left_outside=("a", "b"), reason=WHY, proposed_by="kari", confirmed_by="ola",
    )  # fmt: skip
    none_holds = Lost(head=ends_at(5), last=None, signed=LINE)
    assert confirm(none_holds, proposed(none_holds), by="ola", left_outside=()).last_checkpoint == 0


def test_nobody_confirms_their_own() -> None:
    with pytest.raises(SamePersonTwice):
        confirm(SHORTER, proposed(), by="KARI", left_outside=())


@pytest.mark.parametrize(
    "now",
    [
        Lost(head=ends_at(15), last=LINE[0], signed=LINE[1:]),
        Lost(head=Head(position=14, hash="0" * 64), last=LINE[0], signed=LINE[1:]),
        Lost(head=ends_at(14), last=LINE[0], signed=(*LINE[1:], signed(4, 40))),
    ],
    ids=["it has moved", "another log", "more was signed"],
)
def test_what_has_changed_since_it_was_proposed_is_proposed_anew(now: Lost) -> None:
    with pytest.raises(RestorationNotProposed):
        confirm(now, proposed(), by="ola", left_outside=())


def test_what_nobody_proposed_nobody_confirms() -> None:
    with pytest.raises(RestorationNotProposed):
        confirm(SHORTER, None, by="ola", left_outside=())
