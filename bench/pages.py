"""The dashboard's pages beside the queries they make, and on a large log beside a small one.

    python -m bench.pages [EVENTS] [MORE EVENTS]

A page's own queries are written down as it is made, and run again on one bare connection that reads every row: what is
left is what the page itself costs. Small by default; 10000 1000000 is the size that counts.
"""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import UUID

import httpx
import psycopg
from psycopg import AsyncCursor
from psycopg.conninfo import make_conninfo

from bench.ground import Ground, ground
from bench.measure import Figure, compared, timed
from bench.verifying import filled, life
from migrations.roles import url
from services.dashboard.main import READ_ONLY, create_app
from services.dashboard.settings import Settings
from services.dashboard.sign_in.sessions import Session
from services.eventlog.events import Event
from services.eventlog.runner import Runner
from services.grants.award.events import AwardProposed, Recipient
from services.grants.rooms import PROJECTIONS
from services.httpapi.caller import Caller, Role

SMALL, LARGE = 3_000, 9_000
ROUNDS, ASKED = 5, 5
ADDRESS = "http://127.0.0.1:8004"
BEHIND = """
    SELECT count(*) FROM grants_view.edition
    WHERE state = 'live' AND position = (SELECT max(position) FROM grants.event)
"""


def numbered(number: int) -> tuple[UUID, tuple[Event, ...]]:
    """A case that is numbered as it is opened; one organisation of a thousand has it, or of twenty thousand."""
    proposed, *later = life(number)
    assert isinstance(proposed, AwardProposed)
    organisation = number % (1_000 if number < 10_000 else 20_000)
    recipient = Recipient(name=f"Forening {organisation}", organisation_number=organisation_number(organisation))
    return UUID(int=number, version=4), (replace(proposed, recipient=recipient), *later)


def organisation_number(nth: int) -> str:
    """Eight digits and the one that checks them; where there is none (it would be ten), the next one's."""
    digits = f"{91_000_000 + nth * 7:08d}"
    check = -sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return digits + str(check) if check < 10 else organisation_number(nth + 100_000)


PAGES = {
    "overview": "/?aar=2020",
    "post": "/poster/2020/291/71",
    "awards": "/tilsagn?aar=2020",
    "recipient": f"/tilskuddsmottakere/{organisation_number(123)}",
    "search": "/sok?q=Forening+123",
    "search by number": "/sok?q=2020/17",
}
THEN = {"overview": "/?aar=2020&gjelder=17.06.2020", "post": "/poster/2020/291/71?gjelder=17.06.2020"}


async def signed_in(_: object) -> Session:
    """A controller, who sees everything; signing in is measured nowhere here."""
    return Session(caller=Caller(subject="anne", roles=frozenset((Role.controller,))), proof="x")


def read_models(dsn: str, admin_dsn: str) -> None:
    """Every read model of the grants log, made to its end."""
    following = Runner(dsn, PROJECTIONS, schema="grants", views="grants_view")
    following.start()
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        while connection.execute(BEHIND).fetchone() != (len(PROJECTIONS),):
            time.sleep(0.2)
        following.stop()
        connection.execute("VACUUM ANALYZE")


class Site:
    """The dashboard on one database, asked one page at a time."""

    def __init__(self, http: httpx.AsyncClient, bare: psycopg.Connection[Any], run: asyncio.Runner) -> None:
        self._http, self._bare, self._run = http, bare, run

    def seconds(self, address: str) -> float:
        """The server's time for a page: the median of some."""
        return median(timed(lambda: self._run.run(self._open(address))) for _ in range(ASKED))

    def to_its_queries(self, address: str) -> float:
        """The page's time to that of its queries, run bare."""
        with written_down() as queries:
            self._run.run(self._open(address))
        bare = median(timed(lambda: self._ask(queries)) for _ in range(ASKED))
        return self.seconds(address) / bare

    async def _open(self, address: str) -> None:
        answer = await self._http.get(address)
        assert answer.status_code in (200, 303), f"{address}: {answer.status_code}"

    def _ask(self, queries: list[tuple[Any, Any]]) -> None:
        for query, asked in queries:
            cursor = self._bare.execute(query, asked, binary=True)
            if cursor.description:
                cursor.fetchall()


@contextmanager
def written_down() -> Iterator[list[tuple[Any, Any]]]:
    """Every query that is made meanwhile, with what it asks for."""
    queries: list[tuple[Any, Any]] = []
    execute: Callable[..., Any] = AsyncCursor.execute

    def watched(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        queries.append((query, params))
        return execute(self, query, params, **how)

    with patch.object(AsyncCursor, "execute", watched):
        yield queries


@contextmanager
def site(here: Ground, folder: Path, events: int) -> Iterator[Site]:
    """The dashboard over a log of so many facts, with its read models."""
    with filled(here, folder, events, case=numbered) as reader:
        database = psycopg.conninfo.conninfo_to_dict(reader)["dbname"]
        admin = url(here.admin_dsn, database=str(database))
        read_models(url(admin, user="grants_service", password="bench"), admin)
        of = {name: url(admin, user=name, password="bench") for name in ("tilsagn_dashboard", "dashboard_sessions")}
        settings = Settings(
            environment="test", database_url=of["tilsagn_dashboard"], sessions_url=of["dashboard_sessions"],
            address=ADDRESS, dev_issuer_key=folder / "issuer.json", dev_people={},
        )  # fmt: skip
        read_only = make_conninfo(settings.database_url, options=READ_ONLY)
        with asyncio.Runner() as run, psycopg.connect(read_only, autocommit=True) as bare:
            serving = served(settings)
            http = run.run(anext(serving))
            try:
                yield Site(http, bare, run)
            finally:
                run.run(serving.aclose())


async def served(settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        app.state.find_session = signed_in
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS, timeout=600) as http:
            yield http


def pages(here: Ground, small: int = SMALL, large: int = LARGE) -> list[Figure]:
    """Each page to its queries; on the large log to the small one, now; and as of another day to now."""
    with TemporaryDirectory() as kept, site(here, Path(kept), small) as few, site(here, Path(kept), large) as many:
        for each in (*PAGES.values(), *THEN.values()):  # the first of each finds what the others find read
            few.seconds(each), many.seconds(each)
        return [
            *(
                compared(f"page {name}, to its queries", (few.to_its_queries(at) for _ in range(ROUNDS)), most=3.0)
                for name, at in PAGES.items()
                if name != "search by number"  # it leads on, and makes no page
            ),
            *(
                compared(f"page {name}, {large:,} events to {small:,}", slower(many, at, few, at), most=2.0)
                for name, at in PAGES.items()
            ),
            *(
                compared(f"page {name}, another day to now, {large:,} events",
                         slower(many, at, many, PAGES[name]), most=3.0)
                for name, at in THEN.items()
            ),
        ]  # fmt: skip


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
