"""The grants service, put together. `python -m services.grants.main` serves it."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from services.calendar import clock
from services.calendar.days import day_of
from services.eventlog.behind import signed_at
from services.eventlog.checkpoint import Checkpoints, load_signing_key
from services.eventlog.checkpointer import Checkpointer
from services.eventlog.feed import Feed
from services.eventlog.head import Head
from services.eventlog.log import Log
from services.eventlog.pool import open_later
from services.eventlog.rights import refuse_changed_role, refuse_replaced_clock, refuse_superuser
from services.eventlog.runner import Runner
from services.grants.allocation.named_letter import NamedLetters
from services.grants.allocation.view import Letters
from services.grants.application.contact_rows import ContactRows
from services.grants.back_dating.guard import DayGuard
from services.grants.back_dating.routes import back_dating_router
from services.grants.balance.digest import read_digest
from services.grants.balance.movements import effects
from services.grants.balance.view import Balances
from services.grants.case.command_handler import CaseFile
from services.grants.case.number_guard import Numbers
from services.grants.case_number.view import CaseNumbers
from services.grants.case_view.answer import show
from services.grants.deadline.telling import Telling
from services.grants.disbursement.batch.accounting import FileOutbox
from services.grants.disbursement.batch.hand_over import HandingOver
from services.grants.disbursement.pay_out.sweep import PayOuts
from services.grants.grant_letter.letterhead import OURS, read_letterhead
from services.grants.grant_letter.press import LetterPress
from services.grants.grant_letter.store import LetterFiles
from services.grants.grant_letter.typesetting import Typesetters
from services.grants.recording.refusals import refused_by_the_database, without_room
from services.grants.scheme.view import Schemes
from services.grants.settings import Settings
from services.grants.staff.view import Staff
from services.grants.wiring import HEARD, MESSAGES, PROJECTIONS, routers
from services.httpapi.app import Service, service
from services.httpapi.carrying import Desk
from services.httpapi.command_routes import command_router
from services.httpapi.limits import Limits
from services.httpapi.logs import configure_logs
from services.httpapi.problems.catalogue import WORDS
from services.httpapi.problems.routes import problem_router
from services.httpapi.server import server
from services.httpapi.trust import trusted
from services.inbox.follower import Follower, Source
from services.sandbox import Sandbox

LETTER_BYTES = 1024 * 1024
ROUND_BYTES = 4 * 1024 * 1024  # a file of ten thousand per-capita lines
RECEIPT_BYTES = 1024 * 1024
LIMITS = Limits(
    larger_bodies={
        "/v1/letters": LETTER_BYTES,
        "/v1/letters/*": LETTER_BYTES,
        "/v1/payment-batches/*": RECEIPT_BYTES,
        "/v1/rounds/*": ROUND_BYTES,
    }
)


def create_app(
    settings: Settings, *, now: Callable[[], datetime] = clock.now, acted_on: Callable[[], date] | None = None
) -> Service:
    """The service as the settings say. Raises DevelopmentIssuerInProduction rather than start with our own issuer.

    `now` is this service's clock, which the log's must agree with. On the machine's own, which no setting changes, it
    refuses to start unless the database's is the machine's too; whoever composes it with another (a test, the
    demonstration) owns that database. What people decide is held to today; whoever composes the service with
    another day for that (`acted_on`) is a test that plays many days."""
    callers, key_routers = trusted(settings)

    def today() -> date:
        return day_of(now())

    registry = CollectorRegistry()
    pool = open_later(settings.database_url)
    signed = signed_at(settings.checkpoint_dir, schema="grants")
    log = Log(settings.database_url, pool, schema="grants", effects=effects, signed=signed, now=now, registry=registry)
    head = Head(pool, schema="grants")
    guard = DayGuard(log, acted_on or today)
    numbers = Numbers(settings.environment, today)
    letters = Letters(log)
    desk = Desk(log, without_room, refused_by_the_database, (guard, numbers, NamedLetters(letters)))
    balances = Balances(pool)
    contacts = ContactRows(pool)
    case_numbers = CaseNumbers(pool)
    outbox = FileOutbox(settings.accounting_outbox) if settings.accounting_outbox else None
    handing_over = HandingOver(log, pool, outbox, today)
    pay_outs = PayOuts(log, balances, today, warning_days=settings.pay_out_warning_days)
    telling = Telling(log, pool, case_numbers)
    sandbox = Sandbox(settings.readers)
    typesetters = Typesetters(settings.typesetters, seconds=settings.typesetting_seconds)
    letterhead = read_letterhead(settings.letterhead or OURS)
    staff = Staff(log, pool)
    press = LetterPress(Schemes(log, pool), letterhead, typesetters, LetterFiles(pool), staff, case_numbers)

    async def database_answers() -> None:
        async with pool.connection(timeout=2) as connection:
            await connection.execute("SELECT 1")

    projections = Runner(settings.database_url, PROJECTIONS, schema="grants", views="grants_view", registry=registry)

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        checkpointer = sealing(settings, log, now, registry)
        inbox = following(settings, log, registry)
        async with pool:
            await refuse_superuser(pool, "grants_service")
            await refuse_changed_role(pool, "grants")
            if now is clock.now:
                await refuse_replaced_clock(pool, "grants")
            projections.start()
            handing_over.start()
            pay_outs.start()
            contacts.start()
            if settings.tells_deadlines:
                telling.start()
            if checkpointer:
                checkpointer.start()
            if inbox:
                inbox.start()
            try:
                yield
            finally:
                if inbox:
                    await inbox.stop()
                await typesetters.close()
                await sandbox.close()
                if checkpointer:
                    await checkpointer.stop()
                await handing_over.stop()
                await pay_outs.stop()
                await contacts.stop()
                await telling.stop()
                await head.close()
                projections.stop()
                log.close()

    return service(
        "Tilsagn: grants",
        "0.1.0",
        routers=[
            *routers(
                desk=desk,
                cases=CaseFile(desk, case_numbers, show),
                balances=balances,
                letters=letters,
                press=press,
                sandbox=sandbox,
                feed=Feed(pool, head, schema="grants", source="/grants", mappers=MESSAGES),
                pool=pool,
                contacts=contacts,
                settings=settings,
                today=today,
                handing_over=handing_over,
                numbers=numbers,
                pay_outs=pay_outs,
                staff=staff,
            ),
            command_router(log),
            back_dating_router(desk, guard),
            *key_routers,
            problem_router("services.grants", Path(__file__).with_name(WORDS)),
        ],
        callers=callers,
        checks={"database": database_answers, "writer": log.records},
        limits=LIMITS,
        registry=registry,
        lifespan=lifespan,
        at_stop=[head.let_go],
        sandbox=sandbox,
        parked=lambda: projections.parked,
    )


def sealing(
    settings: Settings, log: Log, now: Callable[[], datetime], registry: CollectorRegistry
) -> Checkpointer | None:
    """Who signs the log's state into files outside the database, where the settings say where and with what key."""
    if settings.checkpoint_dir is None or settings.checkpoint_key is None:
        return None
    return Checkpointer(
        settings.database_url,
        Checkpoints(settings.checkpoint_dir),
        load_signing_key(settings.checkpoint_key),
        log="grants",
        digest=read_digest,
        refused=log.look_again,
        now=now,
        registry=registry,
    )


def following(settings: Settings, log: Log, registry: CollectorRegistry) -> Follower | None:
    """Who reads the notifications service's feed, where the settings say where it is."""
    if settings.notifications_feed is None:
        return None
    source = Source(name="notifications", url=settings.notifications_feed, token_file=settings.notifications_token)
    return Follower(log, source, HEARD, registry=registry)


if __name__ == "__main__":
    configure_logs(level="INFO")
    told = Settings.from_environment()
    server(create_app(told), host=told.host, port=told.port).run()
