"""`python -m dev.demo.worker`: the worker of notifications as it is, on the clock of the demonstration's database."""

from dev.demo.clock import DatabaseClock
from dev.demo.notifications import CLOCK
from services.httpapi.logs import configure_logs
from services.httpapi.server import server
from services.notifications.settings import Settings
from services.notifications.worker import create_app

LOOK_SECONDS = 0.05
"""How often it looks for what is due: a year is played in half a minute."""

if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    clock = DatabaseClock(told.database_url, CLOCK)
    server(create_app(told, now=clock.now, look_seconds=LOOK_SECONDS), host=told.host, port=told.port).run()
