"""The gate with 10,000 letters waiting, beside the same gate with 100: what one letter's decision costs, and what a
sweep of those that are due costs, must not grow with those that wait."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from bench.ground import Ground
from bench.measure import Figure, compared
from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.notifications.facts.manifest import canonical
from services.notifications.facts.notice import (
    About,
    CountingPolicy,
    NoticeDispatched,
    NoticeLine,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
)
from services.notifications.facts.release import (
    AfterNotice,
    Exemption,
    LetterHeld,
    LetterReleased,
    LetterReleaseOrdered,
    Manifest,
)
from services.notifications.facts.scheme_policy import (
    ConfirmedPolicyHeard,
    DecisionHeard,
)
from services.notifications.gate.decision import check
from services.notifications.gate.reading import GateReading
from services.notifications.gate.refusals import NoticeTooYoung
from services.notifications.held.file_store import KeptFiles
from services.notifications.release.sweep import Sweep

FEW, MANY, IN_A_NOTICE, DUE, ROUNDS, ASKED = 100, 10_000, 100, 20, 9, 40
MOST = 1.2
BYTES = b"%PDF-1.7 et tilskuddsbrev"
SHA256 = hashlib.sha256(BYTES).hexdigest()
POLICY_SOURCE = "Instruks 5.4: per capita"
CONFIRMED_AT = datetime(2020, 1, 2, tzinfo=UTC)
DECIDED = DecisionHeard(version=3, decided_at=datetime(2020, 2, 1, tzinfo=UTC))


def gate(here: Ground) -> list[Figure]:
    """Ratios of the gate with many waiting to the gate with few, by pairs in turns."""
    return asyncio.run(both(here))


async def both(here: Ground) -> list[Figure]:
    with psycopg.connect(here.admin_dsn, autocommit=True, dbname="postgres") as connection:
        connection.execute("CREATE DATABASE bench_few TEMPLATE bench")
    async with waiting(here, "bench_few", FEW) as few, waiting(here, "bench", MANY) as many:
        return [
            await pairs("the rule's decision for one letter, 10,000 waiting to 100", few, many, Letters.decide),
            await pairs("PostgreSQL's decision for one letter, likewise", few, many, Letters.let_postgresql_decide),
            await pairs("sweeps with nothing due, likewise", few, many, Letters.sweep_often),
            await pairs(f"a sweep with {DUE} due, likewise", few, many, Letters.sweep, before=Letters.fall_due),
        ]


async def pairs(
    name: str,
    few: "Letters",
    many: "Letters",
    act: Callable[["Letters"], Awaitable[None]],
    before: Callable[["Letters"], None] = lambda _: None,
) -> Figure:
    """The act on both in turns, after each has been readied for it."""
    ratios = []
    for _ in range(ROUNDS):
        seconds = []
        for letters in (few, many):
            before(letters)
            began = asyncio.get_running_loop().time()
            await act(letters)
            seconds.append(asyncio.get_running_loop().time() - began)
        ratios.append(seconds[1] / seconds[0])
    return compared(name, iter(ratios), most=MOST)


@dataclass(kw_only=True)
class Letters:
    """One database, and the letters that wait in it."""

    log: Log
    reading: GateReading
    sweeping: Sweep
    items: Sequence[str]
    chance: random.Random

    async def decide(self) -> None:
        """Ask the rule of some letters, drawn at random, whether they may leave. None may."""
        for item in self.chance.choices(self.items, k=ASKED):
            standing = await self.reading.standing(item)
            clocks = await self.reading.clocks(datetime.now(UTC))
            try:
                check(item, standing.held, standing.told, clocks)
            except NoticeTooYoung:
                continue
            raise AssertionError(f"{item} may leave")

    async def let_postgresql_decide(self) -> None:
        """Try to record that some left, past the rule. PostgreSQL lets none."""
        for item in self.chance.choices(self.items, k=ASKED):
            standing = await self.reading.standing(item)
            letter, told = standing.held.letter, standing.told[0]
            assert letter is not None
            fact = LetterReleased(
                manifest_sha256=letter.manifest_sha256,
                letter_sha256=letter.letter_sha256,
                ground=AfterNotice(notice_id=told.notice_id, opened_at=datetime.now(UTC)),
                said_at=datetime.now(UTC),
                released_by="bench",
                recipient_number=None,
                channel="file-outbox",
            )
            outcome = await self.log.append(Command(actor="bench"), Write(item, standing.history.version, (fact,)))
            assert str(outcome.problem).startswith("notice-too-young"), outcome

    async def sweep(self) -> None:
        """Let out what is due."""
        await self.sweeping.sweep()

    async def sweep_often(self) -> None:
        """As often as letters are asked of."""
        for _ in range(ASKED):
            await self.sweeping.sweep()

    def fall_due(self) -> None:
        """So many more letters owe no days and are ordered out."""
        facts = [held(uuid4(), exempt=True) for _ in range(DUE)]
        ordered = [LetterReleaseOrdered(manifest_sha256=each.manifest_sha256, ordered_by="bench") for each in facts]
        self.record(
            *(Write(item_of(each), 0, (DECIDED, each, order)) for each, order in zip(facts, ordered, strict=True))
        )

    def record(self, *writes: Write) -> None:
        """These facts, in one command."""
        outcome = self.log.append_now(Command(actor="bench"), *writes)
        assert outcome.outcome == "recorded", outcome


@asynccontextmanager
async def waiting(here: Ground, database: str, number: int) -> AsyncIterator[Letters]:
    """A database with so many letters under notice, a hundred in each."""
    dsn = make_conninfo(here.notifications_dsn, dbname=database)
    async with AsyncConnectionPool(dsn, min_size=1, open=False, kwargs={"autocommit": True}) as pool:
        log = Log(dsn, pool, schema="notifications")
        try:
            reading, files = GateReading(log, pool), KeptFiles(pool)
            await files.keep(BYTES)
            sweeping = Sweep(reading, files, lambda: datetime.now(UTC))
            chance = random.Random(20200101)
            letters = Letters(log=log, reading=reading, sweeping=sweeping, items=[], chance=chance)
            letters.items = fill(letters, number, await reading.policy())
            with psycopg.connect(make_conninfo(here.admin_dsn, dbname=database), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
            yield letters
        finally:
            log.close()


def fill(letters: Letters, number: int, policy: CountingPolicy) -> list[str]:
    told = ConfirmedPolicyHeard(
        scheme_id="bench",
        version=1,
        rule="exempt",
        source=POLICY_SOURCE,
        valid_from=date(2020, 1, 1),
        document_sha256="cd" * 32,
        written_by=("kari",),
        confirmed_by="ingrid",
        confirmed_at=CONFIRMED_AT,
    )
    letters.record(Write("scheme-bench", 0, (told,)))
    items: list[str] = []
    for _ in range(number // IN_A_NOTICE):
        facts = [held(uuid4()) for _ in range(IN_A_NOTICE)]
        letters.record(*(Write(item_of(each), 0, (each,)) for each in facts))
        items += [item_of(each) for each in facts]
        stream = f"notice-{uuid4()}"
        for version, fact in enumerate(notice_of(facts, policy)):
            letters.record(Write(stream, version, (fact,)))
    return items


def notice_of(letters: Sequence[LetterHeld], policy: CountingPolicy) -> Iterator[Any]:
    """A notice of these, up to its receipt."""
    lines = lines_of(letters)
    about = About(kind="scheme", id="bench")
    yield NoticePrepared(about=about, lines=lines, planned_on=None, renews=None, prepared_by="bench")
    yield NoticeOrdered(channel="file-outbox", policy=policy, document_sha256="ab" * 32, ordered_by="bench")
    yield NoticeDispatched(dispatch=1, channel="file-outbox", reference="x", said_at=datetime.now(UTC))
    yield NoticeReceived(
        dispatch=1, received_at=datetime.now(UTC), evidence="x", evidence_sha256=None, told_by="channel:bench"
    )


def lines_of(letters: Sequence[LetterHeld]) -> tuple[NoticeLine, ...]:
    """What a notice tells of these: as each letter's manifest says it."""
    return tuple(
        NoticeLine(
            item=item_of(each),
            manifest_sha256=each.manifest_sha256,
            title=each.manifest.recipient_name,
            amount_ore=each.manifest.amount_ore,
        )
        for each in letters
    )


def item_of(letter: LetterHeld) -> str:
    return f"letter-{letter.manifest.case_id}"


def held(case_id: UUID, *, exempt: bool = False) -> LetterHeld:
    """A letter of an approved award."""
    manifest = Manifest(
        case_id=case_id,
        decision_version=2,
        recipient_name="Oppdiktet forening",
        recipient_number=None,
        amount_ore=100,
        plan=(),
        terms=(),
        scheme_id="bench",
        fund_id="2020/291/71",
        form="nb",
        template="grant-letter/2",
        dated_on=date(2020, 3, 1),
        files=(SHA256,),
        channel="file-outbox",
        policy_version="bench/1",
    )
    why = Exemption(
        scheme_id="bench",
        scheme_version=1,
        source=POLICY_SOURCE,
        valid_from=date(2020, 1, 1),
        confirmed_at=CONFIRMED_AT,
    )
    return LetterHeld(
        manifest_json=canonical(manifest).decode(),
        size_bytes=len(BYTES),
        approved_on=date(2020, 3, 1),
        round_id=None,
        exemption=why if exempt else None,
    )
