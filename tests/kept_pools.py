"""The pools of connections that there are in this process."""

import gc
from typing import Any

from psycopg_pool import AsyncConnectionPool, ConnectionPool


def list_pools() -> list[AsyncConnectionPool[Any] | ConnectionPool[Any]]:
    """Every one, whoever opened it."""
    return [each for each in gc.get_objects() if isinstance(each, AsyncConnectionPool | ConnectionPool)]
