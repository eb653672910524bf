"""By which folder things leave: the one the log knows, and no other."""

from dataclasses import dataclass

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.outbox.events import OutboxMoved, OutboxTakenIntoUse


class OutboxNotKnown(Refusal):
    """The folder is not the one the log knows: on another machine, or made anew. What was handed over by that one
    cannot be seen in this one, so nothing is handed over here."""

    code = "outbox-not-known"
    status = 503
    title = "Utboksen er ikke den loggen kjenner"


class OutboxIsKnown(Refusal):
    """There is nothing to move: the log knows this folder, or none yet."""

    code = "outbox-is-known"
    status = 409
    title = "Utboksen er allerede i bruk"


@dataclass(frozen=True)
class Outbox:
    """`identity_sha256` (hex) is of the folder in use; None before one is."""

    identity_sha256: str | None = None


def evolve(outbox: Outbox, event: Event) -> Outbox:
    """The folder in use after this fact."""
    match event:
        case OutboxTakenIntoUse(identity_sha256=identity) | OutboxMoved(identity_sha256=identity):
            return Outbox(identity)
    return outbox


def take_into_use(outbox: Outbox, *, name: str, found: str | None) -> list[Event]:
    """The folder with the mark that was found (None: it has none) is used, from the first use on. `[]` where it is the
    one in use. Refuses another with OutboxNotKnown."""
    if outbox.identity_sha256 is None and found is not None:
        return [OutboxTakenIntoUse(outbox=name, identity_sha256=found)]
    if outbox.identity_sha256 != found or found is None:
        raise OutboxNotKnown(
            f"The folder of {name} is not the one that was used before, and nothing leaves by it. Mount that one here,"
            " with its mark, or say that things leave by this one from now on (docs/operations.md).",
        )
    return []


def move(outbox: Outbox, *, name: str, found: str, reason: str, moved_by: str) -> list[Event]:
    """Things leave by the folder with this mark from now on. Refuses the one in use, and the first, with
    OutboxIsKnown."""
    if outbox.identity_sha256 is None or outbox.identity_sha256 == found:
        raise OutboxIsKnown(f"The folder of {name} need not be moved: it is the one in use, or the first one.")
    moved = OutboxMoved(
        outbox=name,
        identity_sha256=found,
        left_sha256=outbox.identity_sha256,
        reason=reason,
        moved_by=moved_by,
    )
    return [moved]
