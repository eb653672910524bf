"""What the tests of closed again mutants build, for other tests to use as well."""

from collections.abc import Callable
from typing import Any

from services.notifications.facts.channel import LetterDispatchUnknown, LetterSentAgain
from services.notifications.facts.notice import NoticeObjectionLifted, NoticeReceiptRevoked
from tests.notifications.gate_mutants import Mutant
from tests.notifications.leaving.closed_again import A, N, objected
from tests.notifications.leaving.permitted_sending import begun, refused
from tests.notifications.permits import permit
from tests.notifications.world import LETTER_SHA256, KeptWorld, days

UNKNOWN = LetterDispatchUnknown(attempt=1, problem="x")
AGAIN = LetterSentAgain(reason="tapt", asked_by="kari")


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
