"""What every service reads from its environment, and how it says what is missing."""

import json
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from services.eventlog.connections.connecting import POOLER
from services.httpapi.callers.bearer import Issuer
from services.process.role import ProcessRole
from services.tracing.sending import TracesTo

BEHIND_AT_MOST_SECONDS = 300.0


class SettingsInvalid(Exception):
    """The service cannot start as it is told; the message says which variable and why."""


def needed(environment: Mapping[str, str], name: str) -> str:
    """The variable's value. Raises SettingsInvalid if it is not set, or empty."""
    if not environment.get(name):
        raise SettingsInvalid(f"{name} is not set.")
    return environment[name]


def path_in(environment: Mapping[str, str], name: str) -> Path | None:
    """The file or directory a variable names, if it is set."""
    return Path(environment[name]) if environment.get(name) else None


def process_role_in(environment: Mapping[str, str]) -> ProcessRole:
    """What the process is for: TILSAGN_ROLE, `both` where it is not said. Raises SettingsInvalid for anything else than
    web, worker, both or reader, and for a reader of several servers."""
    told = environment.get("TILSAGN_ROLE") or ProcessRole.both
    try:
        role = ProcessRole(told)
    except ValueError:
        raise SettingsInvalid(f"TILSAGN_ROLE is {told!r}: web, worker, both or reader.") from None
    if not role.records:
        _refuse_several_servers(needed(environment, "DATABASE_URL"))
    return role


def traces_in(environment: Mapping[str, str], service: str) -> TracesTo | None:
    """Where traces go: TILSAGN_TRACES_ENDPOINT; None where it is not set, and nothing is traced. Raises SettingsInvalid
    for what is no address of HTTP, and for a share that is none."""
    endpoint = environment.get("TILSAGN_TRACES_ENDPOINT")
    if not endpoint:
        return None
    if not endpoint.startswith(("http://", "https://")):
        raise SettingsInvalid("TILSAGN_TRACES_ENDPOINT is no address of HTTP: http://collector:4318/v1/traces.")
    told = environment.get("TILSAGN_TRACES_SHARE") or "1"
    try:
        share = float(told)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise SettingsInvalid(f"TILSAGN_TRACES_SHARE is {told!r}: from 0 to 1.")
    name = environment.get("TILSAGN_TRACES_SERVICE") or f"tilsagn-{service}"
    return TracesTo(endpoint=endpoint, service=name, share=share)


def refuse_unknown_pooler(environment: Mapping[str, str]) -> None:
    """Raises SettingsInvalid for a way of pooling connections that the services are not made for."""
    if (told := environment.get(POOLER) or "transaction") != "transaction":
        raise SettingsInvalid(f"{POOLER} is {told!r}: transaction, or not set where no pooler lies between.")


def handed_in(environment: Mapping[str, str]) -> int | None:
    """The socket that was handed down, by its file descriptor: TILSAGN_LISTEN_FD. Raises SettingsInvalid."""
    told = environment.get("TILSAGN_LISTEN_FD")
    if told and not told.isdecimal():
        raise SettingsInvalid(f"TILSAGN_LISTEN_FD is {told!r}: the number of a file descriptor.")
    return int(told) if told else None


def behind_at_most_in(environment: Mapping[str, str]) -> float:
    """How many seconds behind a standby may be and still be read: TILSAGN_BEHIND_AT_MOST_SECONDS, five minutes where it
    is not said. Raises SettingsInvalid."""
    told = environment.get("TILSAGN_BEHIND_AT_MOST_SECONDS") or str(BEHIND_AT_MOST_SECONDS)
    try:
        seconds = float(told)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86_400:
        raise SettingsInvalid(f"TILSAGN_BEHIND_AT_MOST_SECONDS is {told!r}: seconds, less than a day.")
    return seconds


def _refuse_several_servers(dsn: str) -> None:
    """Raises SettingsInvalid where a standby to read from is one of several: how far each has come is its own."""
    known = conninfo_to_dict(dsn)
    if "," in f"{known.get('host', '')}{known.get('hostaddr', '')}":
        raise SettingsInvalid("DATABASE_URL names several servers: a reader reads one. Start one for each.")


def issuers_in(environment: Mapping[str, str]) -> tuple[Issuer, ...]:
    """The issuers whose tokens are believed, from the file TILSAGN_ISSUERS_FILE names. Raises SettingsInvalid."""
    file = path_in(environment, "TILSAGN_ISSUERS_FILE")
    if file is None:
        return ()
    try:
        return tuple(Issuer(**each) for each in json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as unreadable:
        raise SettingsInvalid(f"TILSAGN_ISSUERS_FILE cannot be read: {unreadable}") from unreadable


def refuse_without_issuer(issuers: tuple[Issuer, ...], dev_issuer_key: Path | None) -> None:
    """Raises SettingsInvalid when nobody could log in."""
    if not issuers and dev_issuer_key is None:
        raise SettingsInvalid("Nobody could log in: set TILSAGN_ISSUERS_FILE.")
