"""A3 for letters: two workers that let out and send, killed without a word at every step and at any moment. Each letter
leaves once, or is known as unknown; none early; and the gate's tables are what a replay from nothing gives."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from services.eventlog.checkpoints.chain import COLUMNS, StoredEvent, verify
from services.eventlog.command import Command
from services.eventlog.mapper import recorded
from services.eventlog.writing.writer import Row, Waiting
from services.notifications.channel.rules import key_of
from services.notifications.facts.channel import LetterDispatchFailed, LetterDispatchUnknown
from services.notifications.facts.held_state import Held, fold
from services.notifications.facts.release import LetterReleased
from tests.conftest import Cluster, Database, copied
from tests.faults.letters_at_work import ASKING, LETTING_OUT, noted
from tests.faults.letters_in_rounds import FINAL, Round, Stage, play, stage
from tests.notifications.oracle import HOUR, midnights_between
from tests.notifications.world import Kept

SEED = 20201117
ROUNDS = {False: 8, True: 100}
MOST_ROUNDS = 200  # which step is died at follows from who is quickest: the long play goes on until each one was


def check(stage: Stage, it: Round) -> None:
    """The channels' own books beside the log, and the log beside the gate's tables."""
    taken = Counter(key for channel in FINAL for key in noted(stage.folder / f"book-{channel}"))
    for stream, channel in it.channels.items():
        times = taken[key_of(stream, 0)]
        state, _ = stage.states([stream])[stream]
        if state == "unknown":
            assert channel == "smtp"
            assert times <= 1, f"{stream} left {times} times"
        else:
            assert times == 1, f"{stream} left {times} times and is {state}"
        stage.seen[f"{state} by {channel}"] += 1
        if stream.startswith("letter-"):
            check_letter(stage, it, stream, state)


def check_letter(stage: Stage, it: Round, stream: str, state: str) -> None:
    query = (
        "SELECT position, stream, version, topic, data, metadata, recorded_at FROM notifications.event"
        " WHERE stream = %s ORDER BY version"
    )
    facts = [recorded(row) for row in stage.world.owner.execute(query, (stream,), binary=True)]
    ours = fold(facts)
    [fact] = [fact for fact in facts if isinstance(fact.event, LetterReleased)]
    stage.seen["unknowns told"] += sum(isinstance(each.event, LetterDispatchUnknown) for each in facts)
    stage.seen["nothing found"] += sum(isinstance(each.event, LetterDispatchFailed) for each in facts)
    query = (
        "SELECT r.position, r.opens_at::text, r.released_at, s.attempt, i.released FROM notifications.release r"
        " JOIN notifications.sending s ON s.stream = r.item JOIN notifications.item i USING (item) WHERE r.item = %s"
    )
    [(position, opens, released_at, attempt, released)] = stage.world.owner.execute(query, (stream,)).fetchall()
    assert (position, attempt, state, released) == (fact.position, ours.attempt, state_of(ours), True)
    if opens != "-infinity":
        assert min(released_at, fact.recorded_at) >= it.opens_at
        assert midnights_between(it.received_at, released_at) >= 15
        assert released_at - it.received_at >= 336 * HOUR
        stage.seen["left after notice"] += 1
        stage.seen["of these within 0.1 s of the edge"] += released_at - it.opens_at < timedelta(seconds=0.1)


def state_of(ours: Held) -> str:
    """What PostgreSQL must say of the sending, by the log alone."""
    if ours.delivered:
        return "done"
    if ours.under_way:
        return "begun"
    if ours.trouble:
        return "unknown" if isinstance(ours.trouble, LetterDispatchUnknown) else "due"
    return "sent" if ours.dispatched else "due"


def test_each_letter_leaves_once_or_is_known_not_to_have_and_none_early(
    database: Database, cluster: Cluster, tmp_path: Path, long: bool
) -> None:
    with stage(database, tmp_path, SEED) as standing:
        rounds = 0
        while rounds < ROUNDS[long] or (long and rounds < MOST_ROUNDS and not_died_at(tmp_path)):
            check(standing, play(standing, rounds))
            rounds += 1
        steps = Counter(noted(tmp_path / "killed"))
        asked = len(noted(tmp_path / "asked"))
        print(f"seed {SEED}, {rounds} rounds, {sum(steps.values())} killed at a step: {dict(steps)}")
        print(f"killed besides: {dict(standing.killed)}; the channels were asked {asked} times; {dict(standing.seen)}")
        assert sum(steps.values()) >= rounds
        assert standing.seen["left after notice"] == 3 * rounds
        assert asked > 0
        assert not long or not_died_at(tmp_path) == set()
    with copied(cluster) as fresh:
        assert replayed(database, fresh) == tables(database)


def not_died_at(folder: Path) -> set[str]:
    """The steps that no worker has died at yet."""
    return {*LETTING_OUT, *ASKING} - set(noted(folder / "killed"))


def tables(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the gate and the senders stand on, and the last link of the chain. When a release was stamped is the
    one thing that does not follow from the log."""
    queries = {
        "release": "SELECT item, number, position, manifest_sha256, letter_sha256, ground, basis, said_at, recorded_at,"
        " opens_at::text FROM notifications.release ORDER BY 1",
        "item": "SELECT item, position, manifest_sha256, letter_sha256, exempt_source, ended, ordered, released,"
        " opens_at::text, stale_at FROM notifications.item ORDER BY 1",
        **{
            name: f"SELECT * FROM notifications.{name} ORDER BY 1, 2"
            for name in (
                "sending",
                "sending_permit",
                "release_ending",
                "notice",
                "notice_line",
                "scheme_policy",
                "decision",
            )
        },
        "head": "SELECT position, hash FROM notifications.event ORDER BY position DESC LIMIT 1",
    }
    with psycopg.connect(database.admin_dsn) as connection:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}


def replayed(database: Database, fresh: Database) -> dict[str, list[tuple[Any, ...]]]:
    """The same tables, from the log alone: each command recorded again at its own time."""
    with psycopg.connect(database.admin_dsn) as connection, Kept(fresh) as world:
        events = [
            StoredEvent(*row) for row in connection.execute(f"SELECT {COLUMNS} FROM notifications.event").fetchall()
        ]
        assert verify(sorted(events, key=lambda event: event.position)) == []
        by_position = {event.position: event for event in events}
        for command, actor, first, last in connection.execute(
            "SELECT id, actor, first_position, last_position FROM notifications.command ORDER BY first_position"
        ):
            its = [by_position[position] for position in range(first, last + 1)]
            world.now = its[0].recorded_at
            world.set_clock(world.now)
            rows = [Row(each.stream, each.version, each.topic, each.data, each.metadata) for each in its]
            waiting = Waiting(Command(actor=actor, id=command), rows, None)
            outcome = world.log.factory.writer.submit(waiting).result()
            assert outcome.outcome == "recorded", outcome
    return tables(fresh)
