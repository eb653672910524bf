"""What the notifications service is told by its environment. Nothing has a secret for a default, and nothing here can
open the gate: there is no setting for days, clocks or exemptions."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.httpapi.callers.bearer import Issuer
from services.httpapi.callers.caller import STAFF
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
from services.notifications.facts.channel import Channel
from services.notifications.receiver.addresses import Allowed, read_allowed
from services.process.role import ProcessRole
from services.tracing.sending import TracesTo


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """How letters and notices leave by e-mail. Without `starttls` only a server on this machine is used."""

    host: str
    port: int
    sender: str
    starttls: bool = True
    user: str | None = None
    password_file: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`process_role` is what this process is for: one that only reads does so at `database_url`, a standby, as long as
    that is no more than `behind_at_most_seconds` behind, and else at `primary_url`, where there is one. `handed` is the
    socket it was handed down to listen at, in place of `host` and `port`. `traces` is where it tells what requests led
    to.

    `grants_url` is where the grants service is; its feed and its letters
    are read with the token in `grants_token` (role `service`).

    `outbox` is the directory the file channel puts letters and notices in; who only answers has none. `smtp` and
    `integration_point` (eFormidling, a URL) are there where a deployment has them; letters leave by `letter_channel`.
    `ministry_number` and `ministry_address` say whom notices go to: organisation number and e-mail address.
    `own_number` and `own_name` are the directorate's own, the sender's. `webhook_key` is the file of
    keys that seal what signs messages to receivers outside; `webhook_allowed` says which receivers may have an address
    that is not public. `stream_seconds` is how long somebody listens to messages before they must ask anew, with rights
    that still hold.
    `projects`: this process fills the read models, and `delivers`: it tells receivers outside and reminds of deadlines;
    one of several that does is enough. `digests` are the e-mail addresses that a role's daily digest goes to.
    """

    environment: str
    database_url: str
    process_role: ProcessRole = ProcessRole.both
    primary_url: str | None = None
    behind_at_most_seconds: float = BEHIND_AT_MOST_SECONDS
    outbox: Path | None = None
    grants_url: str | None = None
    grants_token: Path | None = None
    letter_channel: Channel = "file-outbox"
    smtp: Smtp | None = None
    integration_point: str | None = None
    ministry_number: str = "972417858"
    ministry_address: str | None = None
    own_number: str = "987879696"
    own_name: str = "Integrerings- og mangfoldsdirektoratet"
    webhook_key: Path | None = None
    webhook_allowed: tuple[Allowed, ...] = ()
    stream_seconds: int = 900
    checkpoint_dir: Path | None = None
    checkpoint_key: Path | None = None
    dev_issuer_key: Path | None = None
    dev_issuer: str = "tilsagn-development"
    audience: str = "tilsagn"
    issuers: tuple[Issuer, ...] = ()
    projects: bool = False
    delivers: bool = False
    digests: Mapping[str, str] = field(default_factory=dict)
    traces: TracesTo | None = None
    handed: int | None = None
    host: str = "127.0.0.1"
    port: int = 8001

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads TILSAGN_* and DATABASE_URL. Raises SettingsInvalid for what is missing or unreadable."""
        settings = cls(
            environment=needed(environment, "TILSAGN_ENVIRONMENT"),
            database_url=needed(environment, "DATABASE_URL"),
            process_role=process_role_in(environment),
            primary_url=environment.get("TILSAGN_PRIMARY_DATABASE_URL") or None,
            behind_at_most_seconds=behind_at_most_in(environment),
            outbox=path_in(environment, "TILSAGN_OUTBOX"),
            grants_url=environment.get("TILSAGN_GRANTS_URL") or None,
            grants_token=path_in(environment, "TILSAGN_GRANTS_TOKEN_FILE"),
            letter_channel=_channel(environment),
            smtp=_smtp(environment),
            integration_point=environment.get("TILSAGN_INTEGRATION_POINT_URL") or None,
            ministry_number=environment.get("TILSAGN_MINISTRY_NUMBER", cls.ministry_number),
            ministry_address=environment.get("TILSAGN_MINISTRY_ADDRESS") or None,
            own_number=environment.get("TILSAGN_OWN_NUMBER", cls.own_number),
            own_name=environment.get("TILSAGN_OWN_NAME", cls.own_name),
            webhook_key=path_in(environment, "TILSAGN_WEBHOOK_KEY_FILE"),
            webhook_allowed=_allowed(environment),
            stream_seconds=int(environment.get("TILSAGN_STREAM_SECONDS", str(cls.stream_seconds))),
            checkpoint_dir=path_in(environment, "TILSAGN_CHECKPOINT_DIR"),
            checkpoint_key=path_in(environment, "TILSAGN_CHECKPOINT_KEY_FILE"),
            dev_issuer_key=path_in(environment, "TILSAGN_DEV_ISSUER_KEY_FILE"),
            dev_issuer=environment.get("TILSAGN_DEV_ISSUER", cls.dev_issuer),
            audience=environment.get("TILSAGN_AUDIENCE", cls.audience),
            issuers=issuers_in(environment),
            digests=_digests(environment),
            projects=environment.get("TILSAGN_PROJECTS", "yes") != "no",
            delivers=environment.get("TILSAGN_DELIVERS", "yes") != "no",
            traces=traces_in(environment, "notifications"),
            handed=handed_in(environment),
            host=environment.get("TILSAGN_HOST", cls.host),
            port=int(environment.get("TILSAGN_PORT", str(cls.port))),
        )
        refuse_unknown_pooler(environment)
        refuse_without_issuer(settings.issuers, settings.dev_issuer_key)
        if settings.process_role.works:
            needed(environment, "TILSAGN_OUTBOX")
        if settings.letter_channel not in settings.channels:
            raise SettingsInvalid(f"TILSAGN_LETTER_CHANNEL is {settings.letter_channel}, which is not set up.")
        if settings.digests and settings.smtp is None:
            raise SettingsInvalid("TILSAGN_DIGEST_FILE names addresses, and no mail server is set (TILSAGN_SMTP_HOST).")
        return settings

    @property
    def channels(self) -> frozenset[Channel]:
        """What this deployment has set up; the file outbox always."""
        smtp: set[Channel] = {"smtp"} if self.smtp else set()
        eformidling: set[Channel] = {"eformidling"} if self.integration_point else set()
        return frozenset({"file-outbox", *smtp, *eformidling})

    @property
    def channels_to_the_ministry(self) -> frozenset[Channel]:
        """By which a notice can be sent: by e-mail only where the ministry's address is known."""
        return self.channels if self.ministry_address else self.channels - {"smtp"}


def _channel(environment: Mapping[str, str]) -> Channel:
    match environment.get("TILSAGN_LETTER_CHANNEL", "file-outbox"):
        case "file-outbox" | "smtp" | "eformidling" as channel:
            return channel
        case other:
            raise SettingsInvalid(f"TILSAGN_LETTER_CHANNEL is {other!r}: file-outbox, smtp or eformidling.")


def _allowed(environment: Mapping[str, str]) -> tuple[Allowed, ...]:
    try:
        return tuple(map(read_allowed, environment.get("TILSAGN_WEBHOOK_ALLOWED", "").replace(",", " ").split()))
    except ValueError as wrong:
        raise SettingsInvalid(f"TILSAGN_WEBHOOK_ALLOWED: {wrong}") from wrong


def _smtp(environment: Mapping[str, str]) -> Smtp | None:
    if not environment.get("TILSAGN_SMTP_HOST"):
        return None
    return Smtp(
        host=environment["TILSAGN_SMTP_HOST"],
        port=int(environment.get("TILSAGN_SMTP_PORT", "587")),
        sender=needed(environment, "TILSAGN_SMTP_SENDER"),
        starttls=environment.get("TILSAGN_SMTP_STARTTLS", "yes") != "no",
        user=environment.get("TILSAGN_SMTP_USER") or None,
        password_file=path_in(environment, "TILSAGN_SMTP_PASSWORD_FILE"),
    )


def _digests(environment: Mapping[str, str]) -> dict[str, str]:
    """Role and address, from a file in JSON."""
    file = path_in(environment, "TILSAGN_DIGEST_FILE")
    if file is None:
        return {}
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as unreadable:
        raise SettingsInvalid(f"TILSAGN_DIGEST_FILE cannot be read: {unreadable}") from unreadable
    roles = {role.value for role in STAFF}
    if not isinstance(told, dict) or not all(
        role in roles and isinstance(address, str) and "@" in address for role, address in told.items()
    ):
        raise SettingsInvalid(
            'TILSAGN_DIGEST_FILE holds other than {"role": "address"}, such as {"attestor": "a@b.no"}.'
        )
    return told
