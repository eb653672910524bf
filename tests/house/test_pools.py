"""Every pool of connections looks at what it lends: pools are made in one place, and each there has its check."""

import ast

from tests.house.tree import list_modules

PLACE = "services/eventlog/connections/pool.py"
POOLS = {"ConnectionPool", "AsyncConnectionPool", "NullConnectionPool", "AsyncNullConnectionPool", "Either", "Now"}


def test_every_pool_of_a_service_is_made_where_its_connections_are_looked_at() -> None:
    made: list[tuple[str, bool]] = []
    for path, _, syntax in list_modules("services"):
        for call in ast.walk(syntax):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in POOLS:
                made.append((path, any(keyword.arg == "check" for keyword in call.keywords)))
    assert made == [(PLACE, True), (PLACE, True)]
