"""One passage of a function changed, and the rest as it stands.

A function that several changes have replaced stands whole in the last of them; who changes one line of it builds on
that without repeating it. What it comes to is read in the description of what is shipped (description.json).
"""

from sqlalchemy import Connection


def redefine(connection: Connection, function: str, was: str, becomes: str) -> None:
    """Lay `function` (schema and name, of which there is one) anew, with `becomes` for each `was`.

    Fails, and the migration with it, when the function does not say that."""
    query = "SELECT pg_get_functiondef(%s::regproc)"
    statement: str = connection.exec_driver_sql(query, (function,)).scalar_one()
    assert was in statement, f"{function} does not say: {was}"
    connection.exec_driver_sql(statement.replace(was, becomes).replace("%", "%%"))
