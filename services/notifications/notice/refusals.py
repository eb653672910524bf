"""Why something cannot be done with a notice."""

from services.eventlog.refusal import Refusal


class NothingToTell(Refusal):
    """A notice that lists nothing, or nothing that waits any more, tells nothing."""

    code = "nothing-to-tell"
    title = "Det er ingenting å orientere om"


class NoticeTooLong(Refusal):
    """A notice is read whole, by people. What waits is more than one can tell of."""

    code = "notice-too-long"
    status = 422
    title = "Orienteringen blir for lang"


class ChannelNotSetUp(Refusal):
    """This deployment cannot send by that channel."""

    code = "channel-not-set-up"
    status = 422
    title = "Kanalen er ikke satt opp"


class AlreadyOrdered(Refusal):
    """It is sent, or on its way."""

    code = "already-ordered"
    title = "Orienteringen er allerede sendt"


class NotSentYet(Refusal):
    """It has not left."""

    code = "notice-not-sent"
    title = "Orienteringen er ikke sendt"


class NoticeGone(Refusal):
    """It is withdrawn."""

    code = "notice-withdrawn"
    title = "Orienteringen er trukket"


class AlreadyReceived(Refusal):
    """A receipt counts already."""

    code = "already-received"
    title = "Orienteringen er allerede mottatt"


class NotReceived(Refusal):
    """No receipt counts."""

    code = "notice-not-received"
    title = "Orienteringen er ikke mottatt"


class NothingClaimed(Refusal):
    """No receipt waits for a second person."""

    code = "no-receipt-waits"
    title = "Det er ingen kvittering å bekrefte"


class ReceivedBeforeSent(Refusal):
    """A receipt lies after the sending it is of."""

    code = "received-before-sent"
    title = "Mottaket er datert før sendingen"


class ReceivedInTheFuture(Refusal):
    """A receipt lies before now."""

    code = "received-in-the-future"
    title = "Mottaket er datert fram i tid"


class NotInTheNotice(Refusal):
    """The notice does not list that."""

    code = "not-in-the-notice"
    title = "Orienteringen gjelder ikke dette"


class NoSuchObjection(Refusal):
    """The notice has no such objection."""

    code = "no-such-objection"
    status = 404
    title = "Innvendingen finnes ikke"


MOST_LINES = 10_000
"""As many as a round can have: whoever reads a notice reads it whole, and it is one fact and one document. Our own
number, no source names one."""


def need_lines(lines: int) -> None:
    """Refuses NothingToTell, and NoticeTooLong, of a notice with so many lines."""
    if not lines:
        raise NothingToTell("Nothing is held here that this notice could tell of.")
    if lines > MOST_LINES:
        raise NoticeTooLong(
            f"It would tell of {lines}, and {MOST_LINES} is the most. Tell of one round at a time, or one letter.",
            lines=lines,
            most=MOST_LINES,
        )


def need_waiting(waits: bool) -> None:
    """The ministry is not told of what has left, is annulled or was made otherwise. Refuses `NothingToTell`."""
    if not waits:
        raise NothingToTell("Nothing it lists waits any more as it is listed. Withdraw it, and prepare a new one.")
