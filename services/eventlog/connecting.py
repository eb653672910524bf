"""What a session of ours depends on, said when it begins.

A role may change its own settings for good, and PostgreSQL cannot forbid it: one ALTER ROLE, and commits wait for no
disk, or a query for ever. So each connection says what it needs, and the role's own settings matter to nobody.
"""

from typing import Any, Literal, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import _WaitTimeout

Work = Literal["answering", "recording", "in the background"]

RV = TypeVar("RV")

LOCK_SECONDS = 5
CONNECT_SECONDS = 3
"""How long one server is waited for before the next of the DSN is asked."""
_STATEMENT_SECONDS: dict[Work, int] = {"answering": 30, "recording": 20, "in the background": 300}
PATIENCE_SECONDS: dict[Work, float] = {work: seconds + 2.0 for work, seconds in _STATEMENT_SECONDS.items()}
"""How long a server may say nothing, beyond what it gives up by itself: then it is frozen, or whatever lies between us
has stopped carrying, and nothing would ever tell us so."""
_ALWAYS = {
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "60s",
    "search_path": "pg_catalog",
    "timezone": "UTC",
    "datestyle": "ISO",
}


def session(dsn: str, work: Work) -> str:
    """The DSN of such sessions. Nobody waits more than five seconds for a lock, nor for a statement more than half a
    minute where somebody waits for the answer, and five minutes in the background. What the DSN itself sets stays."""
    settings = _ALWAYS | {
        "statement_timeout": f"{_STATEMENT_SECONDS[work]}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
    }
    known = conninfo_to_dict(dsn)
    said = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in settings.items())
    before = known.get("options")
    seconds = known.get("connect_timeout") or CONNECT_SECONDS
    return make_conninfo(dsn, options=f"{said} {before}" if before else said, connect_timeout=seconds)


class Silent(psycopg.OperationalError):
    """The server has said nothing for longer than it can take. What it did with what it was asked is not known."""


class Impatient(Connection[Any]):
    """A connection that is given up, and closed, when the server stays silent. No deadline of the server's own helps
    against one that is frozen: it resets nothing, and answers nobody."""

    patience_seconds: float = PATIENCE_SECONDS["in the background"]

    def wait(self, gen: PQGen[RV], *every: Any, **more: Any) -> RV:
        if more.get("timeout") is not None:
            return super().wait(gen, *every, **more)  # somebody who waits for so long, and goes on
        try:
            return super().wait(gen, *every, **more | {"timeout": self.patience_seconds})
        except _WaitTimeout as silent:
            self.pgconn.finish()
            raise Silent(f"the server has said nothing for {self.patience_seconds:.0f} s") from silent


class ImpatientAside(AsyncConnection[Any]):
    """The same, where others are served meanwhile."""

    patience_seconds: float = PATIENCE_SECONDS["in the background"]

    async def wait(self, gen: PQGen[RV], *every: Any, **more: Any) -> RV:
        if more.get("timeout") is not None:
            return await super().wait(gen, *every, **more)  # somebody who waits for so long, and goes on
        try:
            return await super().wait(gen, *every, **more | {"timeout": self.patience_seconds})
        except _WaitTimeout as silent:
            self.pgconn.finish()
            raise Silent(f"the server has said nothing for {self.patience_seconds:.0f} s") from silent


def connect(dsn: str, work: Work, *, patience_seconds: float | None = None, **options: Any) -> Impatient:
    """A connection of one's own, for that work."""
    connection = Impatient.connect(session(dsn, work), **options)
    connection.patience_seconds = PATIENCE_SECONDS[work] if patience_seconds is None else patience_seconds
    return connection
