"""`python -m dev.demo.notifications`: the notifications service as it is, on the clock of the demonstration's database.

The clock is given to the service as it is put together, here: no setting of the service can do it.
"""

from datetime import datetime

import psycopg

from services.httpapi.logs import configure_logs
from services.httpapi.server import server
from services.notifications.main import create_app
from services.notifications.settings import Settings


class DatabaseClock:
    """What the database says it is."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)

    def now(self) -> datetime:
        row = self._connection.execute("SELECT notifications.log_clock()").fetchone()
        assert row is not None
        at: datetime = row[0]
        return at


if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    server(create_app(told, now=DatabaseClock(told.database_url).now), host=told.host, port=told.port).run()
