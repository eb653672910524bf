"""Released letters, as the sender sends them: from the release row's own bytes, hashed once more."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from services.calendar import clock
from services.eventlog.events import Event
from services.eventlog.log import History
from services.notifications.channel import rules
from services.notifications.channel.permits import NoWord, PermitRefused, Permits, heard_at
from services.notifications.channel.port import Envelope, File, Matter, Receiver
from services.notifications.channel.post import Beginning, BytesDiffer, NotNow, Sending
from services.notifications.facts.held_state import Held, fold
from services.notifications.facts.manifest import Manifest, NotCanonical, read, sha256_of_text
from services.notifications.facts.release import HeldLetter
from services.notifications.gate.decision import check_still_open
from services.notifications.gate.reading import GateReading
from services.notifications.gate.refusals import ClocksDisagree, GateClosed

PDF = "application/pdf"
TITLE = "Tilskuddsbrev"
TEXT = "Vedlagt følger tilskuddsbrevet."
_RELEASED = """
    SELECT encode(r.manifest_sha256, 'hex'), encode(r.letter_sha256, 'hex'), f.content FROM notifications.release r
    JOIN notifications.letter_file f ON f.sha256 = r.letter_sha256
    WHERE r.item = %s AND NOT EXISTS (
        SELECT FROM notifications.release_ending e WHERE e.item = r.item AND e.number = r.number)
"""


class LetterPost:
    """`Post` for letters."""

    def __init__(self, reading: GateReading, permits: Permits, now: Callable[[], datetime] = clock.now) -> None:
        self._reading, self._permits, self._now = reading, permits, now

    def sending(self, history: History) -> Sending:
        held = fold(history.facts)
        reference = held.dispatched.reference if held.dispatched else None
        manifest = _letter(held).manifest
        key = rules.key_of(history.stream, held.again)
        return Sending(
            next=rules.next_of(held),
            channel=manifest.channel,
            key=key,
            dated_on=manifest.dated_on,
            reference=reference,
        )

    async def envelope(self, history: History) -> Envelope:
        """Only a release row leads here. Raises BytesDiffer."""
        held = fold(history.facts)
        manifest, content = await self._released(history.stream, _letter(held).manifest_json)
        return Envelope(
            key=rules.key_of(history.stream, held.again),
            kind="letter",
            receiver=Receiver(name=manifest.recipient_name, number=manifest.recipient_number),
            matter=Matter(
                id=manifest.case_id,
                title=f"Tilskudd til {manifest.recipient_name}",
                dated_on=manifest.dated_on,
                number=held.case_number,
            ),
            title=TITLE,
            text=f"{TEXT} Saksnummer: {held.case_number}." if held.case_number else TEXT,
            files=(File(name=f"tilskuddsbrev-{manifest.case_id}.pdf", title=TITLE, media_type=PDF, content=content),),
        )

    async def _released(self, item: str, manifest_json: str) -> tuple[Manifest, bytes]:
        """The manifest whose bytes the release is of, and the bytes of the letter it names: whom it is for and what it
        is are taken from there, and from nothing told beside it."""
        async with self._reading.pool.connection() as connection:
            row = await (await connection.execute(_RELEASED, (item,), binary=True)).fetchone()
        if row is None:
            raise BytesDiffer("there is no release of it")
        of_manifest, of_letter, content = row[0], row[1], bytes(row[2])
        if sha256_of_text(manifest_json) != of_manifest:
            raise BytesDiffer("the manifest is not the one that was released")
        try:
            manifest = read(manifest_json)
        except NotCanonical as wrong:
            raise BytesDiffer(str(wrong)) from wrong
        if manifest.files[:1] != (of_letter,) or hashlib.sha256(content).hexdigest() != of_letter:
            raise BytesDiffer("the bytes are not those that were released")
        return manifest, content

    async def begin(self, history: History) -> Beginning:
        """Only while the gate is open still, and with grants' word, at this moment, that the award stands as the letter
        tells it. Where either will not have it sent, that is recorded instead. Raises NotNow when grants gives no word,
        or the clocks disagree."""
        held, sending = fold(history.facts), self.sending(history)
        try:
            await self._check_still_open(history.stream, held)
        except ClocksDisagree as apart:
            raise NotNow(str(apart)) from apart
        except GateClosed as closed:
            return Beginning(facts=rules.stop(held, by="gate", code=closed.code, reason=closed.detail), sends=False)
        try:
            permit = await self._permits.ask(_letter(held), attempt=held.attempt + 1)
        except NoWord as silent:
            raise NotNow(str(silent)) from silent
        except PermitRefused as refused:
            return Beginning(facts=rules.stop(held, by="grants", code=refused.code, reason=refused.reason), sends=False)
        facts = rules.begin(held, channel=sending.channel, key=sending.key, permit=permit)
        return Beginning(facts=facts, sends=True, heard=heard_at(permit))

    async def _check_still_open(self, item: str, held: Held) -> None:
        told = (await self._reading.standing(item)).told
        check_still_open(item, held, told, await self._reading.clocks(self._now()))

    def taken(self, history: History, *, reference: str, said_at: datetime) -> Sequence[Event]:
        channel = self.sending(history).channel
        return rules.taken(fold(history.facts), channel=channel, reference=reference, said_at=said_at)

    def failed(self, history: History, *, problem: str, lasting: bool) -> Sequence[Event]:
        return rules.failed(fold(history.facts), problem=problem, lasting=lasting)

    def unknown(self, history: History, *, problem: str) -> Sequence[Event]:
        return rules.unknown(fold(history.facts), problem=problem)

    def arrived(self, history: History, *, at: datetime, evidence: str) -> Sequence[Event]:
        told_by = f"channel:{self.sending(history).channel}"
        at = min(at, self._now())
        return rules.delivered(fold(history.facts), delivered_at=at, evidence=evidence, told_by=told_by)


def _letter(held: Held) -> HeldLetter:
    assert held.letter is not None, "only letters that are held are released"
    return held.letter
