"""A small year lived through by both services, over HTTP, on a clock of their own: what faults are planted in.

One letter left after its days, one at once by its scheme's policy, one on the ministry's waiver. Others wait: the
ministry objected to one, the receipt of another was revoked, the days of a third still run, and one is untold. Money
was awarded, paid by file to a recipient's account, and withheld; an applicant left a contact. At the end the clock is
the machine's own again, as it was shipped.
"""

import asyncio
import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import create_engine

from dev.at_its_day import AtItsDay, acted_on
from services.calendar.days import day_of
from services.eventlog.checkpoints.checkpoint import Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.eventlog.projections.projector import Projector
from services.grants.back_dating.events import BoundConfirmed, BoundProposed
from services.grants.back_dating.guard import STREAM as BACK_DATING
from services.grants.back_dating.rules import date_back, fold
from services.grants.balance.digest import read_digest as digest_of_balances
from services.grants.balance.movements import effects
from services.grants.case.events.award import AwardApproved, AwardProposed
from services.grants.case.events.disbursement import InstalmentPaid
from services.grants.main import create_app as create_grants
from services.httpapi.callers.caller import Role
from services.kept_answers.events import TERM_STREAM, TermConfirmed, TermProposed
from services.notifications.gate.digest import read_digest as digest_of_the_gate
from services.notifications.main import create_app as create_notifications
from services.notifications.receiver.addresses import read_allowed
from services.notifications.settings import Settings
from services.notifications.wiring import PROJECTIONS
from tests.conftest import Database
from tests.eventlog.played import EARMARK, KEY, NEW_YEAR, POST, case, fund, letter, life
from tests.faults.service import issuer_of, settings_of
from tests.grants.application.desk import APPLICATION, FIRST_ROUND, SCHEMES
from tests.grants.application.desk import FUND as JOBBSJANSEN
from tests.grants.award.letter_routes import FUND, SCHEME
from tests.grants.disbursement.payments_over_http import ACCOUNT
from tests.grants.fodt_fri import MILLION
from tests.journeys.two_services import FREE, OWED, Town, confirmed, listening, looking_often, scheme
from tests.patience import PATIENCE_SECONDS, until

BEGAN = datetime(2020, 3, 2, 8, tzinfo=UTC)
DAY_BEFORE = BEGAN.date() - timedelta(days=1)
FREE_SCHEME = "fri-2020"
WAIVER = {"document": "20/00123-7", "document_sha256": "ab" * 32}
MEMBER_OF_STAFF = {"subject": "kari", "name": "Kari Hansdatter", "title": "rådgiver", "valid_from": "2020-01-01"}
DAYS_BACK: dict[str, Any] = {"days": 90, "valid_from": BEGAN.date(), "reason": "Ordningene ble til ved nyttår."}
BOUND = (BoundProposed(**DAYS_BACK, proposed_by="siri"), BoundConfirmed(**DAYS_BACK, confirmed_by="liv"))
KEPT: dict[str, Any] = {"days": 30, "valid_from": BEGAN.date(), "reason": "Ingen prøver igjen etter en måned."}
TERM = (TermProposed(**KEPT, proposed_by="siri"), TermConfirmed(**KEPT, confirmed_by="liv"))
ENDPOINT: dict[str, Any] = {"url": "http://127.0.0.1:9/hook", "types": ["*"], "ordered": True}
ONE: dict[str, Any] = {"instalments": [{"number": 1, "amount_ore": MILLION}]}
SHIPPED = "SELECT pg_get_functiondef('{}.log_clock()'::regprocedure)"
SERVICES = ("grants", "notifications")
FOLDERS = {"grants": "checkpoints", "notifications": "checkpoints-notifications"}
DIGESTS = {"grants": digest_of_balances, "notifications": digest_of_the_gate}


class Clock:
    """The time on every clock at once; the owner's functions tell it, until the block ends."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self.at, self._owner = BEGAN, owner

    def now(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        self.at = at
        for schema in SERVICES:
            self._owner.execute(
                f"CREATE OR REPLACE FUNCTION {schema}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
                f" SET search_path = pg_catalog, pg_temp AS $$ SELECT '{at.isoformat()}'::timestamptz $$".encode()
            )


@contextmanager
def simulated(database: Database) -> Iterator[Clock]:
    """Both logs' clocks replaced, and afterwards as they were shipped."""
    with psycopg.connect(database.migrator_dsn, autocommit=True) as owner:
        owner.execute("SET ROLE tilsagn_owner")
        found = [owner.execute(SHIPPED.format(schema).encode()).fetchone() for schema in SERVICES]
        clock = Clock(owner)
        clock.set(BEGAN)
        try:
            yield clock
        finally:
            for row in found:
                assert row is not None
                owner.execute(row[0].encode())


@dataclass(frozen=True, kw_only=True)
class Lived:
    """The database, the folder that holds both logs' checkpoints, and the streams of the letters by what became of
    them."""

    database: Database
    folder: Path
    letters: dict[str, str]


def live(database: Database, folder: Path, ports: tuple[int, int]) -> Lived:
    """All of it."""
    letters: dict[str, str] = {}
    with simulated(database) as clock:
        signing = {schema: signer(database, folder, schema, clock.now) for schema in SERVICES}

        def sign() -> None:
            for each in signing.values():
                each.sign()

        open_year(database, clock.now)
        sign()
        clock.set(BEGAN + timedelta(hours=1))  # what was confirmed in the very instant frees nothing
        for number in (1, 2):
            live_through(database, number, clock.now)
            assert signing["grants"].sign()
        asyncio.run(work(database, folder, ports, clock, letters, sign))
        for number in (3, 4, 5):
            live_through(database, number, clock.now)
            assert signing["grants"].sign()
        sign()
        clock.set(clock.at + timedelta(days=40))
        for schema in SERVICES:
            clear_answers(database, schema, clock.now())
        sign()
    follow(database)
    return Lived(database=database, folder=folder, letters=letters)


def follow(database: Database) -> None:
    """The read models of notifications, up to the end of its log."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.notifications_dsn))
    for projection in PROJECTIONS:
        following = Projector(engine, projection, schema="notifications", views="notifications_view")
        while following.step():
            pass
    engine.dispose()


def signer(database: Database, folder: Path, schema: str, now: Callable[[], datetime]) -> Checkpointer:
    """Who signs one of the logs, in a folder of its own."""
    dsn = {"grants": database.service_dsn, "notifications": database.notifications_dsn}[schema]
    kept = Checkpoints(folder / FOLDERS[schema])
    return Checkpointer(dsn, kept, KEY, log=schema, digest=DIGESTS[schema], now=now, registry=None)


def appending(database: Database, schema: str, now: Callable[[], datetime], **more: Any) -> Log:
    """That service's log, as its own role writes it."""
    dsn = {"grants": database.service_dsn, "notifications": database.notifications_dsn}[schema]
    told = {"effects": effects} if schema == "grants" else {}
    return Log(dsn, AsyncConnectionPool(dsn, open=False), schema=schema, now=now, **(told | more))


def record(database: Database, now: Callable[[], datetime], stream: str, after: int, *facts: Event) -> int:
    """What came about in grants by other rooms' own acts; what was decided earlier is dated back, as it would be. The
    version that the stream then has."""
    said = date_back(facts, bounds=fold(BOUND), today=day_of(now()), reason="Ført i ettertid.", dated_by="anne")
    log = appending(database, "grants", now)
    try:
        outcome = log.append_now(Command(actor="anne"), Write(stream, after, (*facts, *said)))
        assert outcome.outcome == "recorded", outcome
    finally:
        log.close()
    return after + len(facts) + len(said)


def clear_answers(database: Database, schema: str, at: datetime) -> None:
    """The first two answers of that log, whose term is over."""
    dsn = {"grants": database.service_dsn, "notifications": database.notifications_dsn}[schema]
    with psycopg.connect(dsn) as connection:
        second = f"SELECT nth FROM {schema}.command WHERE answer IS NOT NULL ORDER BY nth OFFSET 1 LIMIT 1"
        [(most,)] = connection.execute(second.encode()).fetchall()
        [cleared] = connection.execute(f"SELECT {schema}.clear_answers(%s, %s)".encode(), (most, at)).fetchall()
    assert cleared == (most,), (cleared, most)


def open_year(database: Database, now: Callable[[], datetime]) -> None:
    """How far back decisions may be dated, how long answers are kept, the budget, and three schemes: one owes notice,
    one owes none, one has a call."""
    record(database, now, BACK_DATING, 0, *BOUND)
    for schema in SERVICES:
        log = appending(database, schema, now)
        try:
            assert log.append_now(Command(actor="liv"), Write(TERM_STREAM, 0, TERM)).outcome == "recorded"
        finally:
            log.close()
    opened = (
        fund(POST, "post", "Tilskudd"),
        fund(EARMARK, "earmark", "Ressursmiljø"),
        fund(FUND, "earmark", "Født Fri"),
        fund(JOBBSJANSEN, "earmark", "Jobbsjansen"),
    )
    money = ((POST, 900 * MILLION), (EARMARK, MILLION), (FUND, 100 * MILLION), (JOBBSJANSEN, 100 * MILLION))
    record(database, now, "allocation-2020", 0, letter(0, NEW_YEAR, *money, funds=opened))
    record(database, now, f"scheme-{SCHEME}", 0, scheme(OWED), confirmed(OWED))
    record(database, now, f"scheme-{FREE_SCHEME}", 0, scheme(FREE, FREE_SCHEME), confirmed(FREE))
    record(database, now, f"scheme-{FIRST_ROUND.call_id.split('.')[0]}", 0, *SCHEMES["jobbsjansen-2020"])


def live_through(database: Database, number: int, now: Callable[[], datetime]) -> None:
    """One whose recipient is sent no letter, and counts as told from approval. It was paid the day before the log
    begins. What was let go of is paid on the same voucher as the first half: they meet."""
    rest = InstalmentPaid(instalment=2, amount_ore=100, paid_on=DAY_BEFORE, reference="b1", attested_by="per")
    version = 0
    for event in (*life(number, on=DAY_BEFORE), rest):
        its = replace(event, scheme_id=FREE_SCHEME) if isinstance(event, AwardProposed | AwardApproved) else event
        its = replace(its, letter_owed=False) if isinstance(its, AwardApproved) else its
        version = record(database, now, case(number), version, its)


async def work(
    database: Database, folder: Path, ports: tuple[int, int], clock: Clock, letters: dict[str, str],
    sign: Callable[[], None],
) -> None:  # fmt: skip
    """The part of the year that is lived over HTTP."""
    grants, notifications = (f"http://127.0.0.1:{port}" for port in ports)
    (folder / "accounting").mkdir()
    plain = settings_of(database, folder)
    issuer = issuer_of(plain)
    token = folder / "machine.token"
    token.write_text(issuer.mint("machine", [Role.service]))
    of_grants = replace(
        plain,
        notifications_feed=f"{notifications}/v1/feed",
        notifications_token=token,
        accounting_outbox=folder / "accounting",
        ledger_accounts={"*": "8500"},
    )
    of_notifications = Settings(
        environment="test",
        database_url=database.notifications_dsn,
        outbox=folder / "outbox",
        grants_url=grants,
        grants_token=token,
        dev_issuer_key=plain.dev_issuer_key,
        webhook_key=folder / "webhook.key",
        webhook_allowed=(read_allowed("http://127.0.0.0/8:9"),),
    )
    (folder / "webhook.key").write_text(base64.b64encode(b"k" * 32).decode())
    with looking_often() as swept:
        apps = (
            create_grants(of_grants, now=clock.now, acted_on=acted_on),
            create_notifications(of_notifications, now=clock.now),
        )
        async with (
            listening(AtItsDay(apps[0]), ports[0], apps[0]),
            listening(apps[1], ports[1], apps[1]),
            httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        ):
            here = Town(client, issuer, grants, notifications, swept, database)
            named = await here.ask("liv", "POST", f"{grants}/v1/staff", MEMBER_OF_STAFF)
            assert named.status_code == 200, named.text
            registered = await here.ask("kari", "POST", f"{grants}/v1/applications", APPLICATION)
            assert registered.status_code == 201, registered.text
            endpoint = await here.ask("liv", "POST", f"{notifications}/v1/webhook-endpoints", ENDPOINT)
            assert endpoint.status_code == 201, endpoint.text
            await does(here, "liv", "POST", f"{notifications}{endpoint.headers['Location']}", "rotate")
            cases = await approve(here, letters)
            sign()
            await leave(here, cases, clock, sign)
            sign()
            await pay(here, cases["noticed"][0])


async def approve(here: Town, letters: dict[str, str]) -> dict[str, tuple[str, str]]:
    """An award for everything that can become of a letter; each held at the gate."""
    cases = {}
    for name in ("noticed", "free", "waived", "objected", "revoked", "young", "untold"):
        more = {"scheme_id": FREE_SCHEME} if name == "free" else {}
        cases[name] = await here.approved_award(**ONE, **more)
        letters[name] = f"letter-{cases[name][1].rpartition('/')[2]}"
    for _, award in cases.values():
        await here.comes(award, lambda it: it["state"] == "held")
    return cases


async def leave(here: Town, cases: dict[str, tuple[str, str]], clock: Clock, sign: Callable[[], None]) -> None:
    """What the ministry is told of each, what it answers, and what leaves."""
    notices = {name: await told(here, cases[name][1]) for name in ("noticed", "objected", "revoked")}
    sign()
    await does(here, "departementet", "POST", notices["objected"], "objections", {"text": "Vent."})
    await does(here, "ola", "POST", notices["revoked"], "receipts/revocation", {"reason": "Feil adresse."})
    waived = cases["waived"][1]
    await does(here, "kari", "POST", waived, "waivers", WAIVER)
    await does(here, "ola", "PUT", waived, "waivers/confirmation")
    for name in ("waived", "free"):
        await out(here, *cases[name])
    clock.set(clock.at + timedelta(days=10))
    await told(here, cases["young"][1])
    clock.set(clock.at + timedelta(days=6))
    await out(here, *cases["noticed"])


async def told(here: Town, award: str) -> str:
    """A notice of this letter: prepared, ordered, sent, and acknowledged by the ministry. Its address."""
    about = {"about": {"kind": "letter", "id": award.rpartition("/")[2]}}
    prepared = await here.ask("kari", "POST", f"{here.notifications}/v1/notices", about)
    assert prepared.status_code == 201, prepared.text
    notice = f"{here.notifications}{prepared.headers['Location']}"
    await does(here, "ola", "PUT", notice, "order", {"channel": "file-outbox"})
    await here.comes(notice, lambda it: it["state"] == "dispatched")
    await does(here, "departementet", "PUT", notice, "acknowledgement")
    return notice


async def out(here: Town, case_: str, award: str) -> None:
    """The letter leaves when it is ordered out, and grants hears of it."""
    await until(
        lambda: here.acts_on("ola", "PUT", award, "release", {}), lambda it: it.is_success
    )  # its bytes are on their way
    await here.comes(award, lambda it: it["state"] == "dispatched")
    await here.comes(case_, lambda it: it["letter"]["left"])


async def pay(here: Town, of: str) -> None:
    """The recipient's account is found and held against a source; a half is paid by file, and comes back as paid."""
    accepted = {"accepted_on": "2020-03-18", "document": "20/00123-5"}
    await does(here, "kari", "PUT", of, "award/acceptance", accepted)
    registered = ACCOUNT | {"registered_on": "2020-03-18"}
    shown = await does(here, "kari", "PUT", of, "payee-account", registered)
    account_id = shown["disbursement"]["account"]["account_id"]
    looked_at = {"account_id": account_id, "source": "Brev fra banken", "verified_on": "2020-03-18"}
    await does(here, "siri", "PUT", of, "payee-account/verification", looked_at)
    attested = {"amount_ore": MILLION, "pay_on": "2020-03-20", "attested_on": "2020-03-18"}
    await does(here, "per", "POST", of, "instalments/1/attestations", attested)
    batch = f"{here.grants}/v1/payment-batches", {"made_on": "2020-03-18"}
    await until(lambda: here.ask("anne", "POST", *batch), lambda it: it.status_code == 201)  # the list follows


async def does(here: Town, person: str, method: str, address: str, act: str, body: Any = None) -> Any:
    """An act that goes well, and what is answered."""
    answer = await here.acts_on(person, method, address, act, body)
    assert answer.is_success, answer.text
    return answer.json()
