"""What a worker of the grants service does: it follows the notifications service's feed, hands batches over to
accounting, tells of deadlines and looks after contact persons. Read models and checkpoints are every service's
(services/process). Any number may run: each of these takes turns by a lock or a version, so two do nothing twice."""

from collections.abc import Callable
from datetime import date

from services.eventlog.checkpoints.checkpoint import load_signing_key
from services.eventlog.outside.keeping import Keeping
from services.eventlog.outside.kept_outside import KeptOutside
from services.grants.application.contacts.contact_rows import ContactRows
from services.grants.balance.view import Balances
from services.grants.case_number.view import CaseNumbers
from services.grants.deadline.telling import Telling
from services.grants.disbursement.batch.accounting import FileOutbox
from services.grants.disbursement.batch.hand_over import HandingOver
from services.grants.disbursement.pay_out.sweep import PayOuts
from services.grants.outbox import OUTBOX
from services.grants.restoring import KEPT, take_up
from services.grants.settings import Settings
from services.grants.wiring import HEARD
from services.inbox.follower import Follower, Source
from services.kept_answers.clearing import Clearing
from services.lost_grounds.counting import CountingGrounds
from services.lost_grounds.view import Grounds
from services.outbox.known import KnownOutbox
from services.process.process import Process
from services.process.tasks import Task


def keeping_of(process: Process, settings: Settings) -> Keeping | None:
    """Who keeps erasures and batches outside the database, where the settings say where, and with what key."""
    if settings.checkpoint_dir is None or settings.checkpoint_key is None:
        return None
    kept = KeptOutside(settings.checkpoint_dir, load_signing_key(settings.checkpoint_key), log="grants")
    return Keeping(process.log, settings.database_url, kept, schema="grants", topics=KEPT, take_up=take_up)


def outbox_of(process: Process, settings: Settings) -> KnownOutbox | None:
    """The folder that payment requests leave by, held against the one the log knows; None without one."""
    if settings.accounting_outbox is None or not process.role.works:
        return None
    return KnownOutbox(process.log, settings.accounting_outbox, name=OUTBOX, registry=process.registry)


def tasks_of(
    process: Process, settings: Settings, today: Callable[[], date], outbox: KnownOutbox | None = None
) -> list[Task]:
    """What runs for as long as the process does, as far as the settings say where to. `outbox` is the folder that
    payment requests leave by."""
    log, pool = process.log, process.pool
    tasks: list[Task] = [
        PayOuts(log, Balances(pool), today, warning_days=settings.pay_out_warning_days),
        ContactRows(pool),
        Clearing(log, pool, schema=process.schema),
    ]
    keeping = keeping_of(process, settings)
    if keeping is not None:
        tasks.append(keeping)
    if settings.accounting_outbox is not None:
        kept = keeping.keep_up if keeping else None
        accounting = FileOutbox(settings.accounting_outbox)
        tasks.append(HandingOver(log, pool, accounting, today, outbox=outbox, kept=kept))
    if settings.tells_deadlines:
        tasks.append(Telling(log, pool, CaseNumbers(pool)))
    if settings.notifications_feed is not None:
        source = Source(name="notifications", url=settings.notifications_feed, token_file=settings.notifications_token)
        tasks.append(Follower(log, source, HEARD, registry=process.registry))
        grounds = Grounds(pool, process.schema, "notifications")
        tasks.append(CountingGrounds(grounds, registry=process.registry))
    return tasks
