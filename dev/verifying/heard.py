"""Both logs held against each other: what each says it heard of the other."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import psycopg
from psycopg import IsolationLevel

from dev.verifying.gone_back import GoneBack
from dev.verifying.heard_anew import HeardReconciliation, Side
from dev.verifying.permitted import check_permits, check_tries
from dev.verifying.unreadable import Found, looked_at
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.events import Event
from services.grants import wiring as grants
from services.inbox.taking import MessageHandler
from services.notifications import wiring as notifications
from services.notifications.facts.release import LetterHeld
from services.notifications.grants_feed.inbox import heard

HEARD_BY_GRANTS = frozenset(
    {
        "award.letter-released.v1",
        "award.letter-released.v2",
        "award.letter-left.v1",
        "award.letter-perhaps-left.v1",
        "award.letter-not-arrived.v1",
        "award.letter-release-ended.v1",
        "award.letter-delivered.v1",
        "permit.answered.v1",
        "notice.listing-heard.v1",
        "notice.sending-heard.v1",
        "notice.receipt-heard.v1",
        "notice.revocation-heard.v1",
        "notice.objection-heard.v1",
        "notice.lifting-heard.v1",
        "notice.withdrawal-heard.v1",
    }
)
HEARD_BY_NOTIFICATIONS = frozenset(
    {
        "scheme.notice-policy-heard.v1",
        "scheme.notice-policy-heard.v2",
        "letter.award-heard.v1",
        "letter.file-heard.v1",
        "letter.decision-heard.v1",
        "letter.change-heard.v1",
        "letter.followed.v1",
        "letter.award-ended.v1",
        "letter.held.v1",
        "letter.held.v2",
        "deadline.heard.v1",
    }
)


def _by_notifications(made: Sequence[Event]) -> Mapping[str, MessageHandler]:
    """The channel is the deployment's choice, and stands in what was held."""
    return heard(next((event.manifest.channel for event in made if isinstance(event, LetterHeld)), "file-outbox"))


SIDES = (
    Side(
        schema="notifications",
        other="grants",
        hears=_by_notifications,
        heard_topics=HEARD_BY_NOTIFICATIONS,
        mappers=grants.MESSAGES,
    ),
    Side(
        schema="grants",
        other="notifications",
        hears=lambda _: grants.HEARD,
        heard_topics=HEARD_BY_GRANTS,
        mappers=notifications.MESSAGES,
    ),
)
PERMITS: Mapping[str, tuple[str, Callable[..., Found]]] = {
    "notifications": ("the permits it was given", check_tries),
    "grants": ("the permits it gave", check_permits),
}


def check_heard(
    dsns: Mapping[str, str], keys: Mapping[str, Path] | None = None
) -> dict[str, tuple[Counter[str], list[Fault]]]:
    """For each log, what was looked at and what does not hold. Each is read before the other, as it then stood: what it
    heard by then, the other had told. `keys` are the public keys of each log's checkpoints, which sign what two
    people agreed of a feed too."""
    found = {}
    for side in SIDES:
        with psycopg.connect(dsns[side.schema]) as ours, psycopg.connect(dsns[side.other]) as theirs:
            for connection in (ours, theirs):
                connection.isolation_level = IsolationLevel.REPEATABLE_READ
                connection.read_only = True
                connection.execute("SELECT 1 FROM pg_class LIMIT 1")  # from here on it is read as it stands now
            key = (keys or {}).get(side.schema)
            back = GoneBack()
            going_back = partial(back.read, ours, theirs, schema=side.schema, other=side.other, key=key)
            gone, untrue = looked_at(ours, f"where {side.schema} went back", going_back, theirs)
            reconciliation = HeardReconciliation(side=side, ours=ours, theirs=theirs, back=back)
            _, unread = looked_at(ours, f"what {side.schema} heard", reconciliation.run, theirs)
            counts, faults = reconciliation.counts, reconciliation.faults + unread
            what, check = PERMITS[side.schema]
            permits, strays = looked_at(ours, what, partial(check, ours, theirs, named=back.named), theirs)
            counts, faults = counts + gone + permits, faults + untrue + strays
            found[side.schema] = (counts, sorted(faults, key=lambda fault: fault.position))
    return found
