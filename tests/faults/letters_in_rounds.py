"""Rounds of letters that are to leave, the workers at them and who kills them; and the archive that empties the
outbox."""

import json
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from services.notifications.facts.channel import Channel
from services.notifications.facts.notice import (
    About,
    NoticeDispatched,
    NoticeOrdered,
    NoticePrepared,
    NoticeReceived,
)
from services.notifications.facts.release import LetterHeld, LetterReleaseOrdered
from services.notifications.gate.counting import opens_at
from tests.conftest import Database
from tests.faults.letters_at_work import ASKING, LETTING_OUT, Plan, clock_of, note, noted, run_clock, work
from tests.fresh import FRESH
from tests.notifications.leaving.parts import exempt_scheme
from tests.notifications.oracle import HOUR
from tests.notifications.world import (
    BEGAN,
    LETTER,
    LETTER_SHA256,
    POLICY,
    Kept,
    KeptWorld,
    bound_to,
    days,
    decided,
    freed,
    held,
    letter,
    line,
)
from tests.notifications.world import notice as notice_stream
from tests.patience import PATIENCE_SECONDS

MOST_SECONDS = PATIENCE_SECONDS
FINAL: dict[Channel, set[str]] = {"file-outbox": {"done"}, "eformidling": {"sent"}, "smtp": {"sent", "unknown"}}
"""Where a sending by each channel comes to rest: with a receipt, without one, and where nobody can be asked."""


@dataclass(kw_only=True)
class Stage:
    """One log, the folder that everybody shares, and the workers at it."""

    database: Database
    world: KeptWorld
    folder: Path
    chance: random.Random
    workers: list[tuple[BaseProcess, float]] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def run_clock(self, *, to: datetime) -> None:
        """From now on every clock goes, beginning there. Nobody is at work meanwhile."""
        run_clock(self.world.owner, self.folder, to=to)

    def start(self, *plans: Plan) -> None:
        """A worker for each plan. One of two is also killed at some moment of its first half second."""
        for plan in plans:
            process = FRESH.Process(target=work, args=(self.database.notifications_dsn, self.folder, plan), daemon=True)
            process.start()
            soon = self.chance.random() * 0.5 if self.chance.random() < 0.5 else MOST_SECONDS
            self.workers.append((process, time.monotonic() + soon))

    def tend(self) -> None:
        """Kill whose moment has come, and put another in the place of each that died."""
        for process, until in list(self.workers):
            if process.is_alive() and time.monotonic() > until:
                process.kill()
                self.killed["at some moment"] += 1
                process.join()
            if not process.is_alive():
                assert process.exitcode == -signal.SIGKILL, f"a worker ended with {process.exitcode}"
                self.workers.remove((process, until))
                self.start(self.plan(*LETTING_OUT, *ASKING) if self.chance.random() < 0.5 else Plan())

    def plan(self, *steps: str) -> Plan:
        """To die at one of these: every other time, at one where the fewest have died so far."""
        died = Counter(noted(self.folder / "killed"))
        fewest = [step for step in steps if died[step] == min(died[each] for each in steps)]
        step = self.chance.choice(self.chance.choice((steps, fewest)))
        return Plan(step=step, nth=self.chance.choice((1, 1, 2)), seconds=self.chance.random() * 0.004)

    def end(self) -> None:
        """Everybody dies."""
        for process, _ in self.workers:
            self.killed["at the end"] += process.is_alive()
            process.kill()
            process.join()
        self.workers.clear()

    def carry_on(self) -> None:
        """The archive takes what lies in the outbox: first the receipt, then the folder, under a number of its own."""
        outbox, carried = self.folder / "outbox", self.folder / "carried"
        for found in outbox.iterdir() if outbox.exists() else ():
            if found.name in ("unfinished", "receipts") or found.name.startswith("."):
                continue
            receipt = outbox / "receipts" / f"{found.name}.json"
            receipt.parent.mkdir(exist_ok=True)
            unfinished = receipt.with_suffix(".new")
            told = {"delivered_at": clock_of(self.folder).isoformat(), "evidence": "kvittert"}
            unfinished.write_text(json.dumps(told), encoding="utf-8")
            unfinished.rename(receipt)
            carried.mkdir(exist_ok=True)
            found.rename(carried / f"{len(list(carried.iterdir()))}-{found.name}")
            check_whole(next(carried.glob(f"*-{found.name}")))
            note(self.folder / "book-file-outbox", found.name)

    def states(self, streams: list[str]) -> dict[str, tuple[str, datetime]]:
        """How far each is, and when there is something to be done about it."""
        query = "SELECT stream, state, next_at FROM notifications.sending WHERE stream = ANY (%s)"
        return {stream: (state, at) for stream, state, at in self.world.owner.execute(query, (streams,))}


def check_whole(folder: Path) -> None:
    """What the archive takes has the very bytes."""
    told = json.loads((folder / "message.json").read_text(encoding="utf-8"))
    [file] = told["files"]
    assert (folder / file["name"]).read_bytes() == LETTER
    assert file["sha256"] == LETTER_SHA256


@contextmanager
def stage(database: Database, folder: Path, seed: int) -> Iterator[Stage]:
    (folder / "moved").write_text("0")
    with Kept(database) as world:
        exempt_scheme(world)
        standing = Stage(database=database, world=world, folder=folder, chance=random.Random(seed))
        try:
            yield standing
        finally:
            standing.end()


@dataclass(kw_only=True)
class Round:
    """What is to leave: by each channel a letter that owes no notice and one whose notice is received, and a notice."""

    channels: dict[str, Channel]
    received_at: datetime
    opens_at: datetime

    def is_final(self, stream: str, state: str) -> bool:
        return state in FINAL[self.channels[stream]]


def prepare(stage: Stage, number: int) -> Round:
    """Everything is ordered, and the ministry has its notice, about two weeks before the clock is set going."""
    world = stage.world
    world.now = BEGAN + days(30 * number + stage.chance.randrange(5)) + HOUR * stage.chance.randrange(24)
    channels: dict[str, Channel] = {}
    told: dict[str, LetterHeld] = {}
    for channel in FINAL:
        for exempt in (True, False):
            name = f"{number}-{channel}-{exempt}"
            it = by(freed(name)[1] if exempt else held(name), channel)
            ordered = LetterReleaseOrdered(manifest_sha256=it.manifest_sha256, ordered_by="ingrid")
            world.record(letter(name), decided(), it, ordered)
            channels[letter(name)] = channel
            if not exempt:
                told[name] = it
    lines = tuple(line(name, it.manifest_sha256) for name, it in told.items())
    prepared = NoticePrepared(
        about=About(kind="round", id="x"), lines=lines, planned_on=None, renews=None, prepared_by="kari"
    )
    ordered_now = NoticeOrdered(
        channel="eformidling", policy=POLICY, document_sha256=LETTER_SHA256, ordered_by="ingrid"
    )
    dispatched = NoticeDispatched(dispatch=1, channel="eformidling", reference="x", said_at=world.now)
    received = NoticeReceived(
        dispatch=1, received_at=world.now, evidence="x", evidence_sha256=None, told_by="channel:eformidling"
    )
    world.record(notice_stream(f"{number}"), prepared, ordered_now, dispatched, received)
    of_nothing_held = (line(f"{number}-later", "ab" * 32),)
    world.record(notice_stream(f"{number}-next"), replace(prepared, lines=of_nothing_held), ordered_now)
    channels[notice_stream(f"{number}-next")] = "eformidling"
    return Round(channels=channels, received_at=world.now, opens_at=opens_at(world.now, POLICY))


def by(it: LetterHeld, channel: Channel) -> LetterHeld:
    """The same letter, to leave by that channel."""
    return bound_to(it, channel=channel)


def play(stage: Stage, number: int) -> Round:
    """The workers come to it around the edge, and are killed; when all is quiet all are killed, and others take over
    when something is due again, and two minutes later at least: then what was begun and left is asked for."""
    it = prepare(stage, number)
    stage.run_clock(to=it.opens_at - timedelta(seconds=stage.chance.random() * 0.7))
    stage.start(stage.plan(LETTING_OUT[number % len(LETTING_OUT)]), stage.plan(*LETTING_OUT))
    wait_until_quiet(stage, it)
    for again in range(20):
        stage.end()
        states = stage.states(list(it.channels))
        waiting = [next_at for stream, (state, next_at) in states.items() if not it.is_final(stream, state)]
        if not waiting:
            return it
        stage.run_clock(to=max([clock_of(stage.folder) + timedelta(minutes=3), *waiting]))
        if again < 2:
            stage.start(stage.plan(ASKING[number % len(ASKING)]), stage.plan(*ASKING))
        else:
            stage.start(Plan(), Plan())
        # A machine that is busy with others takes long over a try: who waits ever longer sees it come to rest there too
        wait_until_quiet(stage, it, patience_seconds=min(0.1 * 1.5**again, MOST_SECONDS / 2) if again else 0.0)
    raise AssertionError(f"it never came to rest: {states}")


def wait_until_quiet(stage: Stage, it: Round, *, patience_seconds: float = 0.0) -> None:
    """Until everything is released, and nothing is left that can be done about any sending now. Whoever has begun one
    is given so much time to end it; then it is taken for dead."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < MOST_SECONDS:
        stage.tend()
        stage.carry_on()
        states, now = stage.states(list(it.channels)), clock_of(stage.folder)
        open_ = [state for stream, state in states.items() if not it.is_final(stream, state[0])]
        under_way = any(next_at <= now or (state == "begun" and passed < patience_seconds) for state, next_at in open_)
        if len(states) == len(it.channels) and not under_way:
            return
        time.sleep(0.005)
    raise AssertionError(f"it is not quiet after {MOST_SECONDS} s: {states}")
