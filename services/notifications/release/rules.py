"""Rules of what is held: a letter complete, ordered to leave, waived by the ministry, and released.

Whether the gate is open is decided in `services/notifications/gate/decision.py`, and again by PostgreSQL.
"""

from datetime import datetime

from services.duties import keep_apart
from services.duties.authorship import authors
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.notifications.facts.channel import LetterFollowed
from services.notifications.facts.hands import Hands
from services.notifications.facts.held_state import Held
from services.notifications.facts.release import (
    Ground,
    HeldLetter,
    LetterReleased,
    LetterReleaseEnded,
    LetterReleaseOrdered,
    LetterReleaseStopped,
    WaiverConfirmed,
    WaiverProposed,
    WaiverRejected,
)
from services.notifications.gate.refusals import AlreadyReleased, LetterNotHeld, LetterOutdated
from services.reason import need_reason


class NothingOrdered(Refusal):
    """Nobody has asked that this letter leaves."""

    code = "nothing-ordered"
    title = "Brevet er ikke bestilt sendt"


class NoWaiverWaits(Refusal):
    """No waiver waits for a second person."""

    code = "no-waiver-waits"
    title = "Det er ikke noe samtykke å bekrefte"


def order_release(held: Held, *, words: Hands, ordered_by: str) -> list[Event]:
    """Have the letter leave as soon as it may. Ordered already, it returns no event. `words` are the ministry's on it.
    Refuses LetterNotHeld, LetterOutdated, AlreadyReleased, SamePersonTwice."""
    letter = standing(held)
    if held.ordered:
        return []
    keep_apart(ordered_by, "order release", words)
    return [LetterReleaseOrdered(manifest_sha256=letter.manifest_sha256, ordered_by=ordered_by)]


def stop_release(held: Held, *, reason: str, stopped_by: str) -> list[Event]:
    """Take the order back. Refuses AlreadyReleased, NothingOrdered, ReasonMissing."""
    standing(held)
    if held.ordered is None:
        raise NothingOrdered("Nobody has asked that this letter leaves.")
    return [LetterReleaseStopped(reason=need_reason(reason), stopped_by=stopped_by)]


def propose_waiver(held: Held, *, document: str, document_sha256: str, proposed_by: str) -> list[Event]:
    """Record that the ministry has written that this letter need not wait (Instruks 2); a second person must confirm.
    Refuses LetterNotHeld, LetterOutdated, AlreadyReleased, ReasonMissing."""
    letter = standing(held)
    claimed = WaiverProposed(
        manifest_sha256=letter.manifest_sha256,
        document=need_reason(document),
        document_sha256=document_sha256,
        proposed_by=proposed_by,
    )
    return [] if held.claimed == claimed else [claimed]


def reject_waiver(held: Held, *, reason: str, rejected_by: str) -> list[Event]:
    """The document waives nothing for this letter. Refuses NoWaiverWaits, ReasonMissing."""
    if held.claimed is None:
        raise NoWaiverWaits("No waiver waits for a second person.")
    return [WaiverRejected(reason=need_reason(reason), rejected_by=rejected_by)]


def confirm_waiver(held: Held, *, words: Hands, confirmed_by: str) -> list[Event]:
    """A second person, who wrote no part of it, finds the waiver true, for the very letter it was recorded for. `words`
    are the ministry's on it, and not theirs. Refuses NoWaiverWaits, SamePersonTwice, LetterOutdated (the letter is
    another by now), AlreadyReleased."""
    letter = standing(held)
    claimed = held.claimed
    if claimed is None:
        raise NoWaiverWaits("No waiver waits for a second person.")
    keep_apart(confirmed_by, "confirm waiver", {"propose waiver": authors(held.claims), **words})
    if claimed.manifest_sha256 != letter.manifest_sha256:
        raise LetterOutdated("The waiver was written for the letter as it was before.")
    return [
        WaiverConfirmed(
            manifest_sha256=claimed.manifest_sha256, document_sha256=claimed.document_sha256, confirmed_by=confirmed_by
        )
    ]


def release(held: Held, *, ground: Ground, said_at: datetime, words: Hands, released_by: str) -> list[Event]:
    """Let the letter out on the ground the gate gave. `words` are the ministry's on it. Refuses what `standing` does,
    and SamePersonTwice; PostgreSQL decides once more."""
    letter = standing(held)
    keep_apart(released_by, "release letter", words)
    return [
        LetterReleased(
            manifest_sha256=letter.manifest_sha256,
            letter_sha256=letter.letter_sha256,
            ground=ground,
            said_at=said_at,
            released_by=released_by,
            recipient_number=letter.manifest.recipient_number,
            channel=letter.manifest.channel,
        )
    ]


def superseded(held: Held) -> list[Event]:
    """End the release of a letter of which nothing has left: the award has another by now. Of one that is not released,
    it is nothing."""
    if held.released is None or held.letter is None:
        return []
    reason = "The award was changed, and has another letter."
    return [LetterReleaseEnded(letter_sha256=held.letter.letter_sha256, code="letter-superseded", reason=reason)]


def followed(held: Held, by: str) -> list[Event]:
    """A letter of a change follows the one that is out, which is the one it says it follows (its SHA-256, hex). Of one
    that may be on its way at this moment, it returns no event."""
    if held.letter is None or held.letter.letter_sha256 != by or held.under_way or not held.is_out:
        return []
    return [LetterFollowed(letter_sha256=by)]


def standing(held: Held) -> HeldLetter:
    """The letter that is held and may still leave one day. Refuses AlreadyReleased, LetterNotHeld, LetterOutdated."""
    if held.released:
        raise AlreadyReleased("The letter was released earlier. Nothing leaves twice.")
    if held.letter is None:
        raise LetterNotHeld("No approved award with a frozen letter is known here.")
    if held.ended:
        raise LetterOutdated("The award was changed or fell away. Freeze its letter anew.")
    return held.letter
