"""Why the gate stays closed. Codes are stable: front-ends act on them, and PostgreSQL refuses with the same."""

from collections.abc import Mapping
from datetime import datetime

from services.bokmal import instant_in_words
from services.calendar.days import day_of
from services.eventlog.command import Outcome
from services.eventlog.refusal import Refusal


class GateClosed(Refusal):
    """It may not leave now."""

    code = "gate-closed"
    title = "Dette kan ikke slippes nå"


class LetterNotHeld(GateClosed):
    """No approved award with a frozen letter is known here."""

    code = "letter-not-held"
    title = "Det er ingenting å slippe"


class AlreadyReleased(GateClosed):
    """It has left."""

    code = "already-released"
    title = "Dette er allerede sluppet"


class LetterOutdated(GateClosed):
    """The award is not as the letter says any more."""

    code = "letter-outdated"
    title = "Dette er endret eller falt bort siden"


class LetterNotFetched(GateClosed):
    """The letter's bytes are not here yet."""

    code = "letter-not-fetched"
    title = "Brevet er ikke hentet fra saksbehandlingen ennå"


class NoticeMissing(GateClosed):
    """The ministry has not been told, or has not received it. `reason`: none, not-sent, not-received, withdrawn."""

    code = "notice-missing"
    title = "Departementet er ikke orientert"


class NoticeTooYoung(GateClosed):
    """The ministry's days are not over. `opens_at` (UTC) and `opens_on` (the day in Norway) say when they are."""

    code = "notice-too-young"
    title = "Departementets frist er ikke ute"

    @classmethod
    def until(cls, opens_at: datetime) -> "NoticeTooYoung":
        """With the instant in words."""
        words = instant_in_words(opens_at)
        return cls(
            f"The ministry's days are over {words} Norwegian time.",
            opens_at=opens_at,
            opens_on=day_of(opens_at),
            opens_in_words=words,
        )


class NoticeChanged(GateClosed):
    """What is held is not what the ministry was told of."""

    code = "notice-changed"
    title = "Vedtaket er endret etter at departementet ble orientert"


class NoticeObjected(GateClosed):
    """The ministry has stopped it."""

    code = "notice-objected"
    title = "Departementet har innvendinger"


class NoticeStale(GateClosed):
    """The ministry was told too long ago."""

    code = "notice-stale"
    title = "Orienteringen er for gammel"


class ClocksDisagree(GateClosed):
    """The service's clock and the database's differ by more than a minute, or the database's has run backwards."""

    code = "clocks-disagree"
    title = "Klokkene stemmer ikke overens"


class RefusedByTheDatabase(GateClosed):
    """PostgreSQL would not record it as it was decided. Nothing is recorded."""

    code = "gate-refused"
    title = "Databasen avviste handlingen"


_KNOWN = {each.code: each for each in GateClosed.__subclasses__()}


def refused_by_the_database(outcome: Outcome, *, beside: Mapping[str, type[Refusal]]) -> Refusal:
    """The database's refusal (`code: sentence`) as the same refusal from here: somebody was quicker than we could
    see. `beside` are those it knows that are not the gate's own, by code."""
    code, _, sentence = str(outcome.problem).partition(": ")
    kind = _KNOWN.get(code) or beside.get(code, RefusedByTheDatabase)
    return kind(f"The database refused: {sentence or code}.")
