"""An act on a notice by somebody who had a hand in what it lists is found in the facts, whoever recorded it."""

from collections.abc import Sequence
from dataclasses import replace

import psycopg
import pytest

from dev.verifying.duties import Duties
from dev.verifying.following import Facts
from services.duties.of_notices import FOR_THE_MINISTRY, IN_WHAT_IT_TELLS_OF, LETS_OUT
from services.duties.table import ACTS
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.notifications.facts.notice import NoticeObjected, NoticeObjectionLifted
from services.notifications.facts.release import LetterReleaseOrdered, WaiverConfirmed, WaiverProposed
from tests.conftest import Database
from tests.journeys.duties.on_notices import told_of
from tests.notifications.notice.rules import BEGUN, ORDERED, PREPARED, RECEIVED, SENT
from tests.notifications.world import BEGAN, Kept, held, letter, notice

LISTED = replace(
    PREPARED, lines=tuple(replace(line, manifest_sha256=held("a").manifest_sha256) for line in PREPARED.lines)
)
ACKNOWLEDGED = replace(
    RECEIVED, received_at=BEGAN, evidence="x", evidence_sha256=None, proposed_by=None, told_by="MARIT"
)
OBJECTED = NoticeObjected(objection=1, items=(), text="vent", objected_by="marit ")
LIFTED = NoticeObjectionLifted(objection=1, reason="avklart", lifted_by="marit", said_at=BEGAN)
HANDS = [act for act in IN_WHAT_IT_TELLS_OF if act not in ("plan publication", *LETS_OUT)]


def found(database: Database, *heard: Event, late: Sequence[Event] = ()) -> list[Fault]:
    """What is found when the ministry's words were recorded past the rules, in the middle of what grants told."""
    with Kept(database) as world:
        world.record(letter("a"), held("a"), *heard)
        world.record(notice("n"), LISTED, ORDERED, BEGUN, replace(SENT, said_at=BEGAN))
        world.record(notice("n"), ACKNOWLEDGED, OBJECTED, LIFTED)
        if late:
            world.record(letter("a"), *late)
    with psycopg.connect(database.admin_dsn) as connection:
        duties = Duties(connection, "notifications")
        log = "SELECT stream, topic, data, position - 1, recorded_at FROM notifications.event ORDER BY position"
        for stream, topic, data, before, at in connection.execute(log, binary=True).fetchall():
            duties.follow(Facts([(stream, decode(topic, data))], before, at))
        duties.end()
        return duties.faults


@pytest.mark.parametrize("hand", HANDS)
def test_each_is_found(hand: str, database: Database) -> None:
    faults = found(database, told_of(hand, "marit"))
    assert [fault.detail.rpartition(" did ")[2] for fault in faults] == [
        "acknowledge notice",
        "object to notice",
        "lift objection",
    ]


def test_others_hands_and_what_was_told_without_names_are_none(database: Database) -> None:
    assert found(database, told_of("propose award", "kari"), told_of("freeze letter", "ola")) == []


def test_what_came_afterwards_is_none(database: Database) -> None:
    assert found(database, late=[told_of("propose change", "marit")]) == []


ORDERED_OUT = LetterReleaseOrdered(manifest_sha256=held("a").manifest_sha256, ordered_by="Marit")
WAIVER: dict[str, str] = {"manifest_sha256": held("a").manifest_sha256, "document_sha256": "ef" * 32}
CLAIMED = WaiverProposed(**WAIVER, document="20/1", proposed_by="kari")
CONFIRMED = WaiverConfirmed(**WAIVER, confirmed_by="marit")
OUT: dict[str, tuple[Event, ...]] = {"order release": (ORDERED_OUT,), "confirm waiver": (CLAIMED, CONFIRMED)}


@pytest.mark.parametrize("act", OUT)
def test_what_lets_a_letter_out_is_found_before_the_ministrys_word_and_after_it(act: str, database: Database) -> None:
    said = [fault.detail.rpartition(" did ")[2] for fault in found(database, *OUT[act])]
    assert said == list(FOR_THE_MINISTRY)


@pytest.mark.parametrize("act", OUT)
def test_the_ministrys_word_is_found_before_what_lets_the_letter_out(act: str, database: Database) -> None:
    faults = found(database, late=OUT[act])
    assert {fault.detail.rpartition(" did ")[2] for fault in faults} == {act}
    assert {fault.detail.split(",")[0].partition(": ")[2].lower() for fault in faults} == {
        f"marit {ACTS[word].did}" for word in FOR_THE_MINISTRY
    }


def test_others_who_let_it_out_are_none(database: Database) -> None:
    assert found(database, late=[replace(ORDERED_OUT, ordered_by="ola"), CLAIMED]) == []
