"""`python -m services.grants.resuming look | propose | confirm | told`: go on with the feed of notifications after its
log went on otherwise than it was read (docs/operations.md)."""

import sys
from typing import Any

import httpx
from psycopg import Connection

from services.calendar.patience import at_most
from services.eventlog.checkpoints.behind import signed_at
from services.eventlog.checkpoints.checkpoint import load_signing_key
from services.eventlog.mapper import heard_in
from services.grants.case.events.grant_letter import LetterMayLeave, LetterReleased
from services.grants.grant_letter.permit.events import PermitGranted
from services.grants.settings import Settings
from services.httpapi.environment import SettingsInvalid
from services.httpapi.restoration.command import who
from services.inbox.events import Beyond
from services.inbox.follower import Source
from services.inbox.resuming.acting import Resumption, asking
from services.inbox.resuming.command import main
from services.inbox.resuming.rules import Resting
from services.inbox.rules import Place

# Each permit, with what was heard of the release of its letter by then.
PERMITS = """
    SELECT p.position, p.stream, p.topic, (
        SELECT r.metadata FROM grants.event r
        WHERE r.stream = 'case-' || substr(p.stream, length('permit-') + 1) AND r.topic = ANY (%s)
          AND r.position < p.position
          AND convert_from(r.data, 'UTF8')::jsonb ->> 'sha256' = convert_from(p.data, 'UTF8')::jsonb ->> 'letter_sha256'
        ORDER BY r.version DESC LIMIT 1)
    FROM grants.event p WHERE p.topic = %s AND p.position > %s ORDER BY p.position
"""


def permits(connection: Connection[Any], after: int) -> list[Resting]:
    """Each permit to send rests on a letter's being let out, which need not have been heard of by then: it is named."""
    found: list[Resting] = []
    asked = ([LetterReleased.TOPIC, LetterMayLeave.TOPIC], PermitGranted.TOPIC, after)
    for position, stream, topic, release in connection.execute(PERMITS.encode(), asked, binary=True):
        heard = heard_in(bytes(release)) if release is not None else None
        at = Place(position=heard.position, hash=heard.hash) if heard else None
        found.append((at, Beyond(position=position, stream=stream, topic=topic, at=at.position if at else 0)))
    return found


def resumption_of(told: Settings) -> Resumption:
    """That of the service with these settings. Raises SettingsInvalid where they do not say what it needs."""
    if told.notifications_feed is None or told.checkpoint_key is None:
        raise SettingsInvalid(
            "TILSAGN_NOTIFICATIONS_FEED_URL says whose feed it is, TILSAGN_CHECKPOINT_KEY_FILE what signs; set both."
        )
    feed = Source(name="notifications", url=told.notifications_feed, token_file=told.notifications_token)
    return Resumption(
        told.database_url,
        load_signing_key(told.checkpoint_key),
        log="grants",
        other="notifications",
        stands=asking(feed, httpx.Client(timeout=at_most(30))),
        rests=permits,
        signed=signed_at(told.checkpoint_dir, schema="grants"),
    )


if __name__ == "__main__":
    main(
        lambda: resumption_of(Settings.from_environment()),
        lambda token: who(Settings.from_environment(), token),
        other="notifications",
        wrong=SettingsInvalid,
        arguments=sys.argv[1:],
    )
