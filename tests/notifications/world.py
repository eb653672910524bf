"""A small world of letters and notices with a clock of its own: kept in memory, or in PostgreSQL with its lock.

Both record the same facts. In memory, nothing checks them; in PostgreSQL the gate's own tables follow from them and the
database refuses. The clock of a database is the owner's function, which only a test's or demonstration's owner
replaces.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.eventlog.recorded import Recorded
from services.eventlog.refusal import Refusal
from services.notifications.facts import held_state as holding
from services.notifications.facts import notice_state as telling
from services.notifications.facts.held_state import Held
from services.notifications.facts.manifest import canonical
from services.notifications.facts.notice import CountingPolicy, NoticeLine
from services.notifications.facts.notice_state import Notice
from services.notifications.facts.release import (
    Exemption,
    Ground,
    HeldLetter,
    LetterHeld,
    LetterReleased,
    Manifest,
)
from services.notifications.facts.scheme_policy import (
    ConfirmedPolicyHeard,
    DecisionHeard,
)
from services.notifications.gate.decision import Clocks, ListedNotice, check
from tests.conftest import Database

OURS = UUID("a3c1a8a2-0c4e-4f0f-8a35-4d1f9d2d6d10")
BEGAN = datetime(2020, 3, 1, 8, tzinfo=UTC)
SOURCE = "Instruks 5.4: per capita"
OWING, FREE = "oppdiktet-2020", "fri-2020"
CONFIRMED_AT = BEGAN - timedelta(days=60)
DECIDED_AT = BEGAN - timedelta(days=30)
LETTER = b"%PDF-1.7 et tilskuddsbrev"
LETTER_SHA256 = hashlib.sha256(LETTER).hexdigest()
POLICY = CountingPolicy(
    version="instruks-5.4",
    days=14,
    day_of_notice_counted=False,
    starts="received",
    min_hours=336,
    roll_forward=False,
    tz="Europe/Oslo",
    basis="Instruks 5.4",
    stale_after_days=90,
)


def id_of(name: str) -> UUID:
    """The id of what this story calls so."""
    return uuid5(OURS, name)


def letter(name: str) -> str:
    """The item of a letter."""
    return f"letter-{id_of(name)}"


def notice(name: str) -> str:
    """The stream of a notice."""
    return telling.stream_of(id_of(name))


def policy(
    version: int = 1,
    *,
    rule: Literal["notice", "exempt"] = "exempt",
    confirmed_at: datetime = CONFIRMED_AT,
    valid_from: date = date(2020, 1, 1),
    confirmed_by: str = "ingrid",
) -> ConfirmedPolicyHeard:
    """What grants tells of the free scheme's policy: written by kari, confirmed by another."""
    return ConfirmedPolicyHeard(
        scheme_id=FREE,
        version=version,
        rule=rule,
        source=SOURCE,
        valid_from=valid_from,
        document_sha256="cd" * 32,
        written_by=("kari",),
        confirmed_by=confirmed_by,
        confirmed_at=confirmed_at,
    )


def decided(at: datetime = DECIDED_AT, version: int = 3) -> DecisionHeard:
    """The award's approval, or a change of it, as grants recorded it."""
    return DecisionHeard(version=version, decided_at=at)


def freed(name: str) -> tuple[DecisionHeard, LetterHeld]:
    """An approved award of the free scheme, and its letter, held on the scheme's policy."""
    return decided(), held(name, exemption=exemption_by(policy()))


def exemption_by(policy: ConfirmedPolicyHeard) -> Exemption:
    """What a letter says that is free by this policy."""
    return Exemption(
        scheme_id=policy.scheme_id,
        scheme_version=policy.version,
        source=policy.source,
        valid_from=policy.valid_from,
        confirmed_at=policy.confirmed_at,
    )


def held(
    name: str,
    *,
    amount_ore: int = 100,
    scheme_id: str = OWING,
    exemption: Exemption | None = None,
    approved_on: date = date(2020, 3, 1),
) -> LetterHeld:
    """An approved award's letter. One that is exempt is of the scheme that is."""
    manifest = Manifest(
        case_id=id_of(name),
        decision_version=2,
        recipient_name="Oppdiktet forening",
        recipient_number=None,
        amount_ore=amount_ore,
        plan=(),
        terms=("Rapport innen fristen.",),
        scheme_id=exemption.scheme_id if exemption else scheme_id,
        fund_id="2020/291/71",
        form="nb",
        template="grant-letter/2",
        dated_on=approved_on,
        files=(LETTER_SHA256,),
        channel="file-outbox",
        policy_version="oppdiktet-2020/1",
    )
    return LetterHeld(
        manifest_json=canonical(manifest).decode(),
        size_bytes=len(LETTER),
        approved_on=approved_on,
        round_id=None,
        exemption=exemption,
    )


def bound_to(it: LetterHeld, **other: Any) -> LetterHeld:
    """The same letter with something else in its manifest."""
    return replace(it, manifest_json=canonical(replace(it.manifest, **other)).decode())


def line(name: str, manifest_sha256: str) -> NoticeLine:
    """A line of a notice, of a letter as it is held if nothing else is said."""
    return NoticeLine(item=letter(name), manifest_sha256=manifest_sha256, title="Oppdiktet forening", amount_ore=100)


class Refused(Exception):
    """The database did not record it. The code is the first word of what it said."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.code = problem.partition(":")[0]


@dataclass(kw_only=True)
class World:
    """In memory. `now` is every clock at once, unless a test says otherwise."""

    now: datetime = BEGAN
    facts: list[Recorded] = field(default_factory=list)

    def record(self, stream: str, *events: Event) -> None:
        """It happened, now."""
        for event in events:
            self.keep(stream, event, max([self.now, *(fact.recorded_at for fact in self.facts[-1:])]))

    def keep(self, stream: str, event: Event, recorded_at: datetime) -> None:
        position, version = len(self.facts) + 1, self.version(stream) + 1
        self.facts.append(Recorded(position, stream, version, event, recorded_at, "x", "-", "-"))

    def version(self, stream: str) -> int:
        return sum(fact.stream == stream for fact in self.facts)

    def of(self, stream: str) -> list[Recorded]:
        return [fact for fact in self.facts if fact.stream == stream]

    def held(self, item: str) -> Held:
        return holding.fold(self.of(item))

    def notice(self, stream: str) -> Notice:
        return telling.fold(self.of(stream))

    def list_told(self, item: str) -> list[ListedNotice]:
        streams = {fact.stream for fact in self.facts if fact.stream.startswith("notice-")}
        notices = {stream: self.notice(stream) for stream in streams}
        return [
            ListedNotice(notice_id=UUID(stream.removeprefix("notice-")), notice=each)
            for stream, each in notices.items()
            if item in each.items
        ]

    def clocks(self, *, said_at: datetime | None = None, database_at: datetime | None = None) -> Clocks:
        last = self.facts[-1].recorded_at if self.facts else BEGAN - timedelta(days=400)
        return Clocks(said_at=said_at or self.now, database_at=database_at or self.now, last_recorded_at=last)

    def asks(self, item: str, *, said_at: datetime | None = None, database_at: datetime | None = None) -> Ground | str:
        """The ground on which the item may leave, or the code it is refused with."""
        clocks = self.clocks(said_at=said_at, database_at=database_at)
        try:
            return check(item, self.held(item), self.list_told(item), clocks)
        except Refusal as refusal:
            return refusal.code

    def release(self, item: str, ground: Ground, *, said_at: datetime | None = None) -> None:
        """Let it out, on that ground."""
        it = self.held(item).letter
        assert it is not None
        self.record(item, released(it, ground, said_at or self.now))


def released(it: HeldLetter, ground: Ground, said_at: datetime) -> LetterReleased:
    """The fact."""
    return LetterReleased(
        manifest_sha256=it.manifest_sha256,
        letter_sha256=it.letter_sha256,
        ground=ground,
        said_at=said_at,
        released_by="ingrid",
        recipient_number=it.manifest.recipient_number,
        channel=it.manifest.channel,
    )


@dataclass(kw_only=True)
class KeptWorld(World):
    """In PostgreSQL, as the service's own role; `facts` are kept beside it for the rules to fold."""

    log: Log
    owner: psycopg.Connection
    said: datetime | None = None
    """The service's own clock, where it is not `now`."""

    def record(self, stream: str, *events: Event) -> None:
        """It happened, now, if the database allows it. Raises Refused; then nothing happened."""
        self.set_clock(self.now)
        write = Write(stream, self.version(stream), tuple(events))
        outcome = self.log.append_now(Command(actor="x"), write)
        if outcome.outcome != "recorded":
            raise Refused(str(outcome.problem))
        for event in events:
            self.keep(stream, event, outcome.recorded_at)

    def set_clock(self, at: datetime) -> None:
        """What the owner says it is now."""
        self.owner.execute(
            "CREATE OR REPLACE FUNCTION notifications.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" SET search_path = pg_catalog, pg_temp AS $$ SELECT '{at.isoformat()}'::timestamptz $$"
        )


class Kept:
    """A world in a test's database, for as long as the block lasts."""

    def __init__(self, database: Database, world: Callable[[Log, psycopg.Connection], KeptWorld] | None = None) -> None:
        self._database = database
        self._world = world or (lambda log, owner: KeptWorld(log=log, owner=owner))

    def __enter__(self) -> KeptWorld:
        pool = AsyncConnectionPool(self._database.notifications_dsn, open=False)
        dsn = self._database.notifications_dsn
        self._log = Log(dsn, pool, schema="notifications", now=lambda: world.said or world.now)
        self._owner = psycopg.connect(self._database.migrator_dsn, autocommit=True)
        self._owner.execute("SET ROLE tilsagn_owner")
        with psycopg.connect(self._database.notifications_dsn) as service:
            service.execute(
                "INSERT INTO notifications.letter_file (content) VALUES (%s) ON CONFLICT DO NOTHING", (LETTER,)
            )
        world = self._world(self._log, self._owner)
        return world

    def __exit__(self, *_: object) -> None:
        self._log.close()
        self._owner.close()


def days(number: float) -> timedelta:
    return timedelta(days=number)


def pairs(events: Sequence[Event]) -> str:
    """What happened, for a failing test to tell."""
    return ", ".join(event.TOPIC for event in events)
