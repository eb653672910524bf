"""What the tests of parted services build, for other tests to use as well."""

import json
import os
import random
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx
import psycopg

from dev.children import end_child, start_child
from dev.verifying.log import verify
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.parted import PARTED, Wire
from tests.faults.service import LONG_AGO, ROOT, issuer_of, ready
from tests.grants.award.letter_routes import DATED, PROPOSAL
from tests.grants.fodt_fri import MILLION
from tests.patience import PATIENCE_SECONDS, wait_until

APPROVAL = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"} | LONG_AGO
OPENING = PROPOSAL | {"amount_ore": MILLION, "instalments": [{"number": 1, "amount_ore": MILLION}]}


@dataclass
class Process:
    """One service, as an operator runs it, or by another `program` that runs it."""

    name: str
    port: int
    environment: Mapping[str, str]
    log: Path
    program: str = ""
    process: Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def up(self) -> bool:
        return self.process is not None

    def start(self) -> None:
        if self.process is None:
            with self.log.open("ab") as log:
                command = [sys.executable, "-m", *(self.program or f"services.{self.name}.main").split()]
                environment = os.environ | dict(self.environment)
                self.process = start_child(
                    command, last_signal=signal.SIGKILL, log=log, environment=environment, directory=ROOT
                )

    def end(self, *, kill: bool) -> None:
        if self.process is not None:
            ask = signal.SIGKILL if kill else signal.SIGTERM
            end_child(self.process, ask=ask, insist=signal.SIGKILL, seconds=PATIENCE_SECONDS)
            self.process = None

    def wait_ready(self) -> None:
        wait_until(
            lambda: "" if ready(self.address) else self.log.read_text()[-2000:] or "nothing is logged",
            lambda log: not log,
        )


@dataclass
class Work:
    """One award on its way from its opening to its letter's order: each act is asked until it is answered, under one
    key."""

    number: int
    done: int = 0
    case: str = ""
    seen: dict[int, str] = field(default_factory=dict)
    tries: int = 0


class Parish:
    """Both services, the wires between them, and whoever works at them."""

    def __init__(self, settings: Settings, processes: Mapping[str, Process], wires: list[Wire]) -> None:
        self.grants, self.notifications = processes["grants"], processes["notifications"]
        self.wires, self.issuer = wires, issuer_of(settings)
        self.client = httpx.Client(timeout=3)
        self.works: list[Work] = []
        self.count: Counter[str] = Counter()

    def go_wrong(self, chance: random.Random) -> None:
        """Something happens to a service or a wire; or everything is well again."""
        which = chance.choice((self.grants, self.notifications))
        what = chance.choice(("kill", "stop", "part", "part both", "heal"))
        self.count[what] += 1
        match what:
            case "kill" | "stop":
                which.end(kill=what == "kill")
            case "part":
                chance.choice(self.wires).become(chance.choice(PARTED))
            case "part both":
                for wire in self.wires:
                    wire.become(chance.choice(PARTED))
            case _:
                self.heal()
        for process in (self.grants, self.notifications):
            if not process.up and chance.random() < 0.7:
                process.start()

    def heal(self) -> None:
        """Everything is up and whole."""
        for wire in self.wires:
            wire.become("whole")
        for process in (self.grants, self.notifications):
            process.start()

    def work(self, chance: random.Random) -> None:
        """Somebody begins an award, and everybody goes on with what they can."""
        self.works.append(Work(number=len(self.works)))
        for work in chance.sample(self.works, k=min(4, len(self.works))):
            self.go_on(work)

    def go_on(self, work: Work) -> None:
        """As far as the services answer."""
        try:
            while work.done < 4 and self.step(work):
                work.done += 1
        except httpx.TransportError:
            self.count["unanswered"] += 1

    def step(self, work: Work) -> bool:
        """One act. False when it cannot be done yet."""
        match work.done:
            case 0:
                opened = self.ask("kari", "POST", f"{self.grants.address}/v1/cases", f"open {work.number}", OPENING)
                work.case = opened.headers["Location"] if opened.is_success else ""
                return bool(opened.is_success)
            case 1:
                return self.act(work, "kari", "letter", DATED | LONG_AGO)
            case 2:
                return self.act(work, "ola", "award/approval", APPROVAL)
            case _:
                return self.order(work)

    def act(self, work: Work, person: str, act: str, body: Any) -> bool:
        """On the case, in the version that was seen when it was first tried."""
        address = f"{self.grants.address}{work.case}"
        if work.done not in work.seen:
            work.seen[work.done] = self.ask(person, "GET", address).headers["ETag"]
        key, seen = f"{act} {work.number}", work.seen[work.done]
        answer = self.ask(person, "PUT", f"{address}/{act}", key, body, seen)
        assert answer.is_success or answer.status_code >= 500, answer.text
        return bool(answer.is_success)

    def order(self, work: Work) -> bool:
        """The letter out, once the notifications service has heard of it."""
        award = f"{self.notifications.address}{work.case.replace('cases', 'awards')}"
        shown = self.ask("ola", "GET", award)
        if not shown.is_success or shown.json()["state"] == "heard":
            return False
        work.tries += 1
        key = f"out {work.number} {work.tries}"
        answer = self.ask("ola", "PUT", f"{award}/release", key, {"when_open": True}, shown.headers["ETag"])
        return bool(answer.is_success) or answer.json().get("code") == "already-released"

    def ask(
        self, person: str, method: str, address: str, key: str = "", body: Any = None, seen: str = '"0"'
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.issuer.mint(person, list(Role))}"}
        if key:
            headers |= {"Idempotency-Key": key, "If-Match": seen}
        return self.client.request(method, address, json=body, headers=headers)

    def finish(self) -> None:
        """Well again, everybody ends their work, and every letter arrives."""
        self.heal()
        for process in (self.grants, self.notifications):
            process.wait_ready()
        left = list(self.works)
        while left:
            wait_until(partial(self.some_go_on, left), lambda it: it[0])

    def some_go_on(self, left: list[Work]) -> tuple[bool, list[Work]]:
        """Whether any of these is further than it was, and three of them. Whose letter has arrived is left out."""
        before = len(left), sum(work.done for work in left)
        for work in list(left):
            if self.arrived(work):
                left.remove(work)
        return (len(left), sum(work.done for work in left)) != before, left[:3]

    def arrived(self, work: Work) -> bool:
        self.go_on(work)
        if work.done < 4:
            return False
        try:
            case = self.ask("reader", "GET", f"{self.grants.address}{work.case}")
        except httpx.TransportError:
            return False
        return bool(case.is_success and case.json()["letter"]["delivered"])


@contextmanager
def carried(outbox: Path) -> Iterator[None]:
    """Whoever empties the outbox leaves a receipt for each letter."""
    (outbox / "receipts").mkdir(parents=True)
    ended = threading.Event()

    def carry() -> None:
        while not ended.wait(0.02):
            for told in outbox.glob("*/message.json"):
                receipt = outbox / "receipts" / f"{told.parent.name}.json"
                if not receipt.exists():
                    unfinished = receipt.with_suffix(".unfinished")
                    delivered = {"delivered_at": datetime.now(UTC).isoformat(), "evidence": "kvittert"}
                    unfinished.write_text(json.dumps(delivered))
                    unfinished.replace(receipt)

    thread = threading.Thread(target=carry, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def free_ports(number: int) -> list[int]:
    """Ports of this machine nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()


def agree(database: Database, outbox: Path, here: Parish) -> None:
    """Every letter is once in either log and in the outbox, with the same bytes; and both logs hold."""
    cases = {work.case.rpartition("/")[2] for work in here.works}
    assert len(cases) == len(here.works)
    once = dict.fromkeys(cases, 1)
    known = {
        "grants": (
            "award.proposed.v1",
            "award.letter-frozen.v1",
            "award.letter-released.v2",
            "award.letter-left.v1",
            "award.letter-delivered.v1",
        ),
        "notifications": ("letter.held.v2", "letter.released.v1", "letter.dispatched.v1", "letter.delivered.v1"),
    }
    with psycopg.connect(database.admin_dsn) as connection:
        for schema, topics in known.items():
            for topic in topics:
                rows = connection.execute(
                    f"SELECT substr(stream, strpos(stream, '-') + 1) FROM {schema}.event WHERE topic = %s".encode(),
                    (topic,),
                ).fetchall()
                assert Counter(row[0] for row in rows) == once, f"{schema} {topic}"
        shas: dict[str, str] = dict(
            connection.execute(
                "SELECT substr(item, 8), encode(letter_sha256, 'hex') FROM notifications.release"
            ).fetchall()
        )
        # Every letter left by grants' word, grants knows what came of it, and no case is held fast any more.
        permits = connection.execute("SELECT substr(case_stream, 6), outcome FROM grants.letter_permit").fetchall()
        assert {case for case, _ in permits} == cases
        assert {outcome for _, outcome in permits} <= {"sent", "unknown"}
    sent = [json.loads(path.read_text()) for path in outbox.glob("*/message.json")]
    files = [file for told in sent for file in told["files"]]
    assert Counter(file["sha256"] for file in files) == Counter(shas.values())
    assert {file["name"].removeprefix("tilskuddsbrev-").removesuffix(".pdf") for file in files} == cases
    for schema, dsn in (("grants", database.reader_dsn), ("notifications", database.notifications_reader_dsn)):
        counts, faults = verify(dsn, None, None, schema=schema)
        assert faults == [], schema
        assert counts["events"] > len(cases)
