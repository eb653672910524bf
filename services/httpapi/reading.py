"""What is read of a copy of the database, and how it is said what was read.

Whoever asks a process that reads a standby (`TILSAGN_ROLE=reader`) is told how far that had come, may ask for no less
than a position, and asks of an instant only as far as nothing more can come before it. Any process that answers takes
`min_position`, and holds an instant to what its server has, so that an address means the same everywhere.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

import psycopg
from fastapi import Depends
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from services.calendar.patience import at_most
from services.eventlog.connections.pool import INSTEAD
from services.eventlog.feeds.feed import AheadOfTheLog
from services.eventlog.node import Node, NotReplayedYet, ReadOnlyNode, Server, StandbyBehind, told_of
from services.httpapi.checks import Check
from services.httpapi.problem import HttpRefusal
from services.httpapi.strict.fields import Digits, Instant

KNOWN_AT, MIN_POSITION = "known_at", "min_position"
WAIT_SECONDS, LOOK_SECONDS = at_most(5), 0.1
MOST_POSITION = 10**15
API = "/v1/"
"""What is read of the log stands below this; the rest says the same on every server."""
PARAMETER: Mapping[str, Any] = {
    "in": "query",
    "name": MIN_POSITION,
    "required": False,
    "description": "What is answered must hold the log up to this position, as `GET /v1/commands/{key}` gives it, and"
    " so must lists. It is waited for, five seconds at most.",
    "schema": {"type": "integer", "minimum": 0, "maximum": MOST_POSITION},
}
_INSTANT, _POSITION = TypeAdapter[datetime](Instant), Digits(0, MOST_POSITION)


class PositionInvalid(HttpRefusal):
    code = "min-position-invalid"
    status = 422
    title = "Posisjonen i loggen er ikke gyldig"


class OnAServer(Protocol):
    """What a process says of what it stands on."""

    @property
    def server(self) -> Server: ...
    @property
    def primary(self) -> Server | None: ...
    @property
    def behind_at_most(self) -> timedelta: ...


class Reading:
    """How one process reads. `server` is what its pool leads to, `primary` the server that is asked instead when that
    is too far behind; `at_most` is how far it may be. `only`: it is there to be read from, and records nothing."""

    def __init__(self, server: Server, *, only: bool, at_most: timedelta, primary: Server | None = None) -> None:
        self.server, self._primary, self._at_most = server, primary, at_most
        self.only = only

    @classmethod
    def of(cls, process: OnAServer, *, only: bool) -> "Reading":
        """As this process reads."""
        return cls(process.server, only=only, at_most=process.behind_at_most, primary=process.primary)

    def checks(self, others: Mapping[str, Check]) -> Mapping[str, Check]:
        """What keeps a process from serving: these; and where it only reads, that there is no server which may be read,
        and they are asked of the one that is."""
        if not self.only:
            return others
        return {"database": self._looked()} | {name: self._looked(check) for name, check in others.items()}

    def _looked(self, check: Check | None = None) -> Check:
        async def look() -> None:
            await self.choose()
            if check is not None:
                await check()

        return look

    def refuse_unless_recording(self) -> None:
        """Raises ReadOnlyNode where nothing is recorded, told or signed."""
        if self.only:
            raise ReadOnlyNode("This process reads a copy of the database. Ask a process on the primary for this.")

    async def choose(self, *, least: int = 0) -> Node:
        """The server this request reads, which holds the log up to `least`. Refuses StandbyBehind and NotReplayedYet
        where none does, AheadOfTheLog where the primary's own log ends before that."""
        INSTEAD.set(False)
        refused: StandbyBehind | NotReplayedYet
        try:
            node = await self._until(self.server, least) if least else await self.server.now()
            if node.kind == "primary" and node.position < least:
                raise AheadOfTheLog(f"This log ends at {node.position}.", after=least, head=node.position)
            reached = min(node.position, node.followed) >= least
            if node.lag <= self._at_most and reached:
                return node
            refused = _too_far(node, self._at_most) if reached else _not_yet(node, least)
        except psycopg.Error:
            if self._primary is None:
                raise
            refused = StandbyBehind("Neither the standby nor the primary answers now.")
        if self._primary is None:
            raise refused
        return await self._at_the_primary(self._primary, least, refused)

    async def _at_the_primary(self, primary: Server, least: int, refused: StandbyBehind | NotReplayedYet) -> Node:
        INSTEAD.set(True)
        try:
            node = await self._until(primary, least)
        except psycopg.Error:
            INSTEAD.set(False)
            raise refused from None
        if min(node.position, node.followed) < least:
            raise _not_yet(node, least)
        return node

    async def _until(self, server: Server, least: int) -> Node:
        """As the server stands when it has come so far, after five seconds, or at once where it cannot come there."""
        node = await server.now()
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while min(node.position, node.followed) < least and asyncio.get_running_loop().time() < deadline:
            if node.kind == "primary" and node.position < least:
                return await server.now(within=0)
            await asyncio.sleep(LOOK_SECONDS)
            node = await server.now(within=LOOK_SECONDS)
        return node

    async def admit(self, request: Request) -> tuple[Request, Mapping[str, str]]:
        """The request as it is to be answered, with what is to be said beside the answer. A request that records is
        refused by a process that does not (ReadOnlyNode)."""
        if request.method not in ("GET", "HEAD"):
            self.refuse_unless_recording()
            return request, {}
        asked = parse_qsl(request.url.query, keep_blank_values=True)
        names = {name for name, _ in asked}
        if not self.only and names.isdisjoint((KNOWN_AT, MIN_POSITION)):
            return request, {}
        node = await self.choose(least=_least(dict(asked)))
        told, kept = dict(told_of(node)), []
        for name, value in asked:
            at = settled(value, node.settled_at) if name == KNOWN_AT else None
            if at is not None:
                told["Known-At"] = value = at
            if name != MIN_POSITION:
                kept.append((name, value))
        if kept != asked:
            request = Request({**request.scope, "query_string": urlencode(kept).encode()}, request.receive)
        return request, told


def settled(known_at: str, until: datetime | None) -> str | None:
    """The instant that is answered for in place of `known_at`; None where that one stands, or is none."""
    try:
        at = _INSTANT.validate_python(known_at)
    except ValidationError:
        return None
    return until.isoformat().replace("+00:00", "Z") if until is not None and at > until else None


def _least(asked: Mapping[str, str]) -> int:
    given = asked.get(MIN_POSITION)
    if given is None:
        return 0
    try:
        position = _POSITION.read(given)
    except ValueError:
        position = None
    if not isinstance(position, int) or position > MOST_POSITION:
        raise PositionInvalid("min_position is a position in the log: a whole number in plain digits.")
    return position


def _too_far(node: Node, at_most: timedelta) -> StandbyBehind:
    lag = node.lag.total_seconds()
    return StandbyBehind(
        f"The standby is {lag:.0f} s behind, and may be {at_most.total_seconds():.0f}.",
        position=node.position, behind_seconds=round(lag, 1),
    )  # fmt: skip


def _not_yet(node: Node, least: int) -> NotReplayedYet:
    return NotReplayedYet(
        f"The log has come to {node.position} here, and its lists to {node.followed}. Try again in a moment.",
        position=node.position, followed=node.followed, min_position=least,
    )  # fmt: skip


async def _at_the_primary_only(request: Request) -> None:
    reading: Reading | None = getattr(request.app.state, "reading", None)
    if reading is not None:
        reading.refuse_unless_recording()


of_the_primary: Any = Depends(_at_the_primary_only)
"""A dependency of what is told to others or stands for the log itself. Refuses with 503 `read-only-node` where a copy
is read."""
