"""`python -m services.notifications.resuming look | propose | confirm | told`: go on with grants' feed after its log
went on otherwise than it was read (docs/operations.md)."""

import sys
from typing import Any

import httpx
from psycopg import Connection

from services.calendar.patience import at_most
from services.eventlog.checkpoints.behind import signed_at
from services.eventlog.checkpoints.checkpoint import load_signing_key
from services.eventlog.mapper import decode
from services.httpapi.environment import SettingsInvalid
from services.httpapi.restoration.command import who
from services.inbox.events import Beyond
from services.inbox.follower import Source
from services.inbox.resuming.acting import Resumption, asking
from services.inbox.resuming.command import main
from services.inbox.resuming.rules import Resting
from services.inbox.rules import Place
from services.notifications.facts.channel import LetterSendingPermitted
from services.notifications.settings import Settings

TRIES = (
    "SELECT position, stream, topic, data FROM notifications.event WHERE topic = %s AND position > %s ORDER BY position"
)


def tries(connection: Connection[Any], after: int) -> list[Resting]:
    """Each try to send a letter rests on grants' permit, which is told in no feed: what was tried may have left."""
    found: list[Resting] = []
    for position, stream, topic, data in connection.execute(
        TRIES.encode(), (LetterSendingPermitted.TOPIC, after), binary=True
    ):
        begun = decode(topic, data)
        assert isinstance(begun, LetterSendingPermitted)
        at = Place(position=begun.permit.position, hash=begun.permit.hash)
        found.append((at, Beyond(position=position, stream=stream, topic=topic, at=at.position)))
    return found


def resumption_of(told: Settings) -> Resumption:
    """That of the service with these settings. Raises SettingsInvalid where they do not say what it needs."""
    if told.grants_url is None or told.checkpoint_key is None:
        raise SettingsInvalid(
            "TILSAGN_GRANTS_URL says whose feed it is, TILSAGN_CHECKPOINT_KEY_FILE what signs; set both."
        )
    feed = Source(name="grants", url=f"{told.grants_url}/v1/feed", token_file=told.grants_token)
    return Resumption(
        told.database_url,
        load_signing_key(told.checkpoint_key),
        log="notifications",
        other="grants",
        stands=asking(feed, httpx.Client(timeout=at_most(30))),
        rests=tries,
        signed=signed_at(told.checkpoint_dir, schema="notifications"),
    )


if __name__ == "__main__":
    main(
        lambda: resumption_of(Settings.from_environment()),
        lambda token: who(Settings.from_environment(), token),
        other="grants",
        wrong=SettingsInvalid,
        arguments=sys.argv[1:],
    )
