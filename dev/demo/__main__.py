"""`make demo`: 2020 played through the REST API by its people, in a database of its own that is new each time.

Tilsagn is then as if it had been in use from 1 January 2020 (`TILSAGN_SYSTEM_BEGAN_ON`): the ministry is told of
letters before they leave, on a clock that is simulated; payments go by batch file, and nothing is imported history.
Ends with 1 if a balance is not what it should be. The services stay up afterwards until Ctrl-C; with `--end` they stop
when the year is played.
"""

import os
import sys

from dev import postgres
from dev.addresses import Addresses, CannotRun
from dev.clean import remove_state
from dev.demo.alerts import Alerts
from dev.demo.archive import Archive
from dev.demo.clock import SimulatedClock
from dev.demo.letters_out import LettersOut
from dev.demo.year import play
from dev.people import READS_EVERYTHING
from dev.run import (
    SERVICE_STOP_SECONDS,
    Program,
    postgres_dsn,
    say,
    serve,
    serve_dashboard,
    serve_notifications,
    serve_workers,
    tell_where_to_look,
    told_in_words,
    wait_for_the_end,
)
from dev.started import Started
from dev.state import DATABASE, State
from dev.stopping import Stopped, watch_for_stop
from migrations.roles import MIGRATOR, url


def main() -> None:
    """Play, tell, and stay; or end."""
    watch_for_stop(with_parent="--with-parent" in sys.argv[1:])
    try:
        with Started(say, seconds=SERVICE_STOP_SECONDS) as started:
            differing = run(Addresses.from_environment(), started, stay="--end" not in sys.argv[1:])
    except Stopped:
        say("Stoppet; databasen også.")
    except (CannotRun, postgres.AlreadyRunning, postgres.StartFailed) as problem:
        sys.exit(f"\n{problem}")
    else:
        sys.exit(1 if differing else 0)


def run(at: Addresses, started: Started, *, stay: bool) -> int:
    """Everything from nothing. How many balances are not what they should be."""
    state = State.of_demonstration()
    if os.environ.pop("DATABASE_URL", None):
        say("The demonstration uses a database of its own, not the one of DATABASE_URL.")
    remove_state(state.folder)
    state.make()
    accounting = state.folder / "accounting"
    accounting.mkdir()
    told_more = {"TILSAGN_SYSTEM_BEGAN_ON": "2020-01-01", "TILSAGN_ACCOUNTING_OUTBOX": str(accounting)}
    grants = Program(module="dev.demo.grants", more=told_more)
    notifications = Program(module="dev.demo.notifications")
    child, tokens = serve(
        state,
        at,
        started,
        grants,
        migrated=lambda: SimulatedClock(migrator_dsn(state), begins_on="2020-01-02").close(),
    )
    clock = SimulatedClock(migrator_dsn(state))
    started.callback(clock.close)
    serve_notifications(state, at, started, notifications)
    serve_workers(state, at, started, grants=grants, notifications=notifications)
    serve_dashboard(state, at, started, module="dev.demo.dashboard")
    archive = Archive(state.folder / "outbox", SimulatedClock(migrator_dsn(state)))
    started.callback(archive.end)
    alerts = Alerts(at.notifications.base_url, tokens[READS_EVERYTHING], clock)
    letters_out = LettersOut(at.notifications.base_url, tokens, alerts, state.folder / "certificates")
    with told_in_words(state):
        differing = play(at.grants.base_url, tokens, letters_out)
        alerts.tell_all()
    if stay and not differing:
        tell_where_to_look(at, tokens[READS_EVERYTHING])
        wait_for_the_end(child, state, started)
    return differing


def migrator_dsn(state: State) -> str:
    """Who may become the owner of the demonstration's own database."""
    password = state.passwords()[MIGRATOR]
    return url(postgres_dsn(state), database=DATABASE, user=MIGRATOR, password=password)


if __name__ == "__main__":
    main()
