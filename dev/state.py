"""The folder `.tilsagn/`: what a run keeps between starts. Secrets are made at first use, for the owner's eyes only."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev.passwords import agreed_password
from dev.postgres import write_private
from migrations.roles import LOGINS

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "tilsagn"


@dataclass(frozen=True)
class State:
    """Where each kept thing stands."""

    folder: Path

    @classmethod
    def of_this_checkout(cls) -> "State":
        """The checkout's own; TILSAGN_STATE names another folder."""
        return cls(Path(os.environ.get("TILSAGN_STATE", ROOT / ".tilsagn")).absolute())

    @classmethod
    def of_demonstration(cls) -> "State":
        """That of `make demo`, which keeps apart; TILSAGN_DEMO_STATE names another folder."""
        return cls(Path(os.environ.get("TILSAGN_DEMO_STATE", ROOT / ".tilsagn-demo")).absolute())

    @classmethod
    def of_a_large_database(cls, events: int) -> "State":
        """That of `make large` with so many facts; TILSAGN_LARGE_STATE names another folder for all sizes."""
        return cls(Path(os.environ.get("TILSAGN_LARGE_STATE", ROOT / ".tilsagn-large")).absolute() / str(events))

    def make(self) -> None:
        """Make the folder. Root's must let the database's account through; nothing secret in it is readable."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.checkpoints.mkdir(mode=0o700, exist_ok=True)
        self.checkpoints_of_notifications.mkdir(mode=0o700, exist_ok=True)

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def checkpoints_of_notifications(self) -> Path:
        return self.folder / "checkpoints-notifications"

    @property
    def issuer_key(self) -> Path:
        return self.folder / "issuer-key.json"

    def passwords(self, given: str | None = None) -> dict[str, str]:
        """A password for each role that logs in, the same ones every start. On a server that was `given` (DATABASE_URL)
        and that others may share, the same as theirs."""
        if given and (agreed := agreed_password(given)):
            return {login.name: agreed for login in LOGINS}
        path = self.folder / "passwords.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = {login.name: secrets.token_urlsafe(32) for login in LOGINS if login.name not in kept}
        if missing:
            write_private(path, json.dumps(kept | missing, indent=2))
        return kept | missing

    def checkpoint_key(self) -> Path:
        """The key that signs checkpoints of the log: Ed25519, PKCS8 PEM."""
        return self._signing_key("checkpoint-key.pem")

    def _signing_key(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            key = Ed25519PrivateKey.generate()
            write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
        return path

    def verifier_key(self) -> Path:
        """The key that whoever verifies signs with how far a log was verified whole: Ed25519, PKCS8 PEM. No service
        reads it."""
        return self._signing_key("verifier-key.pem")

    def webhook_key(self) -> Path:
        """The key that seals what signs messages to receivers outside: 32 bytes in base64."""
        return self._seal_key("webhook-key")

    def session_key(self) -> Path:
        """The key that seals what the dashboard's readers ask the services with: 32 bytes in base64."""
        return self._seal_key("session-key")

    def _seal_key(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            write_private(path, base64.b64encode(secrets.token_bytes(32)).decode())
        return path
