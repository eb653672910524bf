"""`python -m dev.demo.notifications`: the notifications service as it is, on the clock of the demonstration's database.

The clock is given to the service as it is put together, here: no setting of the service can do it.
"""

from dev.demo.clock import DatabaseClock
from services.httpapi.server import server
from services.httpapi.watching.logs import configure_logs
from services.notifications.main import create_app
from services.notifications.settings import Settings

CLOCK = "SELECT notifications.log_clock()"
LOOK_SECONDS = 0.05
"""How often its worker looks for what is due: a year is played in half a minute."""

if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    clock = DatabaseClock(told.database_url, CLOCK)
    server(create_app(told, now=clock.now, look_seconds=LOOK_SECONDS), host=told.host, port=told.port).run()
