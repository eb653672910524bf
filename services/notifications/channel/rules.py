"""Rules of sending: a released letter or an ordered notice on its way out. Each sending is begun before it is tried, so
that whoever dies in between leaves a trace, and each has one outcome: taken by the channel, certainly not, or
unknown."""

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from services.duties import keep_apart
from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.notifications.facts.channel import (
    Channel,
    LetterDelivered,
    LetterDispatched,
    LetterDispatchFailed,
    LetterDispatchUnknown,
    LetterSendingPermitted,
    LetterSentAgain,
    Permit,
)
from services.notifications.facts.hands import Hands
from services.notifications.facts.held_state import Held
from services.notifications.facts.release import LetterReleaseEnded
from services.reason import need_reason

KEYS = UUID("5b1d9a52-6f1e-4c07-9d0a-2f6f1c1d7a31")
"""The name space of our keys. A sending's key follows from what is sent, so every try of it has the same."""

Next = Literal["send", "ask", "follow", "wait"]


class LetterNotReleased(Refusal):
    """Nothing is sent that the gate has not let out."""

    code = "letter-not-let-out"
    title = "Brevet er ikke sluppet"


class DeliveredBeforeRelease(Refusal):
    """No letter arrives before the gate has let it out."""

    code = "delivered-before-release"
    status = 422
    title = "Brevet kan ikke ha kommet fram før det ble sluppet"


class DeliveredInTheFuture(Refusal):
    """A letter that arrives later has not arrived."""

    code = "delivered-in-the-future"
    status = 422
    title = "Framkomsten er datert fram i tid"


class NothingLeft(Refusal):
    """What has certainly not left has not arrived. Recorded as arrived, it would count as out, and never be sent."""

    code = "letter-has-not-left"
    title = "Brevet er ikke sendt"


class LetterOnItsWay(Refusal):
    """A sender has it, or the channel does; nobody has said that it failed."""

    code = "letter-on-its-way"
    title = "Brevet er på vei"


def key_of(stream: str, again: int) -> str:
    """The key the channel knows a sending by. Asked for again by a person, it is another sending."""
    return str(uuid5(KEYS, f"{stream}/{again}"))


def next_of(held: Held) -> Next:
    """What a sender has to do for a released letter."""
    if held.released is None or held.delivered:
        return "wait"
    if held.dispatched and not held.trouble:
        return "follow"
    if held.under_way or isinstance(held.trouble, LetterDispatchUnknown):
        return "ask"
    return "wait" if held.trouble and held.trouble.lasting else "send"


def begin(held: Held, *, channel: Channel, key: str, permit: Permit) -> list[Event]:
    """A sender takes the letter, by grants' permit. Refuses LetterNotReleased; what is taken already returns no event.
    PostgreSQL decides whether the permit is of this try, and still runs."""
    if held.released is None:
        raise LetterNotReleased("The gate has not let this letter out.")
    if next_of(held) != "send":
        return []
    return [LetterSendingPermitted(attempt=held.attempt + 1, channel=channel, key=key, permit=permit)]


def stop(held: Held, *, by: Literal["grants", "gate"], code: str, reason: str) -> list[Event]:
    """Grants, or the gate, will not have it sent. Before anything left the release is ended, and the letter can be held
    and released anew; after that it is not sent once more, and somebody must look. Refuses LetterNotReleased."""
    if held.released is None or held.letter is None:
        raise LetterNotReleased("The gate has not let this letter out.")
    if next_of(held) != "send":
        return []
    if held.may_have_left:
        return failed(held, problem=f"{by}: {code}: {reason}"[:500], lasting=True, begun=False)
    return [LetterReleaseEnded(letter_sha256=held.letter.letter_sha256, code=code, reason=reason[:500])]


def taken(held: Held, *, channel: Channel, reference: str, said_at: datetime) -> list[Event]:
    """The channel has it. Known already, it returns no event."""
    if held.delivered or (held.dispatched and held.dispatched.reference == reference):
        return []
    return [LetterDispatched(attempt=held.attempt, channel=channel, reference=reference, said_at=said_at)]


def failed(held: Held, *, problem: str, lasting: bool, begun: bool = True) -> list[Event]:
    """The channel says that it was not sent, or will not arrive; or, with no try `begun`, that it may not be. After
    delivery it is nothing."""
    told = LetterDispatchFailed(attempt=held.attempt, problem=problem, lasting=lasting, begun=begun)
    return [] if held.delivered or held.trouble == told else [told]


def unknown(held: Held, *, problem: str) -> list[Event]:
    """Nobody can tell whether it was sent. Said once, it is not said again."""
    if held.delivered or held.dispatched or isinstance(held.trouble, LetterDispatchUnknown):
        return []
    return [LetterDispatchUnknown(attempt=held.attempt, problem=problem)]


def delivered(held: Held, *, delivered_at: datetime, evidence: str, told_by: str) -> list[Event]:
    """The recipient has it: the channel's receipt says so, or a person who knows. Once, and then it is nothing. A
    channel's clock may be off ours: nothing counts as arrived before it was first sent. Refuses LetterNotReleased,
    ReasonMissing (no evidence)."""
    letter = held.letter
    if held.released is None or letter is None:
        raise LetterNotReleased("The gate has not let this letter out.")
    need_reason(evidence, "Say what shows that it arrived.")
    if held.delivered:
        return []
    return [
        LetterDelivered(
            attempt=held.attempt,
            delivered_at=max(delivered_at, held.begun_at or held.released_at or delivered_at),
            evidence=evidence,
            told_by=told_by,
            letter_sha256=letter.letter_sha256,
            recipient_number=letter.manifest.recipient_number,
            channel=letter.manifest.channel,
        )
    ]


def arrived(held: Held, *, delivered_at: datetime, evidence: str, told_by: str, now: datetime) -> list[Event]:
    """What a person knows of a letter's arrival, between the first try to send it and now. While a sender has it nobody
    else says what becomes of it. Refuses NothingLeft, LetterOnItsWay, DeliveredBeforeRelease, DeliveredInTheFuture, and
    what `delivered` does."""
    if held.released is not None and not held.may_have_left:
        raise NothingLeft("Nothing of it has left. It is sent as soon as it may be; record its arrival after that.")
    if held.under_way:
        raise LetterOnItsWay("A sender has it at this moment. What comes of this try is known in a minute.")
    if held.released_at is not None and not held.delivered:
        if delivered_at < (first_at := held.begun_at or held.released_at):
            since = first_at.isoformat()
            raise DeliveredBeforeRelease(f"It was first sent at {since}.", released_at=since)
        if delivered_at > max(now, first_at):
            raise DeliveredInTheFuture("It cannot have arrived later than now.")
    return delivered(held, delivered_at=delivered_at, evidence=evidence, told_by=told_by)


def send_again(held: Held, *, words: Hands, reason: str, asked_by: str) -> list[Event]:
    """A person found that it did not leave or arrive. `words` are the ministry's on it. Refuses LetterNotReleased,
    LetterOnItsWay, SamePersonTwice, ReasonMissing."""
    if held.released is None:
        raise LetterNotReleased("The gate has not let this letter out.")
    if held.trouble is None:
        arrived = "It has arrived." if held.delivered else "Nobody has said that it failed. Wait for what comes of it."
        raise LetterOnItsWay(arrived)
    keep_apart(asked_by, "send letter again", words)
    return [LetterSentAgain(reason=need_reason(reason), asked_by=asked_by)]
