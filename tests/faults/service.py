"""The real grants service to try faults on: as a process of its own that can be killed, or put together in this one."""

import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx

from dev.at_its_day import acted_on
from dev.children import end_child, start_child
from services.calendar import clock
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants import main as grants
from services.grants.back_dating.events import BoundConfirmed, BoundProposed
from services.grants.back_dating.guard import STREAM
from services.grants.balance.movements import effects
from services.grants.settings import Settings as GrantsSettings
from services.httpapi.app import Service
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.notifications import main as notifications
from services.notifications.settings import Settings as NotificationsSettings
from tests.conftest import Database
from tests.eventlog.played import NEW_YEAR, fund, letter
from tests.on_its_day import OnItsDay
from tests.patience import PATIENCE_SECONDS, wait_until
from tests.remembered_tokens import signing_by

Settings = GrantsSettings | NotificationsSettings

ROOT = Path(__file__).parents[2]
POST = "2020/291/71"
KARI, INGRID, PER, ANNE = "kari", "ingrid", "per", "anne"
ROLES = {KARI: Role.caseworker, INGRID: Role.approver, PER: Role.attestor, ANNE: Role.controller}


def settings_of(database: Database, folder: Path) -> GrantsSettings:
    """The service on this database, with an issuer of its own whose key lies in the folder."""
    return GrantsSettings(environment="test", database_url=database.service_dsn, dev_issuer_key=folder / "issuer.json")


def notifications_settings_of(database: Database, folder: Path) -> NotificationsSettings:
    """The notifications service on this database, alone: it follows nobody, and what it sends lands in the folder."""
    return NotificationsSettings(
        environment="test",
        database_url=database.notifications_dsn,
        outbox=folder,
        dev_issuer_key=folder / "issuer.json",
        stream_seconds=0,  # nobody who walks the addresses listens for longer
    )


def issuer_of(settings: Settings) -> DevelopmentIssuer:
    """Who signs the tokens this service believes."""
    assert settings.dev_issuer_key is not None
    return signing_by(settings.dev_issuer_key, settings.dev_issuer, settings.audience)


def signed_in(settings: Settings, subject: str, *roles: Role) -> dict[str, str]:
    """The header of somebody with a good token: in these roles, or in the one this person is known to have."""
    return {"Authorization": f"Bearer {issuer_of(settings).mint(subject, roles or (ROLES[subject],))}"}


@asynccontextmanager
async def serving(
    settings: Settings, *, now: Callable[[], datetime] = clock.now
) -> AsyncIterator[tuple[Service, httpx.AsyncClient]]:
    """The whole service in this process, with its own writer and its own connections; on another clock, if given. What
    is done in it is done on the day it is dated."""
    if isinstance(settings, GrantsSettings):
        app = grants.create_app(settings, now=now, acted_on=acted_on)
    else:
        app = notifications.create_app(settings, now=now)
    transport = OnItsDay(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://tilsagn.test", timeout=PATIENCE_SECONDS) as client,
    ):
        yield app, client


def open_funds(database: Database, post_ore: int, **earmarks_ore: int) -> None:
    """One letter that puts so many øre at the disposal of 291/71, and of the earmarks named under it."""
    funds = (fund(POST, "post", "Tilskudd"), *(fund(f"{POST}/{name}", "earmark", name) for name in earmarks_ore))
    postings = ((POST, post_ore), *((f"{POST}/{name}", ore) for name, ore in earmarks_ore.items()))
    log = Log(database.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    try:
        facts = (letter(0, NEW_YEAR, *postings, funds=funds),)
        outcome = log.append_now(Command(actor=ANNE), Write("allocation-2020", 0, facts))
        assert outcome.outcome == "recorded", outcome
    finally:
        log.close()


def allow_back_dating(database: Database) -> None:
    """Two people have set a bound on back-dating that reaches 2020, for a service that runs in a process of its own."""
    why = "Året 2020 spilles."
    facts = (
        BoundProposed(days=36_500, valid_from=NEW_YEAR, reason=why, proposed_by=ANNE),
        BoundConfirmed(days=36_500, valid_from=NEW_YEAR, reason=why, confirmed_by=INGRID),
    )
    log = Log(database.service_dsn, None, schema="grants")  # type: ignore[arg-type]
    try:
        assert log.append_now(Command(actor=INGRID), Write(STREAM, 0, facts)).outcome == "recorded"
    finally:
        log.close()


def proposal(fund_id: str, amount_ore: int) -> dict[str, Any]:
    """An award of one instalment, whole in every other way."""
    return {
        "fund_id": fund_id,
        "recipient": {"name": "Stiftelsen Født Fri"},
        "amount_ore": amount_ore,
        "purpose": "Nasjonalt ressursmiljø",
        "terms": ["Regnskap og rapport leveres."],
        "instalments": [{"number": 1, "amount_ore": amount_ore}],
        "basis": {"year": 2020, "letter": 0, "section": "5.1"},
    }


APPROVAL = {"approved_on": "2020-02-03", "disposal_authority": "Instruks 4.2"}
LONG_AGO = {"back_dating_reason": "Vedtaket er fra 2020."}
"""What an act of 2020 says to a service that runs today, once two people have allowed it (`allow_back_dating`)."""
DECIDED_OUTSIDE = {
    "decided_on": "2020-02-03",
    "disposal_authority": "Instruks 4.2",
    "document": "20/00123-3",
    "document_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
"""What is claimed of an award that was made before this system: beside the proposal, to POST /v1/award-imports."""


@dataclass
class Running:
    """The service as an operator runs it: a process, an address, a log. It can be killed and started again there."""

    settings: Settings
    port: int
    log: Path
    process: Popen[bytes] | None = None
    handed: socket.socket | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and returns at once. From the main thread: the kernel ends it with the thread that began it."""
        environment = os.environ | {
            "TILSAGN_ENVIRONMENT": self.settings.environment,
            "DATABASE_URL": self.settings.database_url,
            "TILSAGN_ROLE": self.settings.process_role,
            "TILSAGN_DEV_ISSUER_KEY_FILE": str(self.settings.dev_issuer_key),
            "TILSAGN_PORT": str(self.port),
            "TILSAGN_TELLS_DEADLINES": "no",  # what is counted here is what was asked for, and nothing else
        }
        module = grants.__name__
        if isinstance(self.settings, NotificationsSettings):
            module, environment = notifications.__name__, environment | {"TILSAGN_OUTBOX": str(self.settings.outbox)}
        if self.handed is not None:
            environment |= {"TILSAGN_LISTEN_FD": str(self.handed.fileno())}
        command = [sys.executable, "-m", module]
        with self.log.open("ab") as log:
            self.process = start_child(
                command,
                last_signal=signal.SIGKILL,
                log=log,
                environment=environment,
                directory=ROOT,
                handed=[self.handed.fileno()] if self.handed else [],
            )

    def wait_ready(self) -> None:
        """Returns when it says that it can serve."""

        def log_unless_ready() -> str:
            assert self.process is not None
            assert self.process.poll() is None, f"it ended by itself:\n{self.log.read_text()[-4000:]}"
            return "" if ready(self.address) else self.log.read_text()[-4000:] or "nothing is logged"

        wait_until(log_unless_ready, lambda log: not log)

    def kill(self) -> None:
        """kill -9: it gets to do nothing more."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()


def ready(address: str) -> bool:
    """Whether the service there says that it can serve."""
    try:
        return httpx.get(f"{address}/internal/isready", timeout=PATIENCE_SECONDS).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[Running]:
    """The service as a process on a free port, ready. What is left of it is ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    service = Running(settings, port, folder / "service.log")
    try:
        service.start()
        service.wait_ready()
        yield service
    finally:
        if service.process is not None:
            end_child(service.process, ask=signal.SIGTERM, insist=signal.SIGKILL, seconds=PATIENCE_SECONDS)
