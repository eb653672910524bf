"""Who is signed in. The browser holds a secret; the store holds its hash, and says whose it is for as long as it is."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import LiteralString

from psycopg_pool import AsyncConnectionPool

from services.dashboard.sign_in.own_token import OwnToken, OwnTokens
from services.httpapi.callers.caller import Caller, Role

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One signed-in browser. `proof` is what its forms carry: only a page that this session was shown has it."""

    caller: Caller
    proof: str

    @property
    def name(self) -> str:
        return self.caller.name or self.caller.subject


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """The store: a schema of its own, apart from the facts. `own` keeps what readers ask the services with."""

    pool: AsyncConnectionPool
    idle_minutes: int
    most_hours: int
    own: OwnTokens

    async def begin(self, caller: Caller, sign_in_sha256: bytes, own: OwnToken | None = None) -> str | None:
        """The secret of a new session; None if somebody signed in by that before. `own` is kept sealed beside it."""
        token = secrets.token_urlsafe(32)
        name = caller.name[:LONGEST_NAME] if caller.name else None
        roles = sorted(role.value for role in caller.roles)
        asked = (_sha256(token), sign_in_sha256, caller.subject, name, roles)
        async with self.pool.connection() as connection:
            query = "SELECT dashboard.begin_session(%s, %s, %s, %s, %s, %s, %s)"
            begun = await connection.execute(query, (*asked, self.idle_minutes * 60, self.most_hours * 3600))
            row = await begun.fetchone()
            if row and row[0] and own is not None:
                await self.own.keep(connection, token, own)
        return token if row and row[0] else None

    async def find(self, token: str) -> Session | None:
        """Whose it is now; None where it is nobody's, or nobody's any longer. It counts as used."""
        return await self._session(token, "SELECT subject, name, roles FROM dashboard.use_session(%s)")

    async def look_at(self, token: str) -> Session | None:
        """The same, and it does not count as used."""
        return await self._session(token, "SELECT subject, name, roles FROM dashboard.look_at_session(%s)")

    async def _session(self, token: str, query: LiteralString) -> Session | None:
        if not _TOKEN.fullmatch(token):
            return None
        async with self.pool.connection() as connection:
            row = await (await connection.execute(query, (_sha256(token),))).fetchone()
        if row is None:
            return None
        roles = frozenset(role for role in Role if role.value in row[2])
        return Session(caller=Caller(subject=row[0], roles=roles, name=row[1]), proof=proof_of(token))

    async def end(self, token: str) -> None:
        """Sign this browser out. One that is signed out stays so."""
        async with self.pool.connection() as connection:
            await connection.execute("SELECT dashboard.end_session(%s)", (_sha256(token),))

    async def end_all(self, subject: str) -> int:
        """Sign a person out everywhere. How many browsers that was."""
        async with self.pool.connection() as connection:
            ended = await (await connection.execute("SELECT dashboard.end_sessions_of(%s)", (subject,))).fetchone()
        assert ended is not None
        return int(ended[0])


def proof_of(token: str) -> str:
    """What a form of this session carries. It follows from the secret, and tells nothing of it."""
    return hmac.new(token.encode("ascii"), b"form", hashlib.sha256).hexdigest()


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii", "replace")).digest()
