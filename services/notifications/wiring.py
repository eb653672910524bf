"""The rooms of this service: their addresses, and what each tells other services."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from psycopg_pool import AsyncConnectionPool

from services.calendar.days import day_of
from services.duties.apart import SamePersonTwice
from services.eventlog.feeds.feed import Feed, Mapper
from services.eventlog.projections.projection import Projection
from services.httpapi.commands.command_routes import command_router
from services.httpapi.log_routes import log_router
from services.httpapi.route import Router
from services.kept_answers.routes import kept_answer_router
from services.lost_grounds.routes import lost_ground_router
from services.lost_grounds.view import Grounds
from services.notifications.acts.command_handler import NotificationCommands
from services.notifications.channel import messages as channel_messages
from services.notifications.channel.rules import LetterOnItsWay
from services.notifications.deadline.listing import Deadlines
from services.notifications.deadline.routes import deadline_router
from services.notifications.deadline.subscriptions.calendar_routes import calendar_router
from services.notifications.deadline.threshold_routes import threshold_router
from services.notifications.deadline.view import Register
from services.notifications.gate.refusals import refused_by_the_database
from services.notifications.grants_feed.lost_policies import LostPolicies, lost_policy_router
from services.notifications.notice import messages as notice_messages
from services.notifications.notice.refusals import AlreadyOrdered, ReceivedBeforeSent, ReceivedInTheFuture
from services.notifications.notice.routes import notice_router
from services.notifications.publication import messages as publication_messages
from services.notifications.publication.routes import publication_router
from services.notifications.release import messages as release_messages
from services.notifications.release.routes import award_router
from services.notifications.webhook.delivery_log.deliveries import Deliveries
from services.notifications.webhook.delivery_log.delivery_routes import delivery_router
from services.notifications.webhook.delivery_log.streaming import MessageStream, stream_router
from services.notifications.webhook.routes import endpoint_router
from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.webhook.sending.sealing import Secrets
from services.notifications.webhook.view import EndpointList

MESSAGES: Mapping[str, Mapper] = {
    **release_messages.MESSAGES,
    **channel_messages.MESSAGES,
    **publication_messages.MESSAGES,
    **notice_messages.MESSAGES,
}


# What PostgreSQL refuses by itself beside the gate's own, in the words of the room that would have refused it before.
NOT_OF_THE_GATE = (AlreadyOrdered, ReceivedBeforeSent, ReceivedInTheFuture, LetterOnItsWay, SamePersonTwice)
refused = partial(refused_by_the_database, beside={each.code: each for each in NOT_OF_THE_GATE})

# Read models that follow the log in batches.
PROJECTIONS: tuple[Projection, ...] = (Register(),)


def routers(
    acting: NotificationCommands,
    feed: Feed,
    pool: AsyncConnectionPool,
    checkpoint_dir: Path | None,
    secrets: Secrets,
    reaching: Reaching,
    stream: MessageStream,
) -> list[Router]:
    """Every room's routes."""
    return [
        notice_router(acting),
        award_router(acting),
        publication_router(acting),
        delivery_router(acting.desk, Deliveries(pool), acting.now),
        endpoint_router(acting.desk, secrets, reaching, EndpointList(pool), acting.now),
        stream_router(stream),
        deadline_router(acting.desk, Deadlines(pool), acting.now),
        threshold_router(acting.desk, acting.now),
        calendar_router(acting.desk, Deadlines(pool), acting.now),
        lost_policy_router(LostPolicies(pool)),
        kept_answer_router(acting.desk, lambda: day_of(acting.now())),
        lost_ground_router(acting.desk, Grounds(pool, "notifications", "grants")),
        log_router(feed, pool, checkpoint_dir, schema="notifications"),
        command_router(acting.desk.log),
    ]
