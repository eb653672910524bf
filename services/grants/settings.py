"""What the grants service is told by its environment. Nothing has a secret for a default."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from services.calendar.patience import at_most
from services.httpapi.callers.bearer import Issuer
from services.httpapi.environment import (
    BEHIND_AT_MOST_SECONDS,
    SettingsInvalid,
    behind_at_most_in,
    handed_in,
    issuers_in,
    needed,
    path_in,
    process_role_in,
    refuse_unknown_pooler,
    refuse_without_issuer,
    traces_in,
)
from services.process.role import ProcessRole
from services.tracing.sending import TracesTo


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`process_role` is what this process is for: one that only reads does so at `database_url`, a standby, as long as
    that is no more than `behind_at_most_seconds` behind, and else at `primary_url`, where there is one. `handed` is the
    socket it was handed down to listen at, in place of `host` and `port`. `traces` is where it tells what requests led
    to.

    `system_began_on` is the first day (Europe/Oslo) on which awards are decided, letters released and payments made
    here: older ones may be imported, as long as the log had not begun by then.

    `accounting_outbox` is the directory accounting takes payment requests from; without it a controller fetches them.
    `ledger_accounts` gives the account of each "chapter/post" ("*" for all others). `pay_out_warning_days` is how long
    before its day a pay-out deadline is told: our own number, no letter names one.

    Development has an issuer of its own (`dev_issuer_key`); production names its issuers in a file and refuses to start
    with ours. `letterhead` says who sends letters (none: IMDi); `typesetters` are set at once, each within
    `typesetting_seconds`; `readers` files from outside are read at once. `notifications_feed` is the feed that tells of
    released letters; none is followed without it. `tells_deadlines`: this process looks for deadlines that are new or
    otherwise, and tells them; one of several is enough.
    """

    environment: str
    database_url: str
    process_role: ProcessRole = ProcessRole.both
    primary_url: str | None = None
    behind_at_most_seconds: float = BEHIND_AT_MOST_SECONDS
    checkpoint_dir: Path | None = None
    checkpoint_key: Path | None = None
    dev_issuer_key: Path | None = None
    dev_issuer: str = "tilsagn-development"
    audience: str = "tilsagn"
    issuers: tuple[Issuer, ...] = ()
    system_began_on: date = date(2021, 1, 1)
    accounting_outbox: Path | None = None
    ledger_accounts: Mapping[str, str] = field(default_factory=dict)
    pay_out_warning_days: int = 14
    letterhead: Path | None = None
    typesetters: int = 2
    typesetting_seconds: float = at_most(10)
    readers: int = 2
    tells_deadlines: bool = False
    notifications_feed: str | None = None
    notifications_token: Path | None = None
    traces: TracesTo | None = None
    handed: int | None = None
    host: str = "127.0.0.1"
    port: int = 8000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads TILSAGN_* and DATABASE_URL. Raises SettingsInvalid for what is missing or unreadable."""
        settings = cls(
            environment=needed(environment, "TILSAGN_ENVIRONMENT"),
            database_url=needed(environment, "DATABASE_URL"),
            process_role=process_role_in(environment),
            primary_url=environment.get("TILSAGN_PRIMARY_DATABASE_URL") or None,
            behind_at_most_seconds=behind_at_most_in(environment),
            checkpoint_dir=path_in(environment, "TILSAGN_CHECKPOINT_DIR"),
            checkpoint_key=path_in(environment, "TILSAGN_CHECKPOINT_KEY_FILE"),
            dev_issuer_key=path_in(environment, "TILSAGN_DEV_ISSUER_KEY_FILE"),
            dev_issuer=environment.get("TILSAGN_DEV_ISSUER", "tilsagn-development"),
            audience=environment.get("TILSAGN_AUDIENCE", "tilsagn"),
            issuers=issuers_in(environment),
            system_began_on=date.fromisoformat(environment.get("TILSAGN_SYSTEM_BEGAN_ON", "2021-01-01")),
            accounting_outbox=path_in(environment, "TILSAGN_ACCOUNTING_OUTBOX"),
            ledger_accounts=_ledger_accounts(path_in(environment, "TILSAGN_LEDGER_ACCOUNTS_FILE")),
            pay_out_warning_days=int(environment.get("TILSAGN_PAY_OUT_WARNING_DAYS", "14")),
            letterhead=path_in(environment, "TILSAGN_LETTERHEAD_FILE"),
            typesetters=int(environment.get("TILSAGN_TYPESETTERS", "2")),
            typesetting_seconds=float(environment.get("TILSAGN_TYPESETTING_SECONDS", at_most(10))),
            readers=int(environment.get("TILSAGN_READERS", "2")),
            tells_deadlines=environment.get("TILSAGN_TELLS_DEADLINES", "yes") != "no",
            notifications_feed=environment.get("TILSAGN_NOTIFICATIONS_FEED_URL") or None,
            notifications_token=path_in(environment, "TILSAGN_NOTIFICATIONS_FEED_TOKEN_FILE"),
            traces=traces_in(environment, "grants"),
            handed=handed_in(environment),
            host=environment.get("TILSAGN_HOST", "127.0.0.1"),
            port=int(environment.get("TILSAGN_PORT", "8000")),
        )
        refuse_unknown_pooler(environment)
        refuse_without_issuer(settings.issuers, settings.dev_issuer_key)
        return settings


def _ledger_accounts(file: Path | None) -> Mapping[str, str]:
    if file is None:
        return {}
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as unreadable:
        raise SettingsInvalid(f"TILSAGN_LEDGER_ACCOUNTS_FILE cannot be read: {unreadable}") from unreadable
    if not isinstance(told, dict) or not all(isinstance(account, str) for account in told.values()):
        raise SettingsInvalid('TILSAGN_LEDGER_ACCOUNTS_FILE holds other than {"chapter/post": "account"}.')
    return told
