"""`make run`: everything, from nothing: the database, the service, the budget of 2020; then where to look.

What it started it also stops, the database last: on Ctrl-C, SIGTERM, SIGHUP, and when the `make` that called it is
gone. Killed without a word, it leaves a folder that the next start picks up.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from dev import postgres
from dev.children import start_child
from dev.kept_up import KeptUp, KeptWorker
from dev.leftover import end_recorded, record
from dev.people import ADMINISTERS, PEOPLE, READS_EVERYTHING, Unexpected
from dev.play2020 import play
from dev.shown_deadlines import plan_examples, tell_of_history
from dev.shown_webhook import Receiving
from dev.started import Started
from dev.state import DATABASE, ROOT, State
from dev.stopping import Stopped, watch_for_stop
from migrations import SERVICES, upgrade
from migrations.roles import MIGRATOR, prepare, url
from services.calendar.clock import now
from services.calendar.days import day_of
from services.httpapi.caller import Role
from services.httpapi.issuer import DevelopmentIssuer

ISSUER, AUDIENCE = "tilsagn-development", "tilsagn"
TOKEN_SECONDS = 30 * 24 * 3600
READY_SECONDS = 60
LOOK_SECONDS = 0.5
# The service lets running requests finish, for twenty seconds.
SERVICE_STOP_SECONDS = 25
# How long a run that was just told to stop may still hold the database.
TAKEOVER_SECONDS = 10


# How far the dashboard stands back for the services on a machine it shares with them (nice).
LAST = 10


class CannotRun(Exception):
    """Something outside us is in the way; the message says what to do."""


@dataclass(frozen=True)
class Address:
    """Where the service listens."""

    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        """TILSAGN_HOST and TILSAGN_PORT, else 127.0.0.1:8000."""
        port = os.environ.get("TILSAGN_PORT", "8000")
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotRun(f"TILSAGN_PORT is {port!r}; give a number from 1 to 65535.")
        return cls(os.environ.get("TILSAGN_HOST", "127.0.0.1"), int(port))

    @classmethod
    def of_notifications(cls, grants: "Address") -> "Address":
        """TILSAGN_NOTIFICATIONS_PORT, else the port after the grants service's."""
        port = os.environ.get("TILSAGN_NOTIFICATIONS_PORT", str(grants.port + 1))
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotRun(f"TILSAGN_NOTIFICATIONS_PORT is {port!r}; give a number from 1 to 65535.")
        return cls(grants.host, int(port))

    @classmethod
    def of_worker(cls, notifications: "Address") -> "Address":
        """TILSAGN_WORKER_PORT, else the port after the notifications service's: where the worker answers probes."""
        port = os.environ.get("TILSAGN_WORKER_PORT", str(notifications.port + 1))
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotRun(f"TILSAGN_WORKER_PORT is {port!r}; give a number from 1 to 65535.")
        return cls(notifications.host, int(port))

    @classmethod
    def of_dashboard(cls, worker: "Address") -> "Address":
        """TILSAGN_DASHBOARD_PORT, else the second port after the worker's: our own receiver has the first. Always on
        this machine alone, for one click signs in there as anybody."""
        port = os.environ.get("TILSAGN_DASHBOARD_PORT", str(worker.port + 2))
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotRun(f"TILSAGN_DASHBOARD_PORT is {port!r}; give a number from 1 to 65535.")
        return cls("127.0.0.1", int(port))

    @property
    def base_url(self) -> str:
        """How a person on this machine reaches it."""
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{here}]:{self.port}" if ":" in here else f"http://{here}:{self.port}"


def main() -> None:
    """Run until asked to stop; ends with 0 then, and with 1 and a sentence when it cannot run."""
    watch_for_stop(with_parent="--with-parent" in sys.argv[1:])
    try:
        with Started(say, seconds=SERVICE_STOP_SECONDS) as started:
            run(State.of_this_checkout(), Address.from_environment(), started)
    except Stopped:
        say("Everything has stopped; the database too.")
    except (CannotRun, postgres.AlreadyRunning, postgres.StartFailed) as problem:
        sys.exit(f"\n{problem}")


def run(state: State, address: Address, started: Started) -> None:
    """Start everything in order, leaving in `started` what must be stopped in the opposite order, and wait."""
    state.make()
    notifications = Address.of_notifications(address)
    child, tokens = serve(state, address, started, more=believing(state, notifications))
    worker = Address.of_worker(notifications)
    receiving = Receiving(state, worker.port + 1)
    serve_notifications(state, address, notifications, started, more=receiving.allowed)
    serve_worker(state, worker, started, more=receiving.allowed)
    dashboard = Address.of_dashboard(worker)
    serve_dashboard(state, dashboard, started, grants=address, notifications=notifications)
    receiving.start(started)
    receiving.show(notifications.base_url, tokens[ADMINISTERS], say)
    say("Playing 2020 through the REST API, as its people:")
    with told_in_words(state):
        play(address.base_url, tokens)
        show_what_is_due(notifications.base_url, tokens, receiving)
    tell_where_to_look(address, tokens[READS_EVERYTHING], notifications, dashboard)
    wait_for_the_end(child, state, started)


def show_what_is_due(base_url: str, tokens: Mapping[str, str], receiving: Receiving) -> None:
    """What is due in the coming days, invented, as it reaches our receiver; and that what the year left is history."""
    say("What is due:")
    new = plan_examples(base_url, tokens, today=day_of(now()), say=say)
    if new:
        receiving.tell_of(("deadline.", "notice.due_soon"), say, many=new)
    tell_of_history(base_url, tokens, year=2020, say=say)


def serve(
    state: State,
    address: Address,
    started: Started,
    *,
    more: Mapping[str, str] | None = None,
    module: str = "services.grants.main",
    migrated: Callable[[], None] = lambda: None,
) -> tuple[subprocess.Popen[bytes], Mapping[str, str]]:
    """The database and the grants service, up and ready, and a token for each of the demonstration's people. `more` is
    what the service is told beside the usual, `module` puts it together, and `migrated` is done before it starts."""
    state.make()
    admin_dsn = start_database(state, started)
    for service in SERVICES:
        end_recorded(state.folder / f"{service}.pid")
    refuse_taken(address)

    say("Migrating the database ...")
    passwords = state.passwords(os.environ.get("DATABASE_URL"))
    prepare(admin_dsn, DATABASE, passwords)
    for service in SERVICES:
        upgrade(url(admin_dsn, database=DATABASE, user=MIGRATOR, password=passwords[MIGRATOR]), service)

    migrated()
    say("Starting the grants service ...")
    service_dsn = url(admin_dsn, database=DATABASE, user="grants_service", password=passwords["grants_service"])
    outside = {
        "TILSAGN_CHECKPOINT_DIR": str(state.checkpoints),
        "TILSAGN_CHECKPOINT_KEY_FILE": str(state.checkpoint_key()),
    }
    child = start_service("grants", state, address, service_dsn, started, outside | dict(more or {}), module=module)
    wait_until_ready("grants", child, address, state)
    return child, mint_tokens(state)


def believing(state: State, notifications: Address) -> Mapping[str, str]:
    """What makes grants follow the notifications service."""
    return {
        "TILSAGN_NOTIFICATIONS_FEED_URL": f"{notifications.base_url}/v1/feed",
        "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE": str(machine_token(state, "grants")),
    }


def serve_notifications(
    state: State,
    grants: Address,
    address: Address,
    started: Started,
    *,
    more: Mapping[str, str] | None = None,
    module: str = "services.notifications.main",
) -> None:
    """The notifications service, up and ready, following grants. What it sends lands in the folder `outbox`. `module`
    puts it together."""
    refuse_taken(address)
    say("Starting the notifications service ...")
    dsn = notifications_dsn(state)
    told = {
        **telling_others(state),
        **(more or {}),
        "TILSAGN_GRANTS_URL": grants.base_url,
        "TILSAGN_GRANTS_TOKEN_FILE": str(machine_token(state, "notifications")),
        "TILSAGN_CHECKPOINT_DIR": str(state.checkpoints_of_notifications),
        "TILSAGN_CHECKPOINT_KEY_FILE": str(state.checkpoint_key()),
    }
    child = start_service("notifications", state, address, dsn, started, told, module=module)
    wait_until_ready("notifications", child, address, state)


def serve_worker(
    state: State,
    address: Address,
    started: Started,
    *,
    more: Mapping[str, str] | None = None,
    module: str = "services.notifications.worker",
) -> None:
    """A worker of the notifications service, at work: it delivers to receivers outside."""
    end_recorded(state.folder / "notifications-worker.pid")
    refuse_taken(address)
    say("Starting the worker of the notifications service ...")
    kept = {"TILSAGN_CHECKPOINT_DIR": str(state.checkpoints_of_notifications)}
    name, told = "notifications-worker", {**telling_others(state), **(more or {}), **kept}

    def start() -> subprocess.Popen[bytes]:
        return start_service(name, state, address, notifications_dsn(state), started, told, module=module)

    child = start()
    wait_until_ready(name, child, address, state)
    started.looks.append(KeptWorker(child, start, lambda: last_lines(state, name), say).look)


def serve_dashboard(
    state: State,
    address: Address,
    started: Started,
    *,
    grants: Address,
    notifications: Address,
    module: str | None = None,
) -> None:
    """The dashboard, up and ready; one click signs in there as any of the people."""
    refuse_taken(address)
    say("Starting the dashboard ...")
    admin_dsn = os.environ.get("DATABASE_URL") or postgres_dsn(state)
    passwords = state.passwords(os.environ.get("DATABASE_URL"))
    facts, sessions = (
        url(admin_dsn, database=DATABASE, user=role, password=passwords[role])
        for role in ("tilsagn_dashboard", "dashboard_sessions")
    )
    people = state.folder / "people.json"
    people.write_text(json.dumps({person: sorted(roles) for person, roles in PEOPLE.items()}))
    told = {
        "SESSIONS_DATABASE_URL": sessions,
        "TILSAGN_DASHBOARD_ADDRESS": address.base_url,
        "TILSAGN_DEV_PEOPLE_FILE": str(people),
        "TILSAGN_GRANTS_URL": grants.base_url,
        "TILSAGN_NOTIFICATIONS_URL": notifications.base_url,
        "TILSAGN_SESSION_KEY_FILE": str(state.session_key()),
        # One machine for all, and a database whose processes cannot be told to stand back.
        "TILSAGN_PAGES_AT_ONCE": "2",
    }
    child = start_service("dashboard", state, address, facts, started, told, module=module)
    os.setpriority(os.PRIO_PROCESS, child.pid, LAST)
    wait_until_ready("dashboard", child, address, state)


def notifications_dsn(state: State) -> str:
    """How the notifications service and its worker reach the database."""
    admin_dsn = os.environ.get("DATABASE_URL") or postgres_dsn(state)
    password = state.passwords(os.environ.get("DATABASE_URL"))["notifications_service"]
    return url(admin_dsn, database=DATABASE, user="notifications_service", password=password)


def telling_others(state: State) -> Mapping[str, str]:
    """What the service and its worker are both told: where letters leave, and what seals what signs messages."""
    (state.folder / "outbox").mkdir(exist_ok=True)
    return {
        "TILSAGN_OUTBOX": str(state.folder / "outbox"),
        "TILSAGN_WEBHOOK_KEY_FILE": str(state.webhook_key()),
    }


def machine_token(state: State, machine: str) -> Path:
    """The file with the token one service shows the other: it opens feeds and letters, and nothing beside."""
    issuer = DevelopmentIssuer.from_file(state.issuer_key, issuer=ISSUER, audience=AUDIENCE)
    path = state.folder / f"{machine}.token"
    postgres.write_private(path, issuer.mint(machine, [Role.service], ttl_seconds=TOKEN_SECONDS))
    return path


def postgres_dsn(state: State) -> str:
    """The administrator's way into the embedded server that this run started."""
    server = postgres.find_running(state.postgres.resolve())
    assert server is not None, "the database was started before the services"
    return server.dsn()


@contextlib.contextmanager
def told_in_words(state: State) -> Iterator[None]:
    """A year that cannot be played ends with what went wrong, not with a traceback."""
    try:
        yield
    except (Unexpected, httpx.TransportError) as problem:
        raise CannotRun(f"The year could not be played: {problem}\n{last_lines(state)}") from problem


def wait_for_the_end(child: subprocess.Popen[bytes], state: State, started: Started) -> None:
    """The service runs until it is stopped; that it ends by itself is a fault."""
    while child.poll() is None:
        for look in started.looks:
            look()
        time.sleep(LOOK_SECONDS)
    raise CannotRun(f"The grants service ended by itself ({child.returncode}).\n{last_lines(state)}")


def start_database(state: State, started: Started) -> str:
    """The administrator's way in: DATABASE_URL's server, or the embedded one, started now."""
    if given := os.environ.get("DATABASE_URL"):
        say("Using the PostgreSQL of DATABASE_URL.")
        return given
    say("Starting PostgreSQL ...")
    deadline = time.monotonic() + TAKEOVER_SECONDS
    while True:
        try:
            server = postgres.start(state.postgres)
        except postgres.AlreadyRunning:
            if time.monotonic() > deadline:
                raise CannotRun(f"Tilsagn already runs from {ROOT}. Stop it, or use that one.") from None
            time.sleep(0.2)
        else:
            kept = KeptUp(server, say)
            started.callback(kept.stop)
            started.looks.append(kept.look)
            started.callback(say, "Stopping PostgreSQL ...")
            return server.dsn()


def refuse_taken(address: Address) -> None:
    """Say which port is taken before anything is made, rather than let the service fail."""
    try:
        where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(where[0], where[1]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where[4])
    except OSError as problem:
        raise CannotRun(
            f"Cannot listen on {address.host}:{address.port}: {problem.strerror}.\n"
            f"Choose another port: TILSAGN_PORT={address.port + 1 if address.port < 65535 else 8000} make run"
        ) from None


def start_service(
    service: str,
    state: State,
    address: Address,
    dsn: str,
    started: Started,
    more: Mapping[str, str],
    *,
    module: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a service as a process of its own, with what it needs in its environment and nothing else new."""
    environment = os.environ | {
        "TILSAGN_ENVIRONMENT": "development",
        "DATABASE_URL": dsn,
        "TILSAGN_DEV_ISSUER_KEY_FILE": str(state.issuer_key),
        "TILSAGN_DEV_ISSUER": ISSUER,
        "TILSAGN_AUDIENCE": AUDIENCE,
        "TILSAGN_HOST": address.host,
        "TILSAGN_PORT": str(address.port),
        **more,
    }
    with (state.folder / f"{service}.log").open("wb") as log:
        command = [sys.executable, "-m", module or f"services.{service}.main"]
        child = start_child(command, last_signal=signal.SIGTERM, log=log, environment=environment, directory=ROOT)
    started.add_service(service, child)
    record(state.folder / f"{service}.pid", child)
    return child


def wait_until_ready(service: str, child: subprocess.Popen[bytes], address: Address, state: State) -> None:
    """Return when the service says that it can serve."""
    deadline = time.monotonic() + READY_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address.base_url}/internal/isready", timeout=5).status_code == httpx.codes.OK:
                return
        time.sleep(0.05)
    raise CannotRun(f"The {service} service did not become ready.\n{last_lines(state, service)}")


def mint_tokens(state: State) -> Mapping[str, str]:
    """A token for each of the demonstration's people, from the development issuer that the service trusts."""
    issuer = DevelopmentIssuer.from_file(state.issuer_key, issuer=ISSUER, audience=AUDIENCE)
    return {person: issuer.mint(person, roles, ttl_seconds=TOKEN_SECONDS) for person, roles in PEOPLE.items()}


def tell_where_to_look(address: Address, token: str, notifications: Address, dashboard: Address) -> None:
    """The pages, and one call that can be pasted as it stands: its token reads everything and changes nothing."""
    call = f"curl -s -H 'Authorization: Bearer {token}' '{address.base_url}/v1/posts?year=2020&valid_at=2020-12-31'"
    say(f"\nTilsagn runs. Open {dashboard.base_url}/ and sign in with one click.\n")
    say(f"The same from the API (this token may read everything):\n\n{call}\n")
    say(f"The grants service listens at {address.base_url}, the notifications service at {notifications.base_url}.")
    say("Ctrl-C stops everything.")


def last_lines(state: State, service: str = "grants") -> str:
    """The end of what a service said."""
    log = state.folder / f"{service}.log"
    return "\n".join([f"The end of {log}:", *log.read_text(errors="replace").splitlines()[-20:]])


def say(line: str) -> None:
    """Progress, seen at once."""
    with contextlib.suppress(OSError):  # the terminal may have gone before us
        print(line, flush=True)


if __name__ == "__main__":
    main()
