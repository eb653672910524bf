"""The deadlines of a notice follow its receipt, its objections and its withdrawal; and what they are of is the
gate's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.deadline.events import DeadlineMet, DeadlineReopened, DeadlinesHeard, HeardDeadline
from services.notifications.deadline.heard import (
    Heard,
    MetByItself,
    MetTooEarly,
    MetTooLongAgo,
    NotDue,
    NotMet,
    UnknownDeadline,
    evolve,
    fold,
    meet,
    reopen,
)
from services.notifications.deadline.rules import Change, Line, follow
from services.notifications.facts.notice import (
    NoticeObjected,
    NoticeObjectionLifted,
    NoticeReceiptRevoked,
    NoticeWithdrawn,
)
from services.notifications.facts.release import (
    AwardEnded,
    LetterReleased,
    LetterReleaseEnded,
    SchemeExempt,
    WaiverConfirmed,
)
from services.notifications.gate.counting import opens_at, stale_at
from tests.given import Given, given
from tests.notifications.notice.rules import BEGUN, ORDERED, PREPARED, RECEIVED, SENT
from tests.notifications.world import exemption_by, held, id_of, letter, policy

BEGAN = datetime(2020, 6, 1, 8, tzinfo=UTC)
STREAM = f"notice-{id_of('n')}"
PLANNED = replace(PREPARED, planned_on=date(2020, 6, 30))
ITEMS = tuple(line.item for line in PREPARED.lines)
OBJECTED = NoticeObjected(objection=1, items=ITEMS[:1], text="Vent.", objected_by="marit")
LIFTED = NoticeObjectionLifted(objection=1, reason="Avklart.", lifted_by="marit", said_at=BEGAN)
RECEIPT = replace(RECEIVED, received_at=BEGAN)


def facts(*events: Event, stream: str = STREAM) -> list[Recorded]:
    """Recorded one day after the other."""
    return [
        Recorded(n, stream, n, event, BEGAN + timedelta(days=n - 1), "kari", "-", "-")
        for n, event in enumerate(events, 1)
    ]


def lines(*events: Event, stream: str = STREAM) -> dict[str, Line]:
    return follow(stream, facts(*events, stream=stream))


def told(line: Line) -> list[tuple[str, date | None]]:
    return [(change.what, change.due_on) for change in line.changes]


def test_a_notice_must_be_received_fourteen_whole_days_before_its_letters_are_to_leave() -> None:
    line = lines(PLANNED)["must-go"]
    assert (line.deadline.state, line.deadline.due_on) == ("due", date(2020, 6, 15))
    assert line.deadline.due_at == datetime(2020, 6, 15, 22, tzinfo=UTC)
    assert line.deadline.roles == ("caseworker", "ministry")
    assert lines(PREPARED).keys() == set()


def test_its_receipt_meets_that_and_begins_what_follows() -> None:
    found = lines(PLANNED, ORDERED, BEGUN, SENT, RECEIPT)
    opens, stale = opens_at(BEGAN, ORDERED.policy), stale_at(BEGAN, ORDERED.policy)
    assert told(found["must-go"])[-1][0] == "met"
    assert found["opens"].deadline.due_at == found["waiting"].deadline.due_at == opens
    assert found["stale"].deadline.due_at == stale
    assert set(found["opens"].deadline.items) == set(ITEMS)


def test_an_objection_ends_what_it_stops_and_a_lifted_one_begins_it_anew() -> None:
    received = (PLANNED, ORDERED, BEGUN, SENT, RECEIPT)
    stopped = lines(*received, OBJECTED)
    assert set(stopped["opens"].deadline.items) == set(ITEMS[1:])
    anew = lines(*received, OBJECTED, LIFTED)
    assert anew["opens-1"].deadline.items == ITEMS[:1]
    lifted_at = BEGAN + timedelta(days=6)
    assert anew["opens-1"].deadline.due_at == opens_at(lifted_at, ORDERED.policy)
    assert anew["opens"].deadline.due_at == opens_at(BEGAN, ORDERED.policy)


def test_an_objection_to_all_of_it_leaves_nothing_to_open() -> None:
    whole = replace(OBJECTED, items=())
    found = lines(PLANNED, ORDERED, BEGUN, SENT, RECEIPT, whole)
    assert {key: found[key].deadline.state for key in ("opens", "waiting")} == {"opens": "fallen", "waiting": "fallen"}


def test_a_receipt_that_is_revoked_ends_what_it_began_and_a_notice_that_is_withdrawn_all_of_it() -> None:
    received = (PLANNED, ORDERED, BEGUN, SENT, RECEIPT)
    revoked = lines(*received, NoticeReceiptRevoked(reason="Feil.", revoked_by="ola"))
    assert told(revoked["must-go"]) == [
        ("set", date(2020, 6, 15)), ("met", date(2020, 6, 15)), ("reopened", date(2020, 6, 15)),
    ]  # fmt: skip
    assert revoked["opens"].deadline.state == revoked["stale"].deadline.state == "fallen"
    gone = lines(*received, NoticeWithdrawn(reason="Feil.", withdrawn_by="ola"))
    assert {line.deadline.state for line in gone.values()} == {"met", "fallen"}


def test_a_letter_of_an_exempt_scheme_waits_from_when_it_is_held_until_it_leaves() -> None:
    stream = letter("a")
    free = held("a", exemption=exemption_by(policy()))
    out = LetterReleased(
        manifest_sha256=free.manifest_sha256, letter_sha256=free.letter_sha256, ground=SchemeExempt(source="x"),
        said_at=BEGAN, released_by="kari", recipient_number=None, channel="file-outbox",
    )  # fmt: skip
    assert lines(free, stream=stream)["waiting"].deadline.due_at == BEGAN
    assert lines(free, out, stream=stream)["waiting"].deadline.state == "met"
    stopped = LetterReleaseEnded(letter_sha256=free.letter_sha256, code="x", reason="x")
    assert told(lines(free, out, stopped, stream=stream)["waiting"])[-1][0] == "reopened"
    ended = AwardEnded(change="annulled", version=4)
    assert lines(free, ended, stream=stream)["waiting"].deadline.state == "fallen"


def test_a_notice_counts_by_the_rule_that_was_frozen_into_it() -> None:
    ordered = replace(ORDERED, policy=replace(ORDERED.policy, days=10, min_hours=240))
    assert told(lines(PLANNED, ordered)["must-go"]) == [("set", date(2020, 6, 15)), ("moved", date(2020, 6, 19))]


def test_an_opening_that_is_moved_within_its_day_is_moved() -> None:
    """The minimum of hours, and not midnight, opens it: received at another hour of the same day."""
    ordered = replace(ORDERED, policy=replace(ORDERED.policy, min_hours=24 * 20))
    later = replace(RECEIPT, received_at=BEGAN + timedelta(hours=1))
    found = lines(PLANNED, ordered, BEGUN, SENT, RECEIPT, later)["opens"]
    assert [change.what for change in found.changes] == ["set", "moved"]


def test_what_one_person_exempted_waits_for_notice_and_what_waits_has_waited_since_it_was_free() -> None:
    stream = letter("a")
    alone = held("a", exemption=replace(exemption_by(policy()), confirmed_at=None))
    assert lines(alone, stream=stream).keys() == {"unnoticed"}
    free = held("a", exemption=exemption_by(policy()))
    assert lines(free, free, stream=stream)["waiting"].deadline.due_at == BEGAN


def test_a_letter_that_owes_notice_waits_for_its_notice_and_for_a_waiver_of_the_ministry() -> None:
    stream, owes = letter("a"), held("a")
    unnoticed = lines(owes, stream=stream)["unnoticed"].deadline
    assert (unnoticed.due_on, unnoticed.due_at) == (date(2020, 6, 1), datetime(2020, 6, 1, 22, tzinfo=UTC))
    waived = WaiverConfirmed(manifest_sha256=owes.manifest_sha256, document_sha256="ab" * 32, confirmed_by="ola")
    assert lines(owes, waived, stream=stream)["waiting"].deadline.due_at == BEGAN + timedelta(days=1)
    assert lines(owes, waived, stream=stream)["unnoticed"].deadline.state == "fallen"
    other = replace(waived, manifest_sha256="cd" * 32)
    assert lines(owes, other, stream=stream).keys() == {"unnoticed"}


# What grants tells, and what people record of it.

YEAR = "deadlines-2020"
ASSIGNMENT = HeardDeadline(
    key="assignment-0-2020-001-1", kind="assignment", state="due", due_on=date(2020, 6, 20), role="controller",
    what="Utrede en ordning",
)  # fmt: skip
PAID = replace(ASSIGNMENT, key="letter-4-1", kind="pay-out", fund_id="2020/291/60/utvidet")
MET = DeadlineMet(
    key=ASSIGNMENT.key, due_on=date(2020, 6, 20), met_on=date(2020, 6, 18), ground="20/123", recorded_by="liv"
)
TODAY = date(2020, 6, 19)
ASKED = {"key": MET.key, "met_on": MET.met_on, "ground": MET.ground, "recorded_by": "liv", "today": TODAY}


def heard(*deadlines: HeardDeadline) -> DeadlinesHeard:
    return DeadlinesHeard(case_id=None, case_number=None, year=2020, deadlines=deadlines)


def test_what_grants_tells_is_set_moved_met_and_falls_away() -> None:
    moved = replace(ASSIGNMENT, due_on=date(2020, 7, 1))
    fallen = replace(moved, state="fallen")
    found = lines(heard(ASSIGNMENT, PAID), heard(moved), heard(fallen), stream=YEAR)
    assert told(found[ASSIGNMENT.key]) == [
        ("set", date(2020, 6, 20)), ("moved", date(2020, 7, 1)), ("fallen", date(2020, 7, 1)),
    ]  # fmt: skip
    assert found[PAID.key].deadline.posts == ("291.60",)
    assert found[PAID.key].deadline.roles == ("controller", "ministry")
    assert found[PAID.key].changes == (Change(what="set", at=BEGAN, position=1, state="due", due_on=date(2020, 6, 20)),)


def known(*events: Event) -> Given:
    return given(*events, evolve=evolve, initial=Heard())


def test_an_assignment_is_met_by_somebody_who_says_so_and_stays_so_when_its_day_is_put_right() -> None:
    known(heard(ASSIGNMENT)).when(meet, **ASKED).then(MET)
    known(heard(ASSIGNMENT), MET).when(meet, **ASKED).nothing()
    known(heard(ASSIGNMENT)).when(meet, **ASKED | {"today": MET.met_on}).then(MET)
    fallen = replace(ASSIGNMENT, state="fallen")
    assert lines(heard(ASSIGNMENT), MET, heard(fallen), stream=YEAR)[ASSIGNMENT.key].deadline.state == "fallen"
    moved = replace(ASSIGNMENT, due_on=date(2020, 7, 1))
    found = lines(heard(ASSIGNMENT), MET, heard(moved), stream=YEAR)[ASSIGNMENT.key]
    assert [change.what for change in found.changes] == ["set", "met", "moved"]
    assert (found.deadline.state, found.moves) == ("met", 1)


def test_what_was_not_done_after_all_is_due_again() -> None:
    again = DeadlineReopened(key=MET.key, reason="Feil.", recorded_by="ola")
    asked = {"key": MET.key, "reason": "Feil.", "recorded_by": "ola"}
    known(heard(ASSIGNMENT), MET).when(reopen, **asked).then(again)
    known(heard(ASSIGNMENT), MET, again).when(reopen, **asked).nothing()
    known(heard(ASSIGNMENT)).when(reopen, **asked).refused(NotMet)
    found = lines(heard(ASSIGNMENT), MET, again, stream=YEAR)[ASSIGNMENT.key]
    assert (found.deadline.state, found.moves) == ("due", 0), "its day is what it was"


def test_what_happens_by_itself_is_nobodys_to_record() -> None:
    told_of = known(heard(ASSIGNMENT, PAID))
    told_of.when(meet, **ASKED | {"key": "other"}).refused(UnknownDeadline)
    told_of.when(meet, **ASKED | {"key": PAID.key}).refused(MetByItself)
    told_of.when(meet, **ASKED | {"met_on": date(2020, 6, 20)}).refused(MetTooEarly)
    told_of.when(meet, **ASKED | {"met_on": date(1900, 1, 1)}).refused(MetTooLongAgo)
    known(heard(replace(ASSIGNMENT, state="fallen"))).when(meet, **ASKED).refused(NotDue)
    assert fold([heard(ASSIGNMENT), MET]).met == {MET.key: MET}
