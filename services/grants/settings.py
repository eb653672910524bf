"""What the grants service is told by its environment. Nothing has a secret for a default."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.httpapi.bearer import Issuer


class SettingsInvalid(Exception):
    """The service cannot start as it is told; the message says which variable and why."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`system_began_on` is the first day (Europe/Oslo) this system releases letters: older ones may be imported.

    Development has an issuer of its own (`dev_issuer_key`); production names its issuers in a file and refuses to start
    with ours."""

    environment: str
    database_url: str
    checkpoint_dir: Path | None = None
    checkpoint_key: Path | None = None
    dev_issuer_key: Path | None = None
    dev_issuer: str = "tilsagn-development"
    audience: str = "tilsagn"
    issuers: tuple[Issuer, ...] = ()
    system_began_on: date = date(2021, 1, 1)
    host: str = "127.0.0.1"
    port: int = 8000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads TILSAGN_* and DATABASE_URL. Raises SettingsInvalid for what is missing or unreadable."""
        settings = cls(
            environment=_needed(environment, "TILSAGN_ENVIRONMENT"),
            database_url=_needed(environment, "DATABASE_URL"),
            checkpoint_dir=_path(environment, "TILSAGN_CHECKPOINT_DIR"),
            checkpoint_key=_path(environment, "TILSAGN_CHECKPOINT_KEY_FILE"),
            dev_issuer_key=_path(environment, "TILSAGN_DEV_ISSUER_KEY_FILE"),
            dev_issuer=environment.get("TILSAGN_DEV_ISSUER", "tilsagn-development"),
            audience=environment.get("TILSAGN_AUDIENCE", "tilsagn"),
            issuers=_issuers(_path(environment, "TILSAGN_ISSUERS_FILE")),
            system_began_on=date.fromisoformat(environment.get("TILSAGN_SYSTEM_BEGAN_ON", "2021-01-01")),
            host=environment.get("TILSAGN_HOST", "127.0.0.1"),
            port=int(environment.get("TILSAGN_PORT", "8000")),
        )
        if not settings.issuers and settings.dev_issuer_key is None:
            raise SettingsInvalid("Nobody could log in: set TILSAGN_ISSUERS_FILE.")
        return settings


def _needed(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise SettingsInvalid(f"{name} is not set.")
    return environment[name]


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    return Path(environment[name]) if environment.get(name) else None


def _issuers(file: Path | None) -> tuple[Issuer, ...]:
    if file is None:
        return ()
    try:
        return tuple(Issuer(**each) for each in json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as unreadable:
        raise SettingsInvalid(f"TILSAGN_ISSUERS_FILE cannot be read: {unreadable}") from unreadable
