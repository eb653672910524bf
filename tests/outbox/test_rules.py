"""By which folder things leave: the first that was used, until somebody says otherwise."""

from pathlib import Path

import pytest

from services.outbox.events import OutboxMoved, OutboxTakenIntoUse
from services.outbox.mark import FILE, find_mark, make_mark
from services.outbox.rules import Outbox, OutboxIsKnown, OutboxNotKnown, evolve, move, take_into_use

ONE, OTHER = "ab" * 32, "cd" * 32
IN_USE = Outbox(ONE)


def test_the_first_folder_is_taken_into_use() -> None:
    (taken,) = take_into_use(Outbox(), name="letters", found=ONE)
    assert taken == OutboxTakenIntoUse(outbox="letters", identity_sha256=ONE)
    assert evolve(Outbox(), taken) == IN_USE


def test_the_one_in_use_is_used_and_nothing_is_recorded_of_it() -> None:
    assert take_into_use(IN_USE, name="letters", found=ONE) == []


@pytest.mark.parametrize("found", [OTHER, None])
def test_another_folder_and_one_without_a_mark_are_not_used(found: str | None) -> None:
    with pytest.raises(OutboxNotKnown, match="nothing leaves by it"):
        take_into_use(IN_USE, name="letters", found=found)


def test_somebody_says_that_things_leave_by_another_from_now_on() -> None:
    (moved,) = move(IN_USE, name="letters", found=OTHER, reason="The disk is gone.", moved_by="kari")
    expected = OutboxMoved(
        outbox="letters", identity_sha256=OTHER, left_sha256=ONE, reason="The disk is gone.", moved_by="kari"
    )
    assert moved == expected
    assert take_into_use(evolve(IN_USE, moved), name="letters", found=OTHER) == []
    with pytest.raises(OutboxNotKnown):
        take_into_use(evolve(IN_USE, moved), name="letters", found=ONE)


@pytest.mark.parametrize("outbox", [IN_USE, Outbox()])
def test_the_one_in_use_and_the_first_need_no_moving(outbox: Outbox) -> None:
    with pytest.raises(OutboxIsKnown):
        move(outbox, name="letters", found=ONE, reason="-", moved_by="kari")


def test_a_mark_is_made_once_and_goes_with_the_folder(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert find_mark(first) is None
    with pytest.raises(OSError, match="No such"):
        make_mark(first)
    first.mkdir()
    second.mkdir()
    made = make_mark(first)
    assert make_mark(first) == find_mark(first) == made
    assert make_mark(second) != made
    assert [path.name for path in first.iterdir()] == [FILE]
    assert find_mark(first.rename(tmp_path / "moved")) == made
