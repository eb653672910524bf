"""Where the rules changed, asked of the log itself."""

from typing import Any

from psycopg import Connection

from services.eventlog.epoch.events import STREAM
from services.eventlog.epoch.rules import rules_hold_from
from services.eventlog.mapper import decode


def find_rules_hold_from(connection: Connection[Any], schema: str, rules: int) -> int:
    """The position after which these rules hold in that log; 0 when it began under them."""
    query = f"SELECT position, topic, data FROM {schema}.event WHERE stream = %s ORDER BY version"
    rows = connection.execute(query.encode(), (STREAM,), binary=True)
    return rules_hold_from(((position, decode(topic, data)) for position, topic, data in rows), rules)
