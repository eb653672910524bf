"""Carried out: where the logs part is looked for, and the feed is gone on with once a second person says so.

Our own places are looked for in the other log by its own feed, which answers `log-diverged` where it has gone on
otherwise: some twenty questions for a million places. What is recorded is recorded at the version of our place that was
looked at, so a follower that moves meanwhile makes it stale.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import Connection

from services.calendar import clock
from services.eventlog.checkpoints.behind import SignedFor
from services.eventlog.command import Command, Write
from services.eventlog.connections.connecting import connect
from services.eventlog.connections.pool import open_later
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.eventlog.mapper import decode, heard_in
from services.inbox.events import Beyond, FeedResumed, ResumptionProposed
from services.inbox.follower import DIVERGED, Source, code_of
from services.inbox.resuming.refusals import ResumptionNotProposed
from services.inbox.resuming.rules import Kept, Parting, Resting, Stands, confirm, find_parting, propose
from services.inbox.rules import Place, evolve

Rests = Callable[[Connection[Any], int], Sequence[Resting]]
"""What of a service's own facts after a position rests on the other log, though it was not heard in its feed."""
HEARD = "SELECT position, stream, topic, metadata FROM {schema}.event WHERE position > %s ORDER BY position"


def asking(source: Source, client: httpx.Client) -> Stands:
    """Asks the other service's feed whether a place stands in its log. Raises HTTPStatusError where it does not say."""

    def stands(place: Place) -> bool:
        query: dict[str, str | int] = {"after": place.position, "hash": str(place.hash), "limit": 1, "wait": 0}
        answer = client.get(source.url, params=query, headers=source.headers())
        if answer.status_code == httpx.codes.CONFLICT and code_of(answer) in DIVERGED:
            return False
        answer.raise_for_status()
        return True

    return stands


class Resumption:
    """One service's place in another's feed. `stands` asks that one's log, `rests` says what else of ours rests on it,
    `key` is that of our checkpoints, and `now` the service's clock."""

    def __init__(
        self,
        dsn: str,
        key: Ed25519PrivateKey,
        *,
        log: str,
        other: str,
        stands: Stands,
        rests: Rests,
        signed: SignedFor | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._dsn, self._key, self._log, self._other = dsn, key, log, other
        self._stands, self._rests, self._signed, self._now = stands, rests, signed, now
        self._place, self._waiting = f"inbox-{other}", f"inbox-{other}-resuming"

    def look(self) -> Parting:
        """Where we part, and what of ours rests on what the other log no longer says. Refuses NothingParted."""
        with connect(self._dsn, "in the background") as connection:
            return self._part(connection)[1]

    def propose(self, *, reason: str, by: str) -> ResumptionProposed:
        """Propose to go on from the last place in common. Who proposes anew takes the place of who did."""
        with connect(self._dsn, "in the background") as connection:
            fact = propose(self._part(connection)[1], reason=reason, by=by)
            version = len(self._facts(connection, self._waiting))
        self._append(by, Write(self._waiting, version, (fact,)))
        return fact

    def confirm(self, *, by: str) -> FeedResumed:
        """Confirm what was proposed, as somebody else: the feed is heard again from there."""
        with connect(self._dsn, "in the background") as connection:
            version, parting = self._part(connection)
            proposals = [event for _, event in self._facts(connection, self._waiting)]
        latest = proposals[-1] if proposals else None
        assert latest is None or isinstance(latest, ResumptionProposed)
        fact = confirm(parting, latest, by=by, sign=self._key.sign)
        self._append(by, Write(self._place, version, (fact,)))
        return fact

    def told(self) -> list[FeedResumed]:
        """Each time that the feed was gone back in, oldest first."""
        with connect(self._dsn, "in the background") as connection:
            return [fact for _, fact in self._facts(connection, self._place) if isinstance(fact, FeedResumed)]

    def _part(self, connection: Connection[Any]) -> tuple[int, Parting]:
        """The version of our place, and where we part."""
        facts = self._facts(connection, self._place)
        named = {each.position for _, fact in facts if isinstance(fact, FeedResumed) for each in fact.beyond}

        def since(own: int) -> list[Resting]:
            resting = [*self._heard(connection, own), *self._rests(connection, own)]
            return [(at, fact) for at, fact in resting if fact.position not in named]

        return len(facts), find_parting(kept_in(facts), since, self._stands)

    def _facts(self, connection: Connection[Any], stream: str) -> list[tuple[int, Event]]:
        query = f"SELECT position, topic, data FROM {self._log}.event WHERE stream = %s ORDER BY version"
        rows = connection.execute(query.encode(), (stream,), binary=True)
        return [(position, decode(topic, data)) for position, topic, data in rows]

    def _heard(self, connection: Connection[Any], own: int) -> list[Resting]:
        found: list[Resting] = []
        for position, stream, topic, metadata in connection.execute(
            HEARD.format(schema=self._log).encode(), (own,), binary=True
        ):
            at = heard_in(bytes(metadata))
            if at is not None and at.log == self._other and stream != self._place:
                place = Place(position=at.position, hash=at.hash)
                found.append((place, Beyond(position=position, stream=stream, topic=topic, at=at.position)))
        return found

    def _append(self, by: str, write: Write) -> None:
        log = Log(self._dsn, open_later(self._dsn), schema=self._log, signed=self._signed, now=self._now)
        try:
            outcome = log.append_now(Command(actor=by, correlation_id="resumption"), write)
        finally:
            log.close()
        if outcome.outcome != "recorded":
            raise ResumptionNotProposed(f"Our place has moved since it was looked at ({outcome.outcome}). Do it again.")


def kept_in(facts: Sequence[tuple[int, Event]]) -> list[Kept]:
    """The places that are still kept, oldest first: going back in the feed takes away those beyond."""
    kept: list[Kept] = []
    for own, fact in facts:
        if isinstance(fact, FeedResumed):
            kept = [each for each in kept if each.place.position <= fact.position]
        else:
            kept.append(Kept(own=own, place=evolve(Place(), fact)))
    return kept
