"""The pools of connections that there are in this process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool


def list_pools() -> list[AsyncConnectionPool[Any] | ConnectionPool[Any]]:
    """Every one, whoever opened it."""
    return [each for each in gc.get_objects() if isinstance(each, AsyncConnectionPool | ConnectionPool)]


@contextmanager
def soon_given_up() -> Iterator[None]:
    """While the database is kept away, whoever waits for it here is told so in a moment: for a connection that cannot
    come, or a check that cannot pass. What can come is waited for again afterwards."""
    with pytest.MonkeyPatch.context() as short:
        for kept in list_pools():
            short.setattr(kept, "timeout", 0.5)
        short.setattr("services.httpapi.watching.health.CHECK_SECONDS", 0.5)
        yield
