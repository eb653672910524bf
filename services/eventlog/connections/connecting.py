"""What a session of ours depends on, said when it begins.

A role may change its own settings for good, and PostgreSQL cannot forbid it: one ALTER ROLE, and commits wait for no
disk, or a query for ever. So each connection says what it needs, and the role's own settings matter to nobody.
"""

import os
import time
from typing import Any, Literal, Self, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import _WaitTimeout
from psycopg.rows import tuple_row

from services.calendar.patience import at_most
from services.eventlog.connections.overtaken import WHO, Kept, Timelines
from services.eventlog.connections.servers import none_took, servers
from services.tracing import spans
from services.tracing.statements import Traced, TracedAside

Work = Literal["answering", "recording", "in the background"]

RV = TypeVar("RV")

PREPARED_AFTER = 5
"""The same statement is prepared when it has been sent so often: the library's own number."""
LOCK_SECONDS = at_most(5)
CONNECT_SECONDS = at_most(2)
"""How long one server is waited for before the next of the DSN is asked."""
IDLE_SECONDS = at_most(60)
_STATEMENT_SECONDS: dict[Work, int] = {
    "answering": at_most(30),
    "recording": at_most(20),
    "in the background": at_most(300),
}
PATIENCE_SECONDS: dict[Work, float] = {work: seconds + at_most(2) for work, seconds in _STATEMENT_SECONDS.items()}
"""How long a server may say nothing, beyond what it gives up by itself: then it is frozen, or whatever lies between us
has stopped carrying, and nothing would ever tell us so."""
_ALWAYS = {
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    "search_path": "pg_catalog",
    "timezone": "UTC",
    "datestyle": "ISO",
}


POOLER = "TILSAGN_POOLER"
"""The setting of a process whose addresses of databases lead to a pooler that lends a connection for one transaction at
a time: `transaction`."""


def is_pooled() -> bool:
    """Whether each transaction may come to another of the server's sessions. Then nothing can be kept in one: no
    statement is prepared, and what a session depends on is set by the pooler as it connects (`POOLED`)."""
    return os.environ.get(POOLER) == "transaction"


POOLED = _ALWAYS | {
    "statement_timeout": f"{_STATEMENT_SECONDS['in the background']}s",
    "lock_timeout": f"{LOCK_SECONDS}s",
}
"""What the pooler sets in each session it opens. One for all work: whoever waits for an answer still gives up after
`PATIENCE_SECONDS`."""


def connect_query() -> str:
    """The same as it is written to PgBouncer, for `connect_query` in its [databases]."""
    said = "; ".join(f"SET {name} TO ''{value}''" for name, value in POOLED.items())
    return f"connect_query='{said}'"


def preparing(threshold: int | None) -> dict[str, Any]:
    """How often the same statement is sent before it is prepared; never behind a pooler."""
    return {"prepare_threshold": None if is_pooled() else threshold}


def session(dsn: str, work: Work) -> str:
    """The DSN of such sessions. Nobody waits more than five seconds for a lock, nor for a statement more than half a
    minute where somebody waits for the answer, and five minutes in the background. What the DSN itself sets stays.
    Behind a pooler the session is the pooler's, and it takes no options of ours."""
    settings = _ALWAYS | {
        "statement_timeout": f"{_STATEMENT_SECONDS[work]}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
    }
    known = conninfo_to_dict(dsn)
    said = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in settings.items())
    before = known.get("options")
    more: dict[str, Any] = {"connect_timeout": known.get("connect_timeout") or CONNECT_SECONDS}
    if "," in f"{known.get('host', '')}{known.get('hostaddr', '')}":
        # In an order of its own each time: one that is overtaken and does not know it yet would else always come first
        more["load_balance_hosts"] = known.get("load_balance_hosts") or "random"
    if is_pooled():
        known.pop("options", None)
        return make_conninfo("", **known | more)
    return make_conninfo(dsn, options=f"{said} {before}" if before else said, **more)


class Silent(psycopg.OperationalError):
    """The server has said nothing for longer than it can take. What it did with what it was asked is not known."""


class Impatient(Connection[Any]):
    """A connection that is given up, and closed, when the server stays silent. No deadline of the server's own helps
    against one that is frozen: it resets nothing, and answers nobody."""

    patience_seconds: float = PATIENCE_SECONDS["in the background"]
    kept: Kept | None = None

    @classmethod
    def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
        failures: list[psycopg.Error] = []
        for server, address in servers.in_order(conninfo):
            with servers.asked(server, failures):
                return super().connect(address, **kwargs)
        raise none_took(failures)

    def wait(self, gen: PQGen[RV], *every: Any, **more: Any) -> RV:
        if more.get("timeout") is not None:
            return super().wait(gen, *every, **more)  # somebody who waits for so long, and goes on
        _waits(self.kept, since=time.monotonic())
        try:
            return super().wait(gen, *every, **more | {"timeout": self.patience_seconds})
        except _WaitTimeout as silent:
            self.pgconn.finish()
            raise Silent(f"the server has said nothing for {self.patience_seconds:.0f} s") from silent
        finally:
            _waits(self.kept, since=None)


class ImpatientAside(AsyncConnection[Any]):
    """The same, where others are served meanwhile."""

    patience_seconds: float = PATIENCE_SECONDS["in the background"]
    kept: Kept | None = None

    @classmethod
    async def connect(cls, conninfo: str = "", **kwargs: Any) -> Self:
        failures: list[psycopg.Error] = []
        for server, address in servers.in_order(conninfo):
            with servers.asked(server, failures):
                return await super().connect(address, **kwargs)
        raise none_took(failures)

    async def wait(self, gen: PQGen[RV], *every: Any, **more: Any) -> RV:
        if more.get("timeout") is not None:
            return await super().wait(gen, *every, **more)  # somebody who waits for so long, and goes on
        _waits(self.kept, since=time.monotonic())
        try:
            return await super().wait(gen, *every, **more | {"timeout": self.patience_seconds})
        except _WaitTimeout as silent:
            self.pgconn.finish()
            raise Silent(f"the server has said nothing for {self.patience_seconds:.0f} s") from silent
        finally:
            _waits(self.kept, since=None)


def _waits(kept: Kept | None, *, since: float | None) -> None:
    if kept is not None:
        kept.waiting_since = since


def connect(
    dsn: str, work: Work, *, patience_seconds: float | None = None, autocommit: bool = False, **options: Any
) -> Impatient:
    """A connection of one's own, for that work. Raises Overtaken where the server leads no more."""
    connection = Impatient.connect(session(dsn, work), autocommit=True, **preparing(PREPARED_AFTER) | options)
    patience = PATIENCE_SECONDS[work] if patience_seconds is None else patience_seconds
    try:
        begin(connection, dsn, patience)
        connection.autocommit = autocommit
    except BaseException:
        connection.close()
        raise
    return connection


def begin(connection: Impatient, dsn: str, patience_seconds: float) -> None:
    """What is done with each new connection, outside a transaction."""
    connection.patience_seconds = patience_seconds
    with connection.cursor(row_factory=tuple_row) as cursor:
        who = cursor.execute(WHO, prepare=False).fetchone() or (0, None)
    connection.kept = timelines.admit(connection.pgconn, dsn, *who)
    if spans.is_on():
        connection.cursor_factory = Traced


async def begin_aside(connection: ImpatientAside, dsn: str, patience_seconds: float) -> None:
    """The same, where others are served meanwhile."""
    connection.patience_seconds = patience_seconds
    async with connection.cursor(row_factory=tuple_row) as cursor:
        who = await (await cursor.execute(WHO, prepare=False)).fetchone() or (0, None)
    connection.kept = timelines.admit(connection.pgconn, dsn, *who)
    if spans.is_on():
        connection.cursor_factory = TracedAside


def look(dsn: str) -> None:
    """See who leads behind the DSN. A primary that is newer than any met before is noted by being met."""
    connect(dsn, "answering", patience_seconds=CONNECT_SECONDS, autocommit=True).close()


timelines = Timelines(look)
"""Of this process."""
