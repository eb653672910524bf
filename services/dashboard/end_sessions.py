"""`python -m services.dashboard.end_sessions SUBJECT`: sign a person out everywhere, at once.

For whoever runs the dashboard, when somebody has left or lost a role. SESSIONS_DATABASE_URL says where sessions are.
"""

import os
import sys
from collections.abc import Sequence

import psycopg

from services.eventlog.connections.connecting import preparing, session
from services.httpapi.environment import SettingsInvalid, needed


def main(arguments: Sequence[str]) -> str:
    """How many sessions were ended, in words."""
    if len(arguments) != 1:
        raise SettingsInvalid("Say whom: python -m services.dashboard.end_sessions SUBJECT")
    dsn = needed(os.environ, "SESSIONS_DATABASE_URL")
    with psycopg.connect(session(dsn, "answering"), autocommit=True, **preparing(None)) as connection:
        ended = connection.execute("SELECT dashboard.end_sessions_of(%s)", (arguments[0],)).fetchone()
    assert ended is not None
    return f"Ended: {ended[0]}"


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except SettingsInvalid as missing:
        sys.exit(str(missing))
