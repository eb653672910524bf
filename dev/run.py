"""`make run`: everything, from nothing: the database, each service's web and worker, the budget of 2020; then where to
look.

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
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from dev import postgres
from dev.addresses import Address, Addresses, CannotRun, web_processes
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
from services.calendar.patience import at_most
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer

ISSUER, AUDIENCE = "tilsagn-development", "tilsagn"
TOKEN_SECONDS = 30 * 24 * 3600
READY_SECONDS = at_most(60)
LOOK_SECONDS = 0.5
BACKLOG = 2048
# The service lets running requests finish, for twenty seconds.
SERVICE_STOP_SECONDS = at_most(25)
# How long a run that was just told to stop may still hold the database.
TAKEOVER_SECONDS = at_most(10)
# How far the dashboard stands back for the services on a machine it shares with them (nice).
LAST = 10


@dataclass(frozen=True, kw_only=True)
class Program:
    """What runs a service: its module, and what it is told beside the usual, as web and as worker."""

    module: str
    more: Mapping[str, str] = field(default_factory=dict)


GRANTS, NOTIFICATIONS = Program(module="services.grants.main"), Program(module="services.notifications.main")


def main() -> None:
    """Run until asked to stop; ends with 0 then, and with 1 and a sentence when it cannot run."""
    watch_for_stop(with_parent="--with-parent" in sys.argv[1:])
    try:
        with Started(say, seconds=SERVICE_STOP_SECONDS) as started:
            run(State.of_this_checkout(), Addresses.from_environment(), started)
    except Stopped:
        say("Everything has stopped; the database too.")
    except (CannotRun, postgres.AlreadyRunning, postgres.StartFailed) as problem:
        sys.exit(f"\n{problem}")


def run(state: State, at: Addresses, started: Started) -> None:
    """Start everything in order, leaving in `started` what must be stopped in the opposite order, and wait."""
    state.make()
    receiving = Receiving(state, at.receiver.port)
    notifications = Program(module=NOTIFICATIONS.module, more=receiving.allowed)
    child, tokens = serve(state, at, started)
    serve_notifications(state, at, started, notifications)
    serve_workers(state, at, started, notifications=notifications)
    serve_dashboard(state, at, started)
    receiving.start(started)
    receiving.show(at.notifications.base_url, tokens[ADMINISTERS], say)
    say("Playing 2020 through the REST API, as its people:")
    with told_in_words(state):
        play(at.grants.base_url, tokens)
        show_what_is_due(at.notifications.base_url, tokens, receiving)
    tell_where_to_look(at, tokens[READS_EVERYTHING])
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
    at: Addresses,
    started: Started,
    grants: Program = GRANTS,
    *,
    migrated: Callable[[], None] = lambda: None,
) -> tuple[subprocess.Popen[bytes] | None, Mapping[str, str]]:
    """The database and the grants service, up and ready, and a token for each of the demonstration's people. `migrated`
    is done before it starts."""
    state.make()
    admin_dsn = start_database(state, started)
    for left in sorted(state.folder.glob("*.pid")):
        end_recorded(left)
    at.grants.refuse_taken()

    say("Migrating the database ...")
    passwords = state.passwords(os.environ.get("DATABASE_URL"))
    prepare(admin_dsn, DATABASE, passwords)
    for service in SERVICES:
        upgrade(url(admin_dsn, database=DATABASE, user=MIGRATOR, password=passwords[MIGRATOR]), service)

    migrated()
    say("Starting the grants service ...")
    told = {"TILSAGN_ROLE": "web", "TILSAGN_CHECKPOINT_DIR": str(state.checkpoints), **grants.more}
    dsn = service_dsn(state, "grants")
    child = start_web("grants", state, at.grants, dsn, started, told, module=grants.module)
    return child, mint_tokens(state)


def serve_notifications(state: State, at: Addresses, started: Started, notifications: Program = NOTIFICATIONS) -> None:
    """The notifications service, up and ready."""
    at.notifications.refuse_taken()
    say("Starting the notifications service ...")
    told = {"TILSAGN_ROLE": "web", **of_notifications(state), **notifications.more}
    dsn = service_dsn(state, "notifications")
    start_web("notifications", state, at.notifications, dsn, started, told, module=notifications.module)


def serve_workers(
    state: State,
    at: Addresses,
    started: Started,
    *,
    grants: Program = GRANTS,
    notifications: Program = NOTIFICATIONS,
) -> None:
    """A worker of each service, at work: each follows the other service, fills its read models and signs its log. What
    notifications sends lands in the folder `outbox`."""
    say("Starting a worker of each service ...")
    signs = {"TILSAGN_ROLE": "worker", "TILSAGN_CHECKPOINT_KEY_FILE": str(state.checkpoint_key())}
    of_grants = {
        **signs,
        "TILSAGN_CHECKPOINT_DIR": str(state.checkpoints),
        "TILSAGN_NOTIFICATIONS_FEED_URL": f"{at.notifications.base_url}/v1/feed",
        "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE": str(machine_token(state, "grants")),
        **grants.more,
    }
    (state.folder / "outbox").mkdir(exist_ok=True)
    of_the_other = {
        **signs,
        **of_notifications(state),
        "TILSAGN_OUTBOX": str(state.folder / "outbox"),
        "TILSAGN_GRANTS_URL": at.grants.base_url,
        "TILSAGN_GRANTS_TOKEN_FILE": str(machine_token(state, "notifications")),
        **notifications.more,
    }
    workers = [
        ("grants", at.grants_worker, of_grants, grants.module),
        ("notifications", at.notifications_worker, of_the_other, notifications.module),
    ]
    for _, address, _, _ in workers:
        address.refuse_taken()
    begun = [start_worker(*worker, state=state, started=started) for worker in workers]
    for (name, child), (_, address, _, _) in zip(begun, workers, strict=True):
        wait_until_ready(name, child, address, state)


def start_worker(
    service: str, address: Address, told: Mapping[str, str], module: str, *, state: State, started: Started
) -> tuple[str, subprocess.Popen[bytes]]:
    """One worker, which is started again whenever it ends by itself; and its name."""
    name = f"{service}-worker"

    def start() -> subprocess.Popen[bytes]:
        return start_service(name, state, address, service_dsn(state, service), started, told, module=module)

    child = start()
    started.looks.append(KeptWorker(name, child, start, lambda: last_lines(state, name), say).look)
    return name, child


def start_web(
    service: str,
    state: State,
    address: Address,
    dsn: str,
    started: Started,
    told: Mapping[str, str],
    *,
    module: str,
) -> subprocess.Popen[bytes] | None:
    """As many processes of a service as are to answer (WEB), up and ready: the one, or None of several. Several are
    handed one socket, and whoever of them ends by itself is started again."""
    many = web_processes()
    if many == 1:
        child = start_service(service, state, address, dsn, started, told, module=module)
        wait_until_ready(service, child, address, state)
        return child
    taken = address.take()
    taken.listen(BACKLOG)

    def start(name: str) -> subprocess.Popen[bytes]:
        return start_service(name, state, address, dsn, started, told, module=module, handed=taken)

    children = {name: start(name) for name in (f"{service}-{nth}" for nth in range(1, many + 1))}
    started.callback(taken.close)  # before they are asked to end, so that nobody is left waiting there
    for name, child in children.items():
        wait_until_ready(name, child, address, state)
        started.looks.append(KeptWorker(name, child, partial(start, name), partial(last_lines, state, name), say).look)
    return None


def serve_dashboard(state: State, at: Addresses, started: Started, *, module: str | None = None) -> None:
    """The dashboard, up and ready; one click signs in there as any of the people."""
    at.dashboard.refuse_taken()
    say("Starting the dashboard ...")
    people = state.folder / "people.json"
    people.write_text(json.dumps({person: sorted(roles) for person, roles in PEOPLE.items()}))
    told = {
        "SESSIONS_DATABASE_URL": dsn_of(state, "dashboard_sessions"),
        "TILSAGN_DASHBOARD_ADDRESS": at.dashboard.base_url,
        "TILSAGN_DEV_PEOPLE_FILE": str(people),
        "TILSAGN_GRANTS_URL": at.grants.base_url,
        "TILSAGN_NOTIFICATIONS_URL": at.notifications.base_url,
        "TILSAGN_SESSION_KEY_FILE": str(state.session_key()),
        # One machine for all, and a database whose processes cannot be told to stand back.
        "TILSAGN_PAGES_AT_ONCE": "2",
    }
    facts = dsn_of(state, "tilsagn_dashboard")
    child = start_service("dashboard", state, at.dashboard, facts, started, told, module=module)
    os.setpriority(os.PRIO_PROCESS, child.pid, LAST)
    wait_until_ready("dashboard", child, at.dashboard, state)


def service_dsn(state: State, service: str) -> str:
    """How a service's processes reach the database."""
    return dsn_of(state, f"{service}_service")


def dsn_of(state: State, role: str) -> str:
    """How a role reaches the database."""
    admin_dsn = os.environ.get("DATABASE_URL") or postgres_dsn(state)
    return url(admin_dsn, database=DATABASE, user=role, password=state.passwords(os.environ.get("DATABASE_URL"))[role])


def of_notifications(state: State) -> Mapping[str, str]:
    """What every process of that service is told: what was signed for, and what seals what signs messages."""
    return {
        "TILSAGN_CHECKPOINT_DIR": str(state.checkpoints_of_notifications),
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


def wait_for_the_end(child: subprocess.Popen[bytes] | None, state: State, started: Started) -> None:
    """The service runs until it is stopped; that it ends by itself is a fault."""
    while child is None or child.poll() is None:
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


def start_service(
    service: str,
    state: State,
    address: Address,
    dsn: str,
    started: Started,
    more: Mapping[str, str],
    *,
    module: str | None = None,
    handed: socket.socket | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process of a service, with what it needs in its environment and nothing else new; `handed` is where it
    listens."""
    environment = os.environ | {
        "TILSAGN_ENVIRONMENT": "development",
        "DATABASE_URL": dsn,
        "TILSAGN_DEV_ISSUER_KEY_FILE": str(state.issuer_key),
        "TILSAGN_DEV_ISSUER": ISSUER,
        "TILSAGN_AUDIENCE": AUDIENCE,
        "TILSAGN_HOST": address.host,
        "TILSAGN_PORT": str(address.port),
        **({"TILSAGN_LISTEN_FD": str(handed.fileno())} if handed else {}),
        **more,
    }
    with (state.folder / f"{service}.log").open("wb") as log:
        command = [sys.executable, "-m", module or f"services.{service}.main"]
        child = start_child(
            command,
            last_signal=signal.SIGTERM,
            log=log,
            environment=environment,
            directory=ROOT,
            handed=[handed.fileno()] if handed else [],
        )
    started.add_service(service, child)
    record(state.folder / f"{service}.pid", child)
    return child


def wait_until_ready(service: str, child: subprocess.Popen[bytes], address: Address, state: State) -> None:
    """Return when the service says that it can serve."""
    deadline = time.monotonic() + READY_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address.base_url}/internal/isready", timeout=at_most(5)).status_code == httpx.codes.OK:
                return
        time.sleep(0.05)
    raise CannotRun(f"The {service} service did not become ready.\n{last_lines(state, service)}")


def mint_tokens(state: State) -> Mapping[str, str]:
    """A token for each of the demonstration's people, from the development issuer that the service trusts."""
    issuer = DevelopmentIssuer.from_file(state.issuer_key, issuer=ISSUER, audience=AUDIENCE)
    return {person: issuer.mint(person, roles, ttl_seconds=TOKEN_SECONDS) for person, roles in PEOPLE.items()}


def tell_where_to_look(at: Addresses, token: str) -> None:
    """The pages, and one call that can be pasted as it stands: its token reads everything and changes nothing."""
    call = f"curl -s -H 'Authorization: Bearer {token}' '{at.grants.base_url}/v1/posts?year=2020&valid_at=2020-12-31'"
    say(f"\nTilsagn runs. Open {at.dashboard.base_url}/ and sign in with one click.\n")
    say(f"The same from the API (this token may read everything):\n\n{call}\n")
    say(
        f"The grants service listens at {at.grants.base_url}, the notifications service at {at.notifications.base_url};"
    )
    say(f"their workers answer probes at {at.grants_worker.base_url} and {at.notifications_worker.base_url}.")
    say("Ctrl-C stops everything.")


def last_lines(state: State, service: str = "grants") -> str:
    """The end of what a service said."""
    of_service = (state.folder / f"{name}.log" for name in (service, f"{service}-1"))
    log = max((log for log in of_service if log.exists()), key=lambda log: log.stat().st_mtime)
    return "\n".join([f"The end of {log}:", *log.read_text(errors="replace").splitlines()[-20:]])


def say(line: str) -> None:
    """Progress, seen at once."""
    with contextlib.suppress(OSError):  # the terminal may have gone before us
        print(line, flush=True)


if __name__ == "__main__":
    main()
