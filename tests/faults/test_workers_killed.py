"""A3 for deliveries: workers are killed (kill -9) while two of them deliver. Every message reaches its receiver, with
the same id each time; in order where that is asked; and never after it has expired."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from datetime import timedelta
from functools import partial
from operator import lt
from pathlib import Path

import psycopg

from services.notifications.settings import Settings
from tests.conftest import Database
from tests.notifications.webhook.receiver import Arrived, Receiver, receiving, say
from tests.notifications.webhook.works import Works, message, opened
from tests.patience import until

EXPIRES_IN = timedelta(seconds=1.5)


def start(settings: Settings, allowed: list[int], port: int) -> subprocess.Popen[bytes]:
    """A worker as a process of its own."""
    environment = os.environ | {
        "TILSAGN_ENVIRONMENT": "test",
        "DATABASE_URL": settings.database_url,
        "TILSAGN_OUTBOX": str(settings.outbox),
        "TILSAGN_DEV_ISSUER_KEY_FILE": str(settings.dev_issuer_key),
        "TILSAGN_WEBHOOK_KEY_FILE": str(settings.webhook_key),
        "TILSAGN_WEBHOOK_ALLOWED": " ".join(f"http://127.0.0.1/32:{each}" for each in allowed),
        "TILSAGN_ROLE": "worker",
        "TILSAGN_PORT": str(port),
    }
    command = [sys.executable, "-m", "services.notifications.main"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


async def slowly(_: Arrived, writer: asyncio.StreamWriter) -> None:
    """So that something is under way whenever a worker is killed."""
    await asyncio.sleep(0.5)
    say(writer, 200)


def let_leases_run_out(database: Database) -> None:
    """What somebody began more than a moment ago counts as lost, and what failed is due: as half a minute later."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute(
            "UPDATE notifications.delivery u SET next_at = now() WHERE u.id IN ("
            "  SELECT d.id FROM notifications.delivery d WHERE d.state = 'waiting' OR (d.state = 'begun'"
            "    AND now() - interval '1 second' >"
            "     (SELECT a.begun_at FROM notifications.attempt a WHERE a.id = d.attempt_id))"
            "  FOR UPDATE SKIP LOCKED)"  # what a worker is at need not be hurried, and nobody waits for another here
        )


def test_workers_are_killed_and_every_message_arrives(
    database: Database, tmp_path: Path, free_ports: tuple[int, int], long: bool
) -> None:
    kills, batch = (100, 20) if long else (2, 20)
    draw = random.Random(2020)

    async def go() -> None:
        async with opened(database, tmp_path) as (works, settings), receiving(slowly) as plain, receiving() as ordered:
            allowed = [plain.port, ordered.port]
            running = [start(settings, allowed, port) for port in free_ports]
            try:
                asked = (plain.url, False), (ordered.url, True)
                for url, in_order in asked:
                    at = await works.register(url, active=False, ordered=in_order, rate_per_second=1_000)
                    await works.becomes(at, "active")
                put = 0
                for kill in range(kills):
                    had = len(plain.arrived)
                    await works.put(*(message(f"{kill} {nth}") for nth in range(batch)))
                    await works.put(message(f"{kill} soon over", "letter.released", expires_in=EXPIRES_IN))
                    put += batch
                    # what the dead had begun takes up its room until it is lost
                    await until(partial(hurried, database, plain), partial(lt, had), look_seconds=0.3)
                    await asyncio.sleep(draw.uniform(0, 0.1))
                    # every other time both, for one of them may have begun nothing
                    for victim in (0, 1) if kill % 2 == 0 else (draw.randrange(2),):
                        running[victim].send_signal(signal.SIGKILL)
                        running[victim].wait()
                        running[victim] = start(settings, allowed, free_ports[victim])
                    await asyncio.to_thread(let_leases_run_out, database)
                await everything_arrives(works, database, plain, ordered, put)
                [(lost,)] = await works.query(
                    "SELECT count(*) FROM notifications.attempt_outcome WHERE outcome = 'lost'"
                )
                assert lost >= kills / 3, f"{lost} tries were under way at {kills} kills"
            finally:
                for each in running:
                    each.kill()
                    each.wait()

    asyncio.run(go())


async def hurried(database: Database, receiver: Receiver) -> int:
    """How many have arrived, once nothing is waited for that the dead had begun."""
    await asyncio.to_thread(let_leases_run_out, database)
    return len(receiver.arrived)


async def everything_arrives(works: Works, database: Database, plain: Receiver, ordered: Receiver, put: int) -> None:
    """And as it should. What has come goes on coming."""

    def told(receiver: Receiver) -> set[str]:
        return {each.told["id"] for each in receiver.of_type("notice.received")}

    for receiver in (plain, ordered):
        while len(told(receiver)) < put:
            had = len(receiver.arrived)
            await until(partial(hurried, database, receiver), partial(lt, had), look_seconds=0.3)
    assert told(plain) == told(ordered)
    assert len(told(plain)) == put
    first: dict[int, str] = {}
    for each in ordered.arrived:
        if number := each.told.get("tilsagnsequence"):
            assert first.setdefault(number, each.told["id"]) == each.told["id"]
    assert list(first) == sorted(first)
    late = await works.query(
        "SELECT count(*) FROM notifications.attempt a JOIN notifications.delivery d ON d.id = a.delivery_id"
        " WHERE a.begun_at >= d.expires_at"
    )
    assert late == [(0,)]
    for receiver in (plain, ordered):
        bodies = {(each.headers["webhook-id"], each.body) for each in receiver.of_type("notice.received")}
        assert len(bodies) == put
