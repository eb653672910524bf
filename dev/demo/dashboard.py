"""`python -m dev.demo.dashboard`: the dashboard as it is, on the day of the demonstration's database.

The clock is given to it as it is put together, here: no setting can do it. So a page that is opened without a day is of
the day the demonstration has come to, and what is to come is told of as that.
"""

from dev.demo.clock import DatabaseClock
from services.dashboard.main import create_app
from services.dashboard.settings import Settings
from services.httpapi.server import server
from services.httpapi.watching.logs import configure_logs

CLOCK = "SELECT notifications.log_clock()"

if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    app = create_app(told, now=DatabaseClock(told.database_url, CLOCK).now)
    server(app, host=told.host, port=told.port).run()
