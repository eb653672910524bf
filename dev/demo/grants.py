"""`python -m dev.demo.grants`: the grants service as it is, on the clock of the demonstration's database.

The clock is given to the service as it is put together, here: no setting of the service can do it. That clock goes on
with the letters; each act is done on the day it names, so that nothing is dated back or ahead.
"""

from dev.at_its_day import AtItsDay, acted_on
from dev.demo.clock import DatabaseClock
from services.grants.main import create_app
from services.grants.settings import Settings
from services.httpapi.server import server
from services.httpapi.watching.logs import configure_logs

CLOCK = "SELECT now_at FROM grants.permit_of('')"

if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    clock = DatabaseClock(told.database_url, CLOCK)
    app = create_app(told, now=clock.now, acted_on=acted_on)
    app.add_middleware(AtItsDay)
    server(app, host=told.host, port=told.port).run()
