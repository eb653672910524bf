"""What the dashboard is told by its environment. Nothing has a secret for a default."""

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from services.dashboard.sign_in.provider import Provider
from services.httpapi.callers.caller import Role
from services.httpapi.environment import (
    BEHIND_AT_MOST_SECONDS,
    SettingsInvalid,
    behind_at_most_in,
    needed,
    path_in,
    refuse_unknown_pooler,
    traces_in,
)
from services.httpapi.issuer import refuse_in_production
from services.httpapi.seal_keys import read_seal_keys
from services.tracing.sending import TracesTo


class NotOnLoopback(Exception):
    """The development issuer lets anybody in as anybody, so it serves nobody but this machine."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`database_url` is where facts are read, of the primary or of a standby that is no more than
    `behind_at_most_seconds` behind; beyond that they are read at `primary_url`, where there is one. `sessions_url` is
    where it is kept who is signed in, which is written to. `address` is how browsers reach the pages (https in
    production).

    People sign in at `provider`. Development has one of our own instead (`dev_issuer_key`), which lets anybody in as
    any of the people in `dev_people`: it refuses to start in production, or where another machine could reach it.
    `grants_url` and `notifications_url` are where readers' own questions are put, with their own token, which is kept
    sealed with the first of `seal_keys`; without both nothing is asked in a reader's name.
    `idle_minutes` is how long a session lasts unused, `most_hours` how long at all. `pages_at_once` is how many are
    made at once, two at the least; one session never has more than half of them. `traces` is
    where it is told what requests led to.
    """

    environment: str
    database_url: str
    sessions_url: str
    address: str
    primary_url: str | None = None
    behind_at_most_seconds: float = BEHIND_AT_MOST_SECONDS
    provider: Provider | None = None
    dev_issuer_key: Path | None = None
    dev_issuer: str = "tilsagn-development"
    audience: str = "tilsagn"
    dev_people: Mapping[str, tuple[Role, ...]] | None = None
    grants_url: str = ""
    notifications_url: str = ""
    seal_keys: tuple[bytes, ...] = field(default=(), repr=False)
    idle_minutes: int = 60
    most_hours: int = 10
    pages_at_once: int = 8
    traces: TracesTo | None = None
    host: str = "127.0.0.1"
    port: int = 8000

    def __post_init__(self) -> None:
        if self.dev_issuer_key is not None:
            refuse_in_production(self.environment)
            for host in (self.host, urlsplit(self.address).hostname or ""):
                if not is_loopback(host):
                    raise NotOnLoopback(
                        f"The development issuer lets anybody in as anybody; {host} is not this machine alone."
                    )
        elif self.provider is None:
            raise SettingsInvalid("Nobody could sign in: set TILSAGN_SIGN_IN_FILE.")
        elif not self.is_secure:
            raise SettingsInvalid("TILSAGN_DASHBOARD_ADDRESS must begin with https://.")
        for name, address in (("GRANTS", self.grants_url), ("NOTIFICATIONS", self.notifications_url)):
            if address and (urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname):
                raise SettingsInvalid(f"TILSAGN_{name}_URL must be the address of that service.")
        if not 1 <= self.idle_minutes <= self.most_hours * 60 <= 24 * 60:
            raise SettingsInvalid("A session lasts a day at most, and no longer unused than in all.")
        if self.pages_at_once < 2:
            raise SettingsInvalid("TILSAGN_PAGES_AT_ONCE must be two at the least, or one reader has them all.")

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the pages over TLS."""
        return urlsplit(self.address).scheme == "https"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads TILSAGN_*, DATABASE_URL and SESSIONS_DATABASE_URL. Raises SettingsInvalid for what is missing or
        unreadable."""
        refuse_unknown_pooler(environment)
        return cls(
            environment=needed(environment, "TILSAGN_ENVIRONMENT"),
            database_url=needed(environment, "DATABASE_URL"),
            sessions_url=needed(environment, "SESSIONS_DATABASE_URL"),
            address=needed(environment, "TILSAGN_DASHBOARD_ADDRESS").rstrip("/"),
            primary_url=environment.get("TILSAGN_PRIMARY_DATABASE_URL") or None,
            behind_at_most_seconds=behind_at_most_in(environment),
            provider=_provider(path_in(environment, "TILSAGN_SIGN_IN_FILE")),
            dev_issuer_key=path_in(environment, "TILSAGN_DEV_ISSUER_KEY_FILE"),
            dev_issuer=environment.get("TILSAGN_DEV_ISSUER", "tilsagn-development"),
            audience=environment.get("TILSAGN_AUDIENCE", "tilsagn"),
            dev_people=_people(path_in(environment, "TILSAGN_DEV_PEOPLE_FILE")),
            grants_url=environment.get("TILSAGN_GRANTS_URL", "").rstrip("/"),
            notifications_url=environment.get("TILSAGN_NOTIFICATIONS_URL", "").rstrip("/"),
            seal_keys=_seal_keys(path_in(environment, "TILSAGN_SESSION_KEY_FILE")),
            idle_minutes=int(environment.get("TILSAGN_SESSION_IDLE_MINUTES", "60")),
            most_hours=int(environment.get("TILSAGN_SESSION_MOST_HOURS", "10")),
            pages_at_once=int(environment.get("TILSAGN_PAGES_AT_ONCE", "8")),
            traces=traces_in(environment, "dashboard"),
            host=environment.get("TILSAGN_HOST", "127.0.0.1"),
            port=int(environment.get("TILSAGN_PORT", "8000")),
        )


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _provider(file: Path | None) -> Provider | None:
    if file is None:
        return None
    try:
        return Provider.of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as unreadable:
        raise SettingsInvalid(f"TILSAGN_SIGN_IN_FILE cannot be read: {unreadable!r}") from unreadable


def _seal_keys(file: Path | None) -> tuple[bytes, ...]:
    try:
        return tuple(read_seal_keys(file))
    except (OSError, ValueError) as unreadable:
        raise SettingsInvalid("TILSAGN_SESSION_KEY_FILE must hold 32 bytes in base64, one key a line.") from unreadable


def _people(file: Path | None) -> Mapping[str, tuple[Role, ...]] | None:
    if file is None:
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {str(person): tuple(Role(role) for role in roles) for person, roles in told.items()}
    except (OSError, ValueError, AttributeError) as unreadable:
        raise SettingsInvalid(f"TILSAGN_DEV_PEOPLE_FILE cannot be read: {unreadable!r}") from unreadable
