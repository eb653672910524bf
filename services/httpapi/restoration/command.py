"""The command line of it, for both services: look, propose, and confirm as somebody else.

It runs where the service does, with the service's own environment: nowhere else is the key of the checkpoints. Who
asks is whoever the token says, by the issuers the service believes.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from services.eventlog.checkpoints.checkpoint import Checkpoints, load_signing_key
from services.eventlog.checkpoints.checkpointer import Digest
from services.eventlog.epoch.events import LogRestored
from services.eventlog.outside.keeping import TakeUp, nothing_is_taken_up
from services.eventlog.outside.kept_outside import Again
from services.eventlog.refusal import Refusal
from services.httpapi.callers.caller import Role
from services.httpapi.environment import SettingsInvalid
from services.httpapi.restoration.acting import Outside, Restoration
from services.httpapi.restoration.refusals import NotRestored
from services.httpapi.trust import SignIn, trusted
from services.process.acts_by_token import Look, by_two, run

ROLES = frozenset({Role.administrator, Role.controller})


class Settings(SignIn, Protocol):
    """What is needed of a service's settings."""

    @property
    def database_url(self) -> str: ...
    @property
    def checkpoint_dir(self) -> Path | None: ...
    @property
    def checkpoint_key(self) -> Path | None: ...


Told = TypeVar("Told", bound=Settings)


def main(
    settings: Callable[[], Told],
    *,
    log: str,
    digest: Digest,
    outside: Callable[[Told], Outside],
    take_up: TakeUp = nothing_is_taken_up,
    arguments: Sequence[str],
) -> None:
    """Do what is asked, and say what came of it. Ends with 1 and a sentence where it is refused, or where the settings
    do not say what it needs."""

    def restoration() -> Restoration:
        told = settings()
        return of(told, log=log, digest=digest, outside=outside(told), take_up=take_up)

    def propose(by: str, reason: str) -> str:
        proposed = restoration()
        proposed.propose(reason=reason, by=by)
        return in_words(proposed)

    def confirm(by: str, _: str) -> str:
        confirmed = restoration()
        return confirmed_in_words(confirmed.confirm(by=by), confirmed.again)

    look = Look(name="look", what="what the log lacks of what was signed for", does=lambda: in_words(restoration()))
    two = by_two(
        propose=propose,
        proposes="propose to go on without it",
        reason="what happened, and why they cannot be had back",
        confirm=confirm,
    )
    run(
        f"Go on without facts of the log of {log} that are lost for good.",
        [look, *two],
        who=lambda token: who(settings(), token),
        refused=(Refusal, NotRestored, SettingsInvalid),
        arguments=arguments,
    )


def of(
    told: Settings, *, log: str, digest: Digest, outside: Outside, take_up: TakeUp = nothing_is_taken_up
) -> Restoration:
    """The restoration of the service with these settings. Raises SettingsInvalid where nothing is signed."""
    if told.checkpoint_dir is None or told.checkpoint_key is None:
        raise SettingsInvalid("TILSAGN_CHECKPOINT_DIR and TILSAGN_CHECKPOINT_KEY_FILE say what was signed; set both.")
    key = load_signing_key(told.checkpoint_key)
    return Restoration(
        told.database_url,
        Checkpoints(told.checkpoint_dir),
        key,
        log=log,
        digest=digest,
        outside=outside,
        take_up=take_up,
    )


def who(told: SignIn, token_file: Path) -> str:
    """Whose token it is. Refuses one that is not believed, and somebody whose office it is not."""
    token = token_file.read_text(encoding="utf-8").strip()
    caller = asyncio.run(trusted(told)[0].caller_of(token))
    if ROLES.isdisjoint(caller.roles):
        raise SettingsInvalid(f"{caller.subject} has none of the roles {', '.join(sorted(ROLES))}.")
    return caller.subject


def in_words(restoration: Restoration) -> str:
    """What is lost, as far as it can be seen."""
    lost = restoration.look()
    last = f"checkpoint {lost.last.number} (position {lost.last.position})" if lost.last else "no checkpoint"
    return (
        f"The log ends at {lost.head.position}. The last that still holds is {last};"
        f" checkpoints {lost.signed[0].number} to {lost.newest.number} do not.\n"
        f"Lost: positions {lost.lost_from} to {lost.lost_to}, and what came after them and was never signed."
    )


def confirmed_in_words(fact: LogRestored, again: Sequence[Again] = ()) -> str:
    """What was recorded."""
    told = [
        f"The log goes on after {fact.goes_on_after}: {fact.proposed_by} proposed it, {fact.confirmed_by} confirmed.",
        f"Lost: positions {fact.lost_from} to {fact.lost_to}, checkpoints {fact.lost_checkpoints_from} to"
        f" {fact.lost_checkpoints_to}. Keep their files: they stay where they are.",
    ]
    told += [f"It left, and the log knows nothing of it: {name}" for name in fact.left_outside]
    told += [
        f"Recorded again, for it was kept outside the database: {each.event.TOPIC} on {each.stream}" for each in again
    ]
    return "\n".join(told)
