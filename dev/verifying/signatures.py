"""What is signed for, what is not yet, and what was signed late: the checkpoints of one log, held against it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg import Connection

from services.eventlog.checkpoints import checkpoint as checkpoints
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import Checkpoint, Checkpoints, load_public_key
from services.eventlog.checkpoints.signed import find_last_signed
from services.eventlog.epoch.events import LogRestored
from services.eventlog.mapper import decode

UNSIGNED_AT_MOST = timedelta(minutes=5)
"""A service signs every minute while there is something new."""


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """What a directory of checkpoints shows. `made` are those truly signed that the log must hold, `lost` those after
    which a later one resumes; `files` the numbers of all that lie there, `key` whether there was one to check them
    with. `beyond` are those for what a standby that is read has not replayed yet."""

    made: Sequence[Checkpoint] = ()
    lost: Sequence[Checkpoint] = ()
    beyond: Sequence[Checkpoint] = ()
    files: Sequence[int] = ()
    key: bool = True


def read_signatures(directory: Path, public_key: Path) -> tuple[Signatures, list[Fault]]:
    """The checkpoints that lie there, and what is wrong with them. A key that is missing is a fault: nothing can be
    said of them without it."""
    kept = Checkpoints(directory)
    files = [int(path.stem) for path in kept.files() if path.stem.isdigit()]
    try:
        key = load_public_key(public_key)
    except (OSError, ValueError, AssertionError) as wrong:
        detail = (
            f"no public key at {public_key} ({type(wrong).__name__}): the {len(files)} checkpoints that lie there could"
            " not be checked, and nothing shows that this is the log recorded"
        )
        return Signatures(files=files, key=False), [Fault(0, "checkpoint", detail)]
    made, faults = checkpoints.verify(kept.contents(), key)
    still = checkpoints.standing(made)
    numbers = {each.number for each in still}
    lost = [each for each in made if each.number not in numbers]
    return Signatures(made=still, lost=lost, files=files), faults


def as_replayed(connection: Connection[Any], schema: str, signatures: Signatures) -> tuple[Signatures, list[Fault]]:
    """What can be held against this server: on a standby, no checkpoint of what it has not replayed. How far it reached
    is told as a fault of its own, for what comes after was held against nothing; a log that is cut is found at the
    primary."""
    query = f"SELECT pg_is_in_recovery(), (SELECT coalesce(max(position), 0) FROM {schema}.event)"
    standby, head = connection.execute(query.encode()).fetchone() or (False, 0)
    beyond = [each for each in signatures.made if each.position > head] if standby else []
    if not beyond:
        return signatures, []
    made = [each for each in signatures.made if each.position <= head]
    detail = (
        f"this standby has replayed to {head}, and {len(beyond)} checkpoints sign for more, up to"
        f" {beyond[-1].position}: look again when it has caught up, or at the primary"
    )
    return replace(signatures, made=made, beyond=beyond), [Fault(head + 1, "not replayed", detail)]


def check_signatures(
    connection: Connection[Any], schema: str, signatures: Signatures
) -> tuple[Counter[str], list[Fault]]:
    """How far the log is signed for: what comes after the last checkpoint, what the log knows to be signed and is not
    there, and what was signed long after it was recorded (which is told, and no fault: a signer can have been away).
    Without a key, only what is not there."""
    faults, counts = list[Fault](), Counter[str]()
    signed = signatures.made
    last = signed[-1] if signed else None
    known, number = find_last_signed(connection, schema).number, max(signatures.files, default=0)
    if known > number:
        detail = f"checkpoints {number + 1} to {known} were made, and are gone"
        faults.append(Fault(last.position + 1 if last else 1, "checkpoint", detail))
    if not signatures.key:
        return counts, faults
    broken, wrong = check_restorations(connection, schema, signatures)
    counts, faults = counts + broken, faults + wrong
    if not signatures.beyond:
        unsigned, wrong = not_signed(connection, schema, last)
        counts, faults = counts + unsigned, faults + wrong
    late = [age for age in ages(connection, schema, signed) if age > UNSIGNED_AT_MOST]
    if late:
        counts[f"checkpoints signed late, up to {in_words(max(late))} after what they sign for"] = len(late)
    return counts, faults


def not_signed(connection: Connection[Any], schema: str, last: Checkpoint | None) -> tuple[Counter[str], list[Fault]]:
    """What came after the last checkpoint, and whether it has waited to be signed for too long."""
    after = last.position if last else 0
    query = f"SELECT count(*), min(recorded_at), {schema}.log_clock() FROM {schema}.event WHERE position > %s"
    row = connection.execute(query.encode(), (after,)).fetchone()
    assert row is not None
    if not row[0]:
        return Counter(), []
    age = row[2] - row[1]
    counts = Counter({f"facts not signed for, the oldest {in_words(age)} old": row[0]})
    if age <= UNSIGNED_AT_MOST:
        return counts, []
    return counts, [Fault(after + 1, "unsigned", f"{row[0]} facts from here on, for {in_words(age)}")]


def check_restorations(
    connection: Connection[Any], schema: str, signatures: Signatures
) -> tuple[Counter[str], list[Fault]]:
    """Where the log goes on without facts that were signed for: each checkpoint that resumes has its fact after it,
    which names the same span, and each such fact has its checkpoint. What was lost is told, with who said so."""
    faults, counts = list[Fault](), Counter[str]()
    query = f"SELECT position, data FROM {schema}.event WHERE topic = %s ORDER BY position"
    rows = connection.execute(query.encode(), (LogRestored.TOPIC,), binary=True)
    said = {position: decode(LogRestored.TOPIC, data) for position, data in rows}
    for made in (each for each in signatures.made if each.resumes is not None):
        fact = said.pop(made.position + 1, None)
        if not isinstance(fact, LogRestored):
            detail = f"checkpoint {made.number} goes on without what was lost, and no fact says who agreed"
            faults.append(Fault(made.position + 1, "checkpoint", detail))
        elif (fact.goes_on_after, fact.last_checkpoint, fact.lost_checkpoints_to) != (
            made.position,
            made.resumes,
            made.number - 1,
        ):
            detail = f"what is said to be lost is not what checkpoint {made.number} goes on without"
            faults.append(Fault(made.position + 1, "checkpoint", detail))
        else:
            lost = f"{fact.lost_from} to {fact.lost_to}"
            who = f"{fact.proposed_by} and {fact.confirmed_by}"
            counts[f"break after {made.position}: positions {lost} are lost, as {who} agreed"] = 1
    for position in said:
        faults.append(
            Fault(position, "checkpoint", "it says that facts are lost, and no checkpoint goes on without any")
        )
    if signatures.lost:
        counts["checkpoints of what is lost"] = len(signatures.lost)
    return counts, faults


def ages(connection: Connection[Any], schema: str, signed: Sequence[Checkpoint]) -> list[timedelta]:
    """How old the oldest fact of each checkpoint was when it was signed."""
    positions = [1, *(before.position + 1 for before in signed[:-1])] if signed else []
    query = f"SELECT position, recorded_at FROM {schema}.event WHERE position = ANY (%s)"
    recorded = dict(connection.execute(query.encode(), (positions,)).fetchall())
    return [
        datetime.fromisoformat(made.made_at) - recorded[position]
        for made, position in zip(signed, positions, strict=True)
        if position in recorded
    ]


def in_words(age: timedelta) -> str:
    """Whole seconds up to two minutes, then whole minutes, hours or days."""
    seconds = int(age.total_seconds())
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
