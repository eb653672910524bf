"""`python -m dev.demo.grants`: the grants service as it is, on the clock of the demonstration's database.

The clock is given to the service as it is put together, here: no setting of the service can do it.
"""

from dev.demo.clock import DatabaseClock
from services.grants.main import create_app
from services.grants.settings import Settings
from services.httpapi.logs import configure_logs
from services.httpapi.server import server

CLOCK = "SELECT now_at FROM grants.permit_of('')"

if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    clock = DatabaseClock(told.database_url, CLOCK)
    server(create_app(told, now=clock.now), host=told.host, port=told.port).run()
