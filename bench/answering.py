"""Every address that grants is read by, on a million facts to ten thousand: the same questions of two databases that
`make large` made, by turns, in one process.

    python -m bench.answering [EVENTS MORE_EVENTS]

An answer that does not grow takes no longer because the log did. What adds up a year takes what the year takes, and is
told with the others.
"""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from statistics import median

import httpx

from bench.ground import Ground
from bench.measure import Figure, compared
from dev import postgres
from dev.large.__main__ import made
from dev.large.asked import addresses
from dev.state import DATABASE, State
from migrations.roles import url
from services.grants.main import create_app
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.process.role import ProcessRole

SMALL, LARGE = 10_000, 1_000_000
ROUNDS, ASKED = 5, 5
MOST = 1.5
PATIENCE_SECONDS = 120


@contextmanager
def standing(events: int) -> Iterator[Settings]:
    """The service's settings on a database of so many facts, which is built if it is not there."""
    state = State.of_a_large_database(events)
    made(state, events)
    password = state.passwords()["grants_service"]
    with postgres.running(state.postgres) as server:
        yield Settings(
            environment="test",
            database_url=url(server.dsn(), database=DATABASE, user="grants_service", password=password),
            dev_issuer_key=state.issuer_key,
            checkpoint_dir=state.checkpoints,
            process_role=ProcessRole.web,
        )


async def opened(settings: Settings, stack: AsyncExitStack) -> httpx.AsyncClient:
    """The service in this process, to somebody who may read everything."""
    app = create_app(settings)
    await stack.enter_async_context(app.router.lifespan_context(app))
    assert settings.dev_issuer_key is not None
    issuer = DevelopmentIssuer.from_file(
        settings.dev_issuer_key, issuer=settings.dev_issuer, audience=settings.audience
    )
    headers = {"Authorization": f"Bearer {issuer.mint('anne', tuple(Role))}"}
    transport = httpx.ASGITransport(app)
    return await stack.enter_async_context(
        httpx.AsyncClient(transport=transport, base_url="http://grants", headers=headers, timeout=PATIENCE_SECONDS)
    )


async def seconds(client: httpx.AsyncClient, address: str) -> float:
    """How long an answer takes: the median of some."""
    clock, took = asyncio.get_running_loop().time, []
    for _ in range(ASKED):
        began = clock()
        answer = await client.get(address)
        took.append(clock() - began)
        assert answer.status_code in (200, 404, 409), f"{address}: {answer.text}"
    return median(took)


async def ratios(few: Settings, many: Settings, asked: Sequence[str]) -> dict[str, list[float]]:
    async with AsyncExitStack() as stack:
        small, large = await opened(few, stack), await opened(many, stack)
        found = {}
        for address in asked:
            await seconds(small, address), await seconds(large, address)
            found[address] = [await seconds(large, address) / await seconds(small, address) for _ in range(ROUNDS)]
        return found


def answering(_: Ground) -> list[Figure]:
    """Each address's time on the large database to that on the small one."""
    return figures(SMALL, LARGE)


def figures(small: int, large: int) -> list[Figure]:
    """The same of any two sizes."""
    with standing(small) as few, standing(large) as many:
        found = asyncio.run(ratios(few, many, addresses()))
    return [
        compared(f"GET {address[:48]}, {large:,} to {small:,}", iter(of), most=MOST) for address, of in found.items()
    ]


def main() -> None:
    small, large = [int(size) for size in sys.argv[1:3]] or [SMALL, LARGE]
    for figure in figures(small, large):
        print(figure, flush=True)


if __name__ == "__main__":
    main()
