"""All that an operator sets of docker-compose.yml, made anew, and the database that it is started on."""

import base64
import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev import postgres
from services.httpapi.callers.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from tests.faults.composed import Composed

T = TypeVar("T", bound=Composed)
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


def told_by(operator: Path, server: postgres.Server, *, secret: str | None = None) -> dict[str, str]:
    """All that an operator sets, made anew: passwords, keys, tokens, folders. `secret` is where the dashboard finds its
    own, if elsewhere than here."""
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
        SIGN_IN | {"client_secret_file": secret or str(operator / "TILSAGN_SIGN_IN_SECRET_FILE")}
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


@contextmanager
def composing(kind: type[T], folder: Path) -> Iterator[T]:
    """All of it, as one kind or another starts it; ended when this is left."""
    with ExitStack() as stack:
        home = folder / "home"
        home.mkdir()
        server = postgres.start(home / "postgres", durable=False)
        stack.callback(server.stop)
        operator = folder / "operator"
        operator.mkdir()
        told = told_by(operator, server, secret=kind.secret)
        names = ("grants", "grants-worker", "notifications", "notifications-worker", "dashboard")
        taken = [stack.enter_context(socket.socket()) for _ in names]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        ports = {name: int(each.getsockname()[1]) for name, each in zip(names, taken, strict=True)}
        for each in taken:
            each.close()
        composed = kind(told, ports, server, folder)
        stack.callback(composed.down)
        yield composed
