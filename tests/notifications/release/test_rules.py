"""A letter ordered to leave, waived by the ministry, released; and how its sending is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.duties import SamePersonTwice
from services.duties.of_notices import FOR_THE_MINISTRY
from services.notifications.channel import rules as sending
from services.notifications.channel.rules import DeliveredBeforeRelease, LetterNotReleased, LetterOnItsWay, NothingLeft
from services.notifications.facts.channel import (
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterSendingBegun,
    LetterSendingPermitted,
    LetterSentAgain,
)
from services.notifications.facts.hands import words_in
from services.notifications.facts.release import (
    AwardEnded,
    LetterReleaseEnded,
    LetterReleaseOrdered,
    LetterReleaseStopped,
    SchemeExempt,
    WaiverConfirmed,
    WaiverProposed,
    WaiverRejected,
)
from services.notifications.gate.refusals import AlreadyReleased, LetterNotHeld, LetterOutdated
from services.notifications.release import rules
from services.notifications.release.rules import NothingOrdered, NoWaiverWaits
from services.reason import ReasonMissing
from tests.notifications.permits import permit
from tests.notifications.sentences import at, held_after
from tests.notifications.world import SOURCE, held, released

LETTER = held("a")
SILENCE = words_in(())
OTHER = held("a", amount_ore=200)
ENDED = AwardEnded(change="annulled", version=3)
OUT = released(LETTER, SchemeExempt(source=SOURCE), at(2))
SHA = "ef" * 32
ORDERED = LetterReleaseOrdered(manifest_sha256=LETTER.manifest_sha256, ordered_by="ingrid")
STOPPED = LetterReleaseStopped(reason="vent", stopped_by="kari")
CLAIMED = WaiverProposed(
    manifest_sha256=LETTER.manifest_sha256, document="20/1", document_sha256=SHA, proposed_by="kari"
)
WAIVED = WaiverConfirmed(manifest_sha256=LETTER.manifest_sha256, document_sha256=SHA, confirmed_by="ingrid")
PERMIT = permit(LETTER.letter_sha256, at(3))
BEGUN = LetterSendingPermitted(attempt=1, channel="file-outbox", key="k", permit=PERMIT)
BEGUN_BEFORE_PERMITS = LetterSendingBegun(attempt=1, channel="file-outbox", key="k")
SENT = LetterDispatched(attempt=1, channel="file-outbox", reference="x", said_at=at(4))
LOST = LetterDispatchFailed(attempt=1, problem="borte", lasting=True)
UNKNOWN = LetterDispatchUnknown(attempt=1, problem="kuttet")
ARRIVAL: dict[str, Any] = {"delivered_at": at(5), "evidence": "kvittert", "told_by": "channel:file-outbox"}
ARRIVED = LetterDelivered(
    attempt=1,
    letter_sha256=LETTER.letter_sha256,
    recipient_number=None,
    channel="file-outbox",
    **ARRIVAL,
)


def test_it_is_ordered_out_once_and_the_order_is_taken_back() -> None:
    held_after(LETTER).when(rules.order_release, words=SILENCE, ordered_by="ingrid").then(ORDERED)
    held_after(LETTER, ORDERED).when(rules.order_release, words=SILENCE, ordered_by="ola").nothing()
    held_after(LETTER, ORDERED).when(rules.stop_release, reason="vent", stopped_by="kari").then(STOPPED)
    held_after(LETTER, ORDERED, STOPPED).when(rules.stop_release, reason="x", stopped_by="kari").refused(NothingOrdered)
    held_after(LETTER, ORDERED).when(rules.stop_release, reason=" ", stopped_by="kari").refused(ReasonMissing)


def test_an_order_is_of_the_letter_as_it_was() -> None:
    held_after(LETTER, ORDERED, OTHER).when(rules.stop_release, reason="x", stopped_by="kari").refused(NothingOrdered)


def test_what_is_not_held_outdated_or_out_is_not_ordered() -> None:
    for state, refusal in (
        (held_after(), LetterNotHeld),
        (held_after(LETTER, ENDED), LetterOutdated),
        (held_after(LETTER, OUT), AlreadyReleased),
    ):
        state.when(rules.order_release, words=SILENCE, ordered_by="ingrid").refused(refusal)
        state.when(
            rules.release, words=SILENCE, ground=SchemeExempt(source=SOURCE), said_at=at(2), released_by="x"
        ).refused(refusal)


def test_a_letter_made_anew_is_held_again() -> None:
    held_after(LETTER, ENDED, OTHER).when(rules.order_release, words=SILENCE, ordered_by="ingrid").then(
        replace(ORDERED, manifest_sha256=OTHER.manifest_sha256)
    )


def test_a_waiver_takes_two_people_and_is_of_one_very_letter() -> None:
    asked = {"document": "20/1", "document_sha256": SHA, "proposed_by": "kari"}
    held_after(LETTER).when(rules.propose_waiver, **asked).then(CLAIMED)
    held_after(LETTER, CLAIMED).when(rules.propose_waiver, **asked).nothing()
    held_after(LETTER).when(rules.propose_waiver, **asked | {"document": ""}).refused(ReasonMissing)
    held_after(LETTER, CLAIMED).when(rules.confirm_waiver, words=SILENCE, confirmed_by="ingrid").then(WAIVED)
    held_after(LETTER, CLAIMED).when(rules.confirm_waiver, words=SILENCE, confirmed_by="kari").refused(SamePersonTwice)
    held_after(LETTER).when(rules.confirm_waiver, words=SILENCE, confirmed_by="ingrid").refused(NoWaiverWaits)
    held_after(LETTER, CLAIMED, OTHER).when(rules.confirm_waiver, words=SILENCE, confirmed_by="ingrid").refused(
        LetterOutdated
    )
    rejected = WaiverRejected(reason="gjelder et annet brev", rejected_by="ingrid")
    why = {"reason": "gjelder et annet brev", "rejected_by": "ingrid"}
    held_after(LETTER, CLAIMED).when(rules.reject_waiver, **why).then(rejected)
    held_after(LETTER, CLAIMED, rejected).when(rules.reject_waiver, **why).refused(NoWaiverWaits)


def test_nothing_is_sent_that_the_gate_has_not_let_out() -> None:
    waits = held_after(LETTER)
    waits.when(sending.begin, channel="file-outbox", key="k", permit=PERMIT).refused(LetterNotReleased)
    waits.when(sending.delivered, **ARRIVAL).refused(LetterNotReleased)
    waits.when(sending.send_again, words=SILENCE, reason="x", asked_by="kari").refused(LetterNotReleased)


def test_a_sending_is_begun_once_and_has_one_outcome() -> None:
    held_after(LETTER, OUT).when(sending.begin, channel="file-outbox", key="k", permit=PERMIT).then(BEGUN)
    begun = held_after(LETTER, OUT, BEGUN)
    begun.when(sending.begin, channel="file-outbox", key="k", permit=PERMIT).nothing()
    begun.when(sending.taken, channel="file-outbox", reference="x", said_at=at(4)).then(SENT)
    begun.when(sending.failed, problem="borte", lasting=True).then(LOST)
    begun.when(sending.unknown, problem="kuttet").then(UNKNOWN)
    held_after(LETTER, OUT, BEGUN, UNKNOWN).when(sending.unknown, problem="igjen").nothing()
    held_after(LETTER, OUT, BEGUN, SENT).when(sending.unknown, problem="x").nothing()


def test_nothing_arrives_of_which_nothing_left() -> None:
    """Whoever says that it did would have it counted as out, and it would never be sent."""
    told: dict[str, Any] = {"evidence": "Telefon", "told_by": "kari", "delivered_at": at(9), "now": at(9)}
    not_left = LetterDispatchFailed(attempt=1, problem="x", lasting=True)
    for past in ((), (BEGUN, not_left), (BEGUN, UNKNOWN, not_left)):
        held_after(LETTER, OUT, *past).when(sending.arrived, **told).refused(NothingLeft)
    held_after(LETTER, OUT, BEGUN).when(sending.arrived, **told).refused(LetterOnItsWay)  # a sender has it
    for since in ((BEGUN, UNKNOWN), (BEGUN, SENT), (BEGUN, SENT, LOST)):
        assert sending.arrived(held_after(LETTER, OUT, *since).state, **told)


def test_nothing_arrives_before_it_was_first_tried_to_be_sent() -> None:
    unclear = held_after(LETTER, OUT, BEGUN, UNKNOWN)
    assert unclear.state.begun_at is not None
    before = unclear.state.begun_at - timedelta(seconds=1)
    told: dict[str, Any] = {"evidence": "Telefon", "told_by": "kari", "now": unclear.state.begun_at}
    unclear.when(sending.arrived, delivered_at=before, **told).refused(DeliveredBeforeRelease)
    assert sending.arrived(unclear.state, delivered_at=unclear.state.begun_at, **told)


def test_what_arrived_has_arrived_once() -> None:
    held_after(LETTER, OUT, BEGUN, SENT).when(sending.delivered, **ARRIVAL).then(ARRIVED)
    there = held_after(LETTER, OUT, BEGUN, SENT, ARRIVED)
    there.when(sending.delivered, **ARRIVAL).nothing()
    there.when(sending.failed, problem="borte", lasting=True).nothing()
    held_after(LETTER, OUT, BEGUN, SENT).when(sending.delivered, **ARRIVAL | {"evidence": " "}).refused(ReasonMissing)


def test_it_is_sent_again_only_when_somebody_said_that_it_failed() -> None:
    again = LetterSentAgain(reason="tapt", asked_by="kari")
    held_after(LETTER, OUT, BEGUN, LOST).when(sending.send_again, words=SILENCE, reason="tapt", asked_by="kari").then(
        again
    )
    held_after(LETTER, OUT, BEGUN, SENT).when(sending.send_again, words=SILENCE, reason="x", asked_by="kari").refused(
        LetterOnItsWay
    )
    held_after(LETTER, OUT, BEGUN, LOST).when(sending.send_again, words=SILENCE, reason="", asked_by="kari").refused(
        ReasonMissing
    )
    assert sending.key_of("letter-x", 0) == sending.key_of("letter-x", 0) != sending.key_of("letter-x", 1)


SAID = {"code": "award-changed-since", "reason": "Vedtaket er opphevet."}
STOPPED_SHORT = LetterReleaseEnded(letter_sha256=LETTER.letter_sha256, **SAID)
GRANTS = {"by": "grants", **SAID}


def test_a_release_that_grants_stops_before_anything_left_is_ended_and_can_be_ordered_anew() -> None:
    held_after(LETTER, OUT).when(sending.stop, **GRANTS).then(STOPPED_SHORT)
    not_left = replace(LOST, lasting=False)
    held_after(LETTER, OUT, BEGUN, not_left).when(sending.stop, **GRANTS).then(STOPPED_SHORT)
    ended = held_after(LETTER, ORDERED, OUT, STOPPED_SHORT)
    ended.when(rules.order_release, words=SILENCE, ordered_by="ingrid").then(ORDERED)
    ended.when(sending.stop, **GRANTS).refused(LetterNotReleased)
    ended.when(sending.begin, channel="file-outbox", key="k", permit=PERMIT).refused(LetterNotReleased)
    assert held_after(LETTER, ORDERED, OUT, STOPPED_SHORT, OTHER).state.letter == OTHER
    assert ended.state.again == 1  # what is sent after it is another sending


def test_what_may_have_left_is_not_ended_and_somebody_must_look() -> None:
    again = LetterSentAgain(reason="tapt", asked_by="kari")
    said = "grants: award-changed-since: Vedtaket er opphevet."
    looks = LetterDispatchFailed(attempt=1, problem=said, lasting=True, begun=False)
    for past in ((BEGUN, SENT, LOST, again), (BEGUN, UNKNOWN, again), (BEGUN_BEFORE_PERMITS, UNKNOWN, again)):
        held_after(LETTER, OUT, *past).when(sending.stop, **GRANTS).then(looks)
    for known in ((BEGUN,), (BEGUN, UNKNOWN), (BEGUN, SENT), (BEGUN, SENT, ARRIVED), (BEGUN, LOST)):
        held_after(LETTER, OUT, *known).when(sending.stop, **GRANTS).nothing()


def test_nobody_who_spoke_for_the_ministry_of_it_lets_it_out() -> None:
    for word in FOR_THE_MINISTRY:
        words = {**SILENCE, word: frozenset({"Ingrid "})}
        held_after(LETTER).when(rules.order_release, words=words, ordered_by="ingrid").refused(SamePersonTwice)
        held_after(LETTER, ORDERED).when(rules.order_release, words=words, ordered_by="ingrid").nothing()
        held_after(LETTER, CLAIMED).when(rules.confirm_waiver, words=words, confirmed_by="ingrid").refused(
            SamePersonTwice
        )
        held_after(LETTER, ORDERED).when(
            rules.release, words=words, ground=SchemeExempt(source=SOURCE), said_at=at(2), released_by="ingrid"
        ).refused(SamePersonTwice)
        held_after(LETTER, OUT, BEGUN, LOST).when(
            sending.send_again, words=words, reason="tapt", asked_by="ingrid"
        ).refused(SamePersonTwice)
