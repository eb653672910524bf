"""What a worker of the notifications service does: it follows grants' feed and fetches letters' bytes, lets out what
may leave and sends it, tells receivers outside, and reminds whoever is to be reminded. Only a worker has the channels'
credentials. Read models and checkpoints are every service's (services/process). Any number may run: each of these takes
turns by a lock or a version, so two do nothing twice."""

from contextlib import AsyncExitStack

from services.inbox.follower import Follower, Source
from services.kept_answers.clearing import Clearing
from services.lost_grounds.counting import CountingGrounds
from services.lost_grounds.view import Grounds
from services.notifications.channel.carriers import carriers_of, ministry_of
from services.notifications.channel.permits import GrantsPermits, Nobody, Permits
from services.notifications.channel.post import Post
from services.notifications.channel.sender import Sender
from services.notifications.channel.smtp import SmtpChannel
from services.notifications.deadline.digests.digest_post import Digests
from services.notifications.deadline.listing import Deadlines
from services.notifications.deadline.sweep import LONGEST_SECONDS, Alerting
from services.notifications.gate.reading import GateReading
from services.notifications.grants_feed.inbox import heard
from services.notifications.held.file_fetcher import Fetching
from services.notifications.held.file_store import KeptFiles
from services.notifications.notice.notice_post import NoticePost
from services.notifications.outbox import OUTBOX
from services.notifications.release.letter_post import LetterPost
from services.notifications.release.sweep import Sweep
from services.notifications.settings import Settings
from services.notifications.webhook.following import Following
from services.notifications.webhook.sending.delivering import Delivering
from services.notifications.webhook.sending.reaching import Reaching
from services.notifications.webhook.sending.sealing import Seals, Secrets
from services.outbox.known import KnownOutbox
from services.process.process import Process
from services.process.tasks import Task


def permits_of(settings: Settings, stack: AsyncExitStack) -> Permits:
    """Whose word is asked at each try to send a letter: grants', where the settings say where it is; else nobody gives
    any, and letters wait."""
    if settings.grants_url is None:
        return Nobody()
    permits = GrantsPermits(Source(name="grants", url=settings.grants_url, token_file=settings.grants_token))
    stack.push_async_callback(permits.close)
    return permits


def outbox_of(process: Process, settings: Settings) -> KnownOutbox | None:
    """The folder that letters and notices leave by, held against the one the log knows; None where nothing leaves."""
    if settings.outbox is None or not process.role.works:
        return None
    return KnownOutbox(process.log, settings.outbox, name=OUTBOX, makes=True, registry=process.registry)


def sending(process: Process, settings: Settings, permits: Permits, outbox: KnownOutbox | None = None) -> list[Task]:
    """The sender, the sweep, and, where grants is known, its follower and fetcher. `outbox` is the folder that the
    sender may use."""
    log, pool, now, registry = process.log, process.pool, process.now, process.registry
    reading, files = GateReading(log, pool), KeptFiles(pool)
    posts: dict[str, Post] = {
        "letter": LetterPost(reading, permits, now),
        "notice": NoticePost(files, ministry_of(settings), now),
    }
    tasks: list[Task] = [
        Sender(log, pool, carriers_of(settings), posts, now, outbox=outbox, registry=registry),
        Sweep(reading, files, now, registry=registry),
        Clearing(log, pool, schema=process.schema),
    ]
    if settings.grants_url:
        feed = Source(name="grants", url=f"{settings.grants_url}/v1/feed", token_file=settings.grants_token)
        root = Source(name="grants", url=settings.grants_url, token_file=settings.grants_token)
        tasks.append(Follower(log, feed, heard(settings.letter_channel), registry=registry))
        tasks.append(CountingGrounds(Grounds(pool, process.schema, "grants"), registry=registry))
        tasks.append(Fetching(files, root, registry=registry))
    return tasks


def telling(
    process: Process,
    settings: Settings,
    stack: AsyncExitStack,
    *,
    look_seconds: float = LONGEST_SECONDS,
    reaching: Reaching | None = None,
) -> list[Task]:
    """Who tells receivers outside and sends digests. What is due is looked for every `look_seconds`."""
    log, pool, registry = process.log, process.pool, process.registry
    reaching = reaching or Reaching(settings.webhook_allowed)
    stack.push_async_callback(reaching.close)
    secrets = Secrets(pool, Seals.from_file(settings.webhook_key))
    tasks: list[Task] = [
        Following(log, pool, registry=registry),
        Delivering(log, pool, secrets, reaching, registry=registry),
        Alerting(log, pool, look_seconds=look_seconds, registry=registry),
    ]
    if settings.digests and settings.smtp:
        carrier = SmtpChannel(settings.smtp)
        tasks.append(Digests(log, Deadlines(pool), carrier, settings.digests, registry=registry))
    return tasks
