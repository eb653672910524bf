"""What docker-compose.yml says works: started as it says, everything comes up, and each service hears the other."""

import base64
import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev import postgres
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from tests.faults.composed import Composed, NotSet, filled_in
from tests.house.tree import ROOT
from tests.patience import PATIENCE_SECONDS, wait_until

ISSUER = "https://login.example.no"
SIGN_IN = {
    "issuer": ISSUER,
    "client_id": "tilsagn",
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_url": f"{ISSUER}/keys",
    "roles_claim": "roles",
    "roles": {"Tilsagn.Departement": "ministry"},
}
FOLDERS = ("CHECKPOINT", "ACCOUNTING", "NOTIFICATIONS_CHECKPOINT", "LETTERS")
PASSWORDS = (
    "MIGRATOR",
    "GRANTS_SERVICE",
    "GRANTS_READER",
    "NOTIFICATIONS_SERVICE",
    "NOTIFICATIONS_READER",
    "DASHBOARD",
    "DASHBOARD_SESSIONS",
)


def told_by(operator: Path, server: postgres.Server) -> dict[str, str]:
    """All that an operator sets, made anew: passwords, keys, tokens, folders."""
    issuer = DevelopmentIssuer.generate(issuer=ISSUER, audience="tilsagn")
    believed = {name: value for name, value in asdict(issuer.trusted()).items() if value not in (None, frozenset())}
    signing = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    token = issuer.mint("the-other-service", (Role.service,), ttl_seconds=3600).encode()
    sealing = base64.b64encode(secrets.token_bytes(32))
    contents = {
        "TILSAGN_ISSUERS_FILE": json.dumps([believed]).encode(),
        "TILSAGN_CHECKPOINT_KEY_FILE": signing,
        "TILSAGN_LEDGER_ACCOUNTS_FILE": b'{"*": "8500"}',
        "TILSAGN_GRANTS_SERVICE_TOKEN_FILE": token,
        "TILSAGN_NOTIFICATIONS_SERVICE_TOKEN_FILE": token,
        "TILSAGN_WEBHOOK_KEY_FILE": sealing,
        "TILSAGN_SESSION_KEY_FILE": sealing,
        "TILSAGN_SIGN_IN_SECRET_FILE": b"secret",
    }
    contents["TILSAGN_SIGN_IN_FILE"] = json.dumps(
        SIGN_IN | {"client_secret_file": str(operator / "TILSAGN_SIGN_IN_SECRET_FILE")}
    ).encode()
    for name, content in contents.items():
        (operator / name).write_bytes(content)
        (operator / name).chmod(0o600)
    told = {name: str(operator / name) for name in contents}
    for name in FOLDERS:
        folder = operator / name.lower()
        folder.mkdir()
        told[f"TILSAGN_{name}_VOLUME"] = str(folder)
    told |= {f"{name}_PASSWORD": secrets.token_hex(16) for name in PASSWORDS}
    told["POSTGRES_PASSWORD"] = (server.place / "password").read_text()
    return told | {"TILSAGN_DASHBOARD_ADDRESS": "https://tilsagn.example.no"}


def metric(address: str, name: str) -> float:
    lines = httpx.get(f"{address}/internal/metrics", timeout=PATIENCE_SECONDS).text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Composed]:
    with ExitStack() as stack:
        home = tmp_path / "home"
        home.mkdir()
        server = postgres.start(home / "postgres", durable=False)
        stack.callback(server.stop)
        operator = tmp_path / "operator"
        operator.mkdir()
        told = told_by(operator, server)
        names = ("grants", "grants-worker", "notifications", "notifications-worker", "dashboard")
        taken = [stack.enter_context(socket.socket()) for _ in names]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        ports = {name: int(each.getsockname()[1]) for name, each in zip(names, taken, strict=True)}
        for each in taken:
            each.close()
        composed = Composed(told, ports, server, tmp_path)
        stack.callback(composed.down)
        yield composed


def test_everything_comes_up_in_the_order_and_with_the_settings_it_gives(composed: Composed) -> None:
    composed.up()
    assert composed.started[:2] == ["postgres", "migrate"]
    assert set(composed.started) == set(composed.services)
    for name in composed.ports:
        wait_until(partial(composed.healthy, name))
    for worker in ("grants-worker", "notifications-worker"):
        address = f"http://127.0.0.1:{composed.ports[worker]}"
        wait_until(partial(metric, address, "tilsagn_inbox_answered_seconds"), lambda at: at > 0)
    for web in ("grants", "notifications"):
        answer = httpx.get(f"http://127.0.0.1:{composed.ports[web]}/v1/feed?after=0", timeout=PATIENCE_SECONDS)
        assert answer.status_code == 401  # it believes nobody without a token
    pages = httpx.get(f"http://127.0.0.1:{composed.ports['dashboard']}/", timeout=PATIENCE_SECONDS)
    assert pages.status_code == 421  # it was told the name it is asked by, and this is another


def test_it_stops_with_the_first_that_is_not_set() -> None:
    with pytest.raises(NotSet, match="POSTGRES_PASSWORD: the database administrator's password"):
        filled_in((ROOT / "docker-compose.yml").read_text(encoding="utf-8"), {})
