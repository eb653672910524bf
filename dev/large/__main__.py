"""`make large`: a large database to try on, built once and kept: ten years of eight agencies, a million facts.

    make large [ARGS="--events 100000"] [ARGS=--serve] [ARGS=--verify]

It stands in a folder of its own below `.tilsagn-large` (`TILSAGN_LARGE_STATE` names another place), and is built anew
only where what builds it has changed. `--serve` starts both services and the dashboard on it, without their workers: it
stays as it was built. `--verify` recomputes all of it, as `make verify` does.
"""

import argparse
import os
import subprocess
import sys
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dev import postgres
from dev.addresses import Addresses, CannotRun
from dev.clean import remove_state
from dev.large import recipe
from dev.large.building import YEARS, build
from dev.people import READS_EVERYTHING
from dev.run import (
    SERVICE_STOP_SECONDS,
    say,
    serve,
    serve_dashboard,
    serve_notifications,
    tell_where_to_look,
    wait_for_the_end,
)
from dev.started import Started
from dev.state import DATABASE, ROOT, State
from dev.stopping import Stopped, watch_for_stop
from migrations import SERVICES, upgrade
from migrations.roles import MIGRATOR, prepare, url
from services.eventlog.checkpoints.checkpoint import Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.grants.balance.digest import read_digest

EVENTS = 1_000_000


def main() -> None:
    """Built if it is not there; then served or verified where that is asked for."""
    parser = argparse.ArgumentParser(prog="make large", description="A large database to try on.")
    parser.add_argument(
        "--events", type=int, default=EVENTS, help="about how many facts of grants (default: %(default)s)"
    )
    parser.add_argument("--serve", action="store_true", help="start both services and the dashboard on it")
    parser.add_argument("--verify", action="store_true", help="recompute all of it, as make verify does")
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    watch_for_stop(with_parent=asked.with_parent)
    state = State.of_a_large_database(asked.events)
    try:
        made(state, asked.events)
        if asked.verify:
            sys.exit(verified(state))
        if asked.serve:
            served(state)
    except Stopped:
        say("Everything has stopped; the database too.")
    except (CannotRun, postgres.AlreadyRunning, postgres.StartFailed) as problem:
        sys.exit(f"\n{problem}")


def made(state: State, events: int) -> None:
    """Builds it where none stands that was built so."""
    if recipe.stands(state.folder, events):
        say(f"It stands in {state.folder}, built as it would be now.")
        return
    began = time.monotonic()

    def tell(what: str) -> None:
        say(f"{time.monotonic() - began:6.0f} s  {what}")

    remove_state(state.folder)
    state.make()
    passwords = state.passwords()
    with postgres.running(state.postgres) as server:
        tell("the database is migrated")
        prepare(server.dsn(), DATABASE, passwords)
        for service in SERVICES:
            upgrade(url(server.dsn(), database=DATABASE, user=MIGRATOR, password=passwords[MIGRATOR]), service)
        dsn = url(server.dsn(), database=DATABASE, user="grants_service", password=passwords["grants_service"])
        head = build(dsn, server.dsn(DATABASE), events, say=tell)
        tell("it is signed to its end")
        sign(dsn, state)
    recipe.keep(state.folder, events)
    tell(f"{head:,} facts of {YEARS} years stand in {state.folder}")


def sign(dsn: str, state: State) -> None:
    """Signs for the whole log, which is verified by that; and lays the key where notifications, which has recorded
    nothing, would sign: without it, nobody can say that nothing is signed there."""
    key = load_pem_private_key(state.checkpoint_key().read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    Checkpoints(state.checkpoints_of_notifications).publish(key)
    assert Checkpointer(dsn, Checkpoints(state.checkpoints), key, log="grants", digest=read_digest).sign()


def verified(state: State) -> int:
    """What `make verify` says of it, with a line for each matter."""
    return subprocess.run(
        [sys.executable, "-m", "dev.verify"], cwd=ROOT, env={**os.environ, "TILSAGN_STATE": str(state.folder)}
    ).returncode


def served(state: State) -> None:
    """Both services and the dashboard on it, until they are stopped."""
    at = Addresses.from_environment()
    if os.environ.pop("DATABASE_URL", None):
        say("A large database is one of its own, not the one of DATABASE_URL.")
    with Started(say, seconds=SERVICE_STOP_SECONDS) as started:
        child, tokens = serve(state, at, started)
        serve_notifications(state, at, started)
        serve_dashboard(state, at, started)
        tell_where_to_look(at, tokens[READS_EVERYTHING])
        wait_for_the_end(child, state, started)


if __name__ == "__main__":
    main()
