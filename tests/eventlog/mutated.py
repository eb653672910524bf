"""What the tests of mutants build, for other tests to use as well."""

from typing import Any

from psycopg import Connection


def mutate(owner: Connection[Any], function: str, was: str, becomes: str) -> None:
    """Lay grants' `function` anew with `becomes` for each `was`, as whoever owns it. It must still say that."""
    asked = "SELECT pg_get_functiondef(%s::regproc)"
    [(statement,)] = owner.execute(asked, (f"grants.{function}",)).fetchall()
    assert was in statement, f"{function} no longer says {was}"
    owner.execute(statement.replace(was, becomes).encode())
