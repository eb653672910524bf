"""What the tests of access build, for other tests to use as well."""

import httpx
import psycopg

from services.calendar import clock
from services.calendar.days import day_of
from tests.conftest import Database
from tests.dashboard.cases import SCHEME

PLACES = {"year": "2020", "chapter": "291", "post": "71", "number": "0", "figure:path": "2020/291/71/tilsagn"} | {
    "scheme": SCHEME, "receiver": "6f1c2d3e-4f50-4b8e-9a30-6c0e3d6f0a52", "log": "grants", "tool": "verify_export.py",
}  # fmt: skip
OF_ONE = {"/tilskuddsmottakere/{number}": "/tilskuddsmottakere/974760673"}


def filled(address: str) -> str:
    address = OF_ONE.get(address, address)
    if address == "/tilsagn/{year}/{number}":
        return f"/tilsagn/{day_of(clock.now()).year}/1"
    for name, value in PLACES.items():
        address = address.replace(f"{{{name}}}", value)
    return address


def add_receiver(database: Database, receiver: str) -> None:
    """One that is told, as its facts would have it."""
    with psycopg.connect(database.admin_dsn) as owner:
        owner.execute(
            "INSERT INTO notifications.endpoint (id, position, url, types, wanted, ordered, rate_per_second, contract,"
            " secret_id, consented, paused, disabled, deleted, numbered)"
            " VALUES (%s, 1, 'https://hook.example/a', '{*}', '{}', false, 50, 1, gen_random_uuid(), true, false,"
            " false, false, true)",
            (receiver,),
        )
        owner.execute(
            "INSERT INTO notifications.endpoint_count (endpoint_id, next_start_at) VALUES (%s, now())", (receiver,)
        )


def careful(answer: httpx.Response) -> None:
    """Kept by no cache, run by nobody, framed nowhere."""
    assert answer.headers["cache-control"] == "no-store"
    assert "'unsafe" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
