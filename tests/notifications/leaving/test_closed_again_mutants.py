"""Kept mutants of the gate as it is asked at each try: each is one way to let a released letter leave though the gate
has closed since, or to keep what may, and is killed by a case that is named."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifications.facts.channel import LetterDispatchUnknown, LetterSentAgain
from services.notifications.facts.notice import NoticeObjectionLifted, NoticeReceiptRevoked
from services.notifications.facts.release import AfterNotice
from tests.conftest import Database
from tests.notifications.leaving.test_closed_again import A, N, objected, received
from tests.notifications.leaving.test_permitted_sending import begun, refused
from tests.notifications.permits import permit
from tests.notifications.test_gate_mutants import Mutant, mutate, sql_of
from tests.notifications.world import LETTER_SHA256, Kept, KeptWorld, Refused, days, id_of

UNKNOWN = LetterDispatchUnknown(attempt=1, problem="x")
AGAIN = LetterSentAgain(reason="tapt", asked_by="kari")


def released(world: KeptWorld) -> None:
    """A letter, let out when its days were over."""
    received(world)
    world.now += days(16)
    world.release(A, AfterNotice(notice_id=id_of("n"), opened_at=world.now))


def tries(world: KeptWorld, *, attempt: int = 1) -> str:
    """What becomes of a try that grants permits."""
    return refused(world, begun(permit(LETTER_SHA256, world.now, attempt=attempt), attempt=attempt))


def may_have_left(world: KeptWorld) -> None:
    assert tries(world) == "recorded"
    world.record(A, UNKNOWN, AGAIN)


def an_objection_stops_what_is_released_and_has_not_left(world: KeptWorld) -> None:
    world.record(N, objected())
    assert tries(world) == "notice-objected"


def an_objection_stops_what_may_have_left(world: KeptWorld) -> None:
    may_have_left(world)
    world.record(N, objected())
    assert tries(world, attempt=2) == "notice-objected"


def a_revoked_receipt_keeps_here_what_has_not_left(world: KeptWorld) -> None:
    world.record(N, NoticeReceiptRevoked(reason="feil", revoked_by="kari"))
    assert tries(world) == "notice-missing"


def a_lifted_objection_begins_the_days_of_what_has_not_left(world: KeptWorld) -> None:
    lifted = NoticeObjectionLifted(objection=1, reason="greit", lifted_by="marit", said_at=world.now)
    world.record(N, objected(), lifted)
    assert tries(world) == "notice-too-young"


def a_stale_notice_lets_nothing_leave_that_waited(world: KeptWorld) -> None:
    world.now += days(80)
    assert tries(world) == "notice-stale"


def what_may_have_left_is_sent_once_more_on_a_stale_notice(world: KeptWorld) -> None:
    may_have_left(world)
    world.now += days(80)
    assert tries(world, attempt=2) == "recorded"


Case = Callable[[Any], None]
REFUSES = "PERFORM notifications.refuse_unless("
SWAPS: dict[Case, tuple[str, str, str, str]] = {
    an_objection_stops_what_is_released_and_has_not_left: (
        "asked at release alone",
        "begin_permitted",
        "PERFORM notifications.refuse_closed(which, it.left_here);",
        "",
    ),
    an_objection_stops_what_may_have_left: (
        "left, and free",
        "refuse_closed",
        f"{REFUSES}\n        NOT EXISTS",
        f"{REFUSES}\n        may_have_left OR NOT EXISTS",
    ),
    a_revoked_receipt_keeps_here_what_has_not_left: ("whatever stands", "refuse_closed", "gate.code IS NULL", "true"),
    a_lifted_objection_begins_the_days_of_what_has_not_left: (
        "too young to leave",
        "refuse_closed",
        "gate.opens_at <= clock",
        "true",
    ),
    a_stale_notice_lets_nothing_leave_that_waited: (
        "too old to leave",
        "refuse_closed",
        "clock < gate.stale_at",
        "true",
    ),
    what_may_have_left_is_sent_once_more_on_a_stale_notice: (
        "as if it had not left",
        "refuse_closed",
        "IF may_have_left THEN",
        "IF false THEN",
    ),
}
MUTANTS = [
    Mutant(name, function, was, becomes, killed_by=case) for case, (name, function, was, becomes) in SWAPS.items()
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_of_the_gate_at_each_try_is_killed(mutant: Mutant, database: Database) -> None:
    with Kept(database) as world:
        released(world)
        world.owner.execute(mutate(mutant, sql_of(world, mutant.function)).encode())
        with pytest.raises((AssertionError, Refused)):
            mutant.killed_by(world)


@pytest.mark.parametrize("case", SWAPS, ids=lambda case: case.__name__)
def test_the_case_holds_without_a_mutant(case: Case, database: Database) -> None:
    with Kept(database) as world:
        released(world)
        case(world)
