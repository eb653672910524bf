"""The dashboard's pages beside the queries they make, and on a large log beside a small one.

    python -m bench.pages [EVENTS] [MORE EVENTS]

A page's own queries are written down as it is made, that of its reader's session too, and run again on bare connections
that read every row: what is left is what the page itself costs. It is asked of the service without a network, and comes
compressed as to a browser. Small by default; 10000 1000000 is the size that counts.

A page whose queries take a millisecond costs several times that, whatever it shows: it stands in a layout, for somebody
who is signed in, in a language, compressed. What the barest page costs beyond its query is told beside, and a second
figure holds each page to its own queries and that.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import psycopg
from psycopg import AsyncCursor
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from bench.ground import Ground, ground
from bench.measure import Figure, compared, timed
from bench.multiplied import multiply
from bench.verifying import filled
from bench.year import OF_A_CASE, award, letters_of_2020, name_of, organisation_number
from migrations.roles import LOGINS, prepare, url
from services.calendar.clock import now
from services.calendar.days import day_of
from services.dashboard.main import READ_ONLY, create_app
from services.dashboard.settings import Settings
from services.dashboard.sign_in.own_token import OwnTokens
from services.dashboard.sign_in.sessions import Sessions
from services.eventlog.projections.runner import Runner
from services.grants.wiring import PROJECTIONS
from services.httpapi.app import Service
from services.httpapi.callers.caller import Caller, Role

SMALL, LARGE = 3_000, 9_000
ROUNDS, ASKED = 5, 5
ADDRESS = "http://127.0.0.1:8004"
BEHIND = """
    SELECT count(*) FROM grants_view.edition
    WHERE state = 'live' AND position = (SELECT max(position) FROM grants.event)
"""
POST = "/poster/2020/291/71"
CASE = f"{day_of(now()).year}/77"
"""Of the year it is opened in, which is this."""
NOW = {
    "overview": "/?aar=2020",
    "post": POST,
    "recipient": f"/tilskuddsmottakere/{organisation_number(123)}",
    "search": f"/sok?q={name_of(123).replace(' ', '+')}",
    "search by number": f"/sok?q={CASE}",
}
THEN = {
    "overview": "/?aar=2020&gjelder=17.06.2020",
    "post": f"{POST}?gjelder=17.06.2020",
    "recipient": f"{NOW['recipient']}?gjelder=17.06.2020",
}
OTHERS = {
    "promises": f"{POST}/tilsagn",
    "letter": "/brev/2020/0",
    "awards": "/tilsagn?aar=2020",
    "award": f"/tilsagn/{CASE}",
    "recipients": "/tilskuddsmottakere",
    "schemes": "/ordninger?aar=2020",
    "notices": "/varsler?aar=2020",
    "disputes": "/tilbakehold-og-klager?aar=2020",
    "deadlines": "/frister?aar=2020",
    "deviations": "/avvik?aar=2020",
    "changes": "/endringer?aar=2020",
    "explained": "/forklar/2020/291/71/tilsagn",
}
LEADS_ON = ("search by number",)
"""It makes no page."""
BAREST = "/sok"
"""Nothing is searched for: the layout, its menu and a form."""


def read_models(dsn: str, admin_dsn: str) -> None:
    """Every read model of the grants log, made to its end."""
    following = Runner(dsn, PROJECTIONS, schema="grants", views="grants_view")
    following.start()
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        while connection.execute(BEHIND).fetchone() != (len(PROJECTIONS),):
            time.sleep(0.2)
        following.end()
        connection.execute("VACUUM ANALYZE")


class Site:
    """The dashboard on one database, asked one page at a time by somebody who is signed in."""

    def __init__(self, app: Service, bare: Mapping[str, psycopg.Connection[Any]], run: asyncio.Runner) -> None:
        self._app, self._bare, self._run = app, bare, run
        self.cookie = ""

    def seconds(self, address: str) -> float:
        """The server's time for a page: the median of some."""
        return median(timed(lambda: self.open(address)) for _ in range(ASKED))

    def beside_its_queries(self, address: str) -> tuple[float, float]:
        """The page's time, and that of its queries, run bare."""
        self.open(address)
        with written_down() as queries:
            self.open(address)
        bare = median(timed(lambda: self._ask(queries)) for _ in range(ASKED))
        return self.seconds(address), bare

    def open(self, address: str) -> int:
        """Asks for the address; how many bytes came."""
        status, size = self._run.run(asked(self._app, address, self.cookie))
        assert status in (200, 303), f"{address}: {status}"
        return size

    def _ask(self, queries: list[tuple[str, Any, Any]]) -> None:
        for reads_as, query, wanted in queries:
            cursor = self._bare[reads_as].execute(query, wanted, binary=True)
            if cursor.description:
                cursor.fetchall()


async def asked(app: Service, address: str, cookie: str) -> tuple[int, int]:
    """What the service answers to a browser that asks for the address: the status, and how many bytes."""
    path, _, query = address.partition("?")
    headers = {"host": urlsplit(ADDRESS).netloc, "accept-encoding": "gzip", "cookie": cookie}
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": query.encode(), "state": {},
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8004),
    }  # fmt: skip
    status, size = 0, 0

    async def send(message: Any) -> None:
        nonlocal status, size
        status, size = message.get("status", status), size + len(message.get("body", b""))

    sent = False

    async def receive() -> Any:
        """The request, once. Whoever then listens for its going away waits, or what streams would never have a turn."""
        nonlocal sent
        if sent:
            await asyncio.Event().wait()
        sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope, receive, send)
    return status, size


@contextmanager
def written_down() -> Iterator[list[tuple[str, Any, Any]]]:
    """Every query that is made meanwhile: as whom, and with what it asks for."""
    queries: list[tuple[str, Any, Any]] = []
    execute: Callable[..., Any] = AsyncCursor.execute

    def watched(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        queries.append((self.connection.info.user, query, params))
        return execute(self, query, params, **how)

    with patch.object(AsyncCursor, "execute", watched):
        yield queries


@contextmanager
def logs(here: Ground, folder: Path, small: int, large: int) -> Iterator[tuple[str, str]]:
    """How the administrator reaches a database of so few facts and one of so many, with their read models."""
    with filled(here, folder, small, case=award, of_a_case=OF_A_CASE, letters=letters_of_2020()) as reader:
        few = str(psycopg.conninfo.conninfo_to_dict(reader)["dbname"])
    many, admin = f"{few}_to_{large}", url(here.admin_dsn, database=few)
    read_models(url(admin, user="grants_service", password="bench"), admin)
    with psycopg.connect(here.admin_dsn, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{many}" TEMPLATE "{few}"'.encode())
    prepare(here.admin_dsn, many, {login.name: "bench" for login in LOGINS})
    multiply(url(here.admin_dsn, database=many), max(1, round((large - small) / small)))
    yield admin, url(here.admin_dsn, database=many)


@contextmanager
def opened(admin: str, folder: Path, role: Role) -> Iterator[Site]:
    """The dashboard over a database, to somebody of that role."""
    facts, sessions = (url(admin, user=name, password="bench") for name in ("tilsagn_dashboard", "dashboard_sessions"))
    settings = Settings(
        environment="test", database_url=facts, sessions_url=sessions, address=ADDRESS,
        dev_issuer_key=folder / "issuer.json", dev_people={},
    )  # fmt: skip
    with (
        asyncio.Runner() as run,
        psycopg.connect(make_conninfo(facts, options=READ_ONLY), autocommit=True) as of_facts,
        psycopg.connect(sessions, autocommit=True) as of_sessions,
    ):
        bare = {"tilsagn_dashboard": of_facts, "dashboard_sessions": of_sessions}
        app, serving = create_app(settings), AsyncExitStack()
        run.run(serving.enter_async_context(app.router.lifespan_context(app)))
        found = Site(app, bare, run)
        found.cookie = run.run(signed_in(sessions, role))
        try:
            yield found
        finally:
            run.run(serving.aclose())


async def signed_in(sessions_url: str, role: Role) -> str:
    """The cookie of a session that is begun."""
    async with AsyncConnectionPool(sessions_url, open=False) as pool:
        sessions = Sessions(pool=pool, idle_minutes=60, most_hours=10, own=OwnTokens(pool, ()))
        token = await sessions.begin(Caller(subject="anne", roles=frozenset((role,))), secrets.token_bytes(32))
    return f"tilsagn={token}"


def pages(here: Ground, small: int = SMALL, large: int = LARGE, role: Role = Role.ministry) -> list[Figure]:
    """Each page to its queries; on the large log to the small one, now; and as of another day to now."""
    with (
        TemporaryDirectory() as kept,
        logs(here, Path(kept), small, large) as (of_few, of_many),
        opened(of_few, Path(kept), role) as few,
        opened(of_many, Path(kept), role) as many,
    ):
        for each in (*NOW.values(), *THEN.values(), *OTHERS.values()):  # the first finds what the others find read
            few.seconds(each), many.seconds(each)
        return [*to_queries(few), *to_small(few, small, many, large), *then(many, large)]


def to_queries(few: Site) -> Iterator[Figure]:
    for name, at in {**NOW, **OTHERS}.items():
        if name not in LEADS_ON:
            looks = [(*few.beside_its_queries(at), *few.beside_its_queries(BAREST)) for _ in range(ROUNDS)]
            beyond = 1000 * median(page - own for page, own, _, _ in looks)
            note = f"{beyond:.1f} ms beyond"
            yield compared(f"page {name}, to its queries", (p / own for p, own, _, _ in looks), most=3.0, note=note)
            ratios = (page / (own + bare - query) for page, own, bare, query in looks)
            yield compared(f"page {name}, to those and what any page costs", ratios, most=3.0)


def to_small(few: Site, small: int, many: Site, large: int) -> Iterator[Figure]:
    for name, at in NOW.items():
        yield compared(f"page {name}, {large:,} events to {small:,}", slower(many, at, few, at), most=2.0)


def then(many: Site, large: int) -> Iterator[Figure]:
    for name, at in THEN.items():
        yield compared(
            f"page {name}, another day to now, {large:,} events", slower(many, at, many, NOW[name]), most=3.0
        )


def slower(one: Site, address: str, other: Site, floor: str) -> Iterator[float]:
    """The one page's time to the other's, by turns."""
    return (one.seconds(address) / other.seconds(floor) for _ in range(ROUNDS))


def main() -> None:
    small, large = [int(size) for size in sys.argv[1:3]] or [SMALL, LARGE]
    with ground() as here:
        for figure in pages(here, small, large):
            print(figure, flush=True)


if __name__ == "__main__":
    main()
