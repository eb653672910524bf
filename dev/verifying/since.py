"""What a log has come by since it was last verified whole: its chain, its commands and its checkpoints from there on.

For daily use: it reads what is new and no more. What stands before, and what follows from all facts (balances, the
gate, duties, read models), is not looked at; a whole verification does that, and the answer says when one last did.
"""

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from dev.verifying.following import Verification
from dev.verifying.kept_answers import check_cleared_since
from dev.verifying.reading import Snapshot, rows
from dev.verifying.signatures import not_signed
from dev.verifying.unreadable import UNREADABLE, could_not_be_checked
from dev.verifying.verified import Whole
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import Checkpoint, Checkpoints, follow, load_public_key
from services.eventlog.checkpoints.command_chain import COLUMNS, CommandChain, StoredCommand
from services.eventlog.checkpoints.signed import find_last_signed


def verify_since(
    dsn: str, directory: Path, public_key: Path, whole: Whole, *, say: Callable[[int], None] = lambda _: None
) -> tuple[Counter[str], list[Fault]]:
    """Counts and faults of what came after that. `say` is told now and then how far it has come."""
    try:
        made, faults = signed_since(directory, public_key, whole)
        with Snapshot(dsn) as snapshot:
            faults += _still_there(snapshot.connection, whole)
            following = Verification(snapshot, made, [], schema=whole.log, after=whole.signed, say=say)
            following.run()
            counts, unsigned = not_signed(snapshot.connection, whole.log, made[-1] if made else whole.signed)
            counts += following.counts
            numbered, wrong = _commands(snapshot.connection, whole, made)
            known = find_last_signed(snapshot.connection, whole.log).number
        counts += numbered
        faults += [*following.faults, *unsigned, *wrong]
        number = made[-1].number if made else whole.checkpoint
        if known > number:
            detail = f"checkpoints {number + 1} to {known} were made, and are gone"
            faults.append(Fault(whole.position + 1, "checkpoint", detail))
    except psycopg.Error as failed:
        return Counter(), [could_not_be_checked(f"the log of {whole.log}", failed)]
    return counts, sorted(dict.fromkeys(faults), key=lambda fault: fault.position)


def signed_since(directory: Path, public_key: Path, whole: Whole) -> tuple[list[Checkpoint], list[Fault]]:
    """The checkpoints after the one that was the last then, and what is wrong with that one or with them."""
    files = {int(path.stem): path for path in Checkpoints(directory).files() if path.stem.isdigit()}
    first = files.get(whole.checkpoint)
    if first is None or sha256(first.read_bytes()).hexdigest() != whole.file:
        detail = f"number {whole.checkpoint} is not the one that stood when all before was verified: verify whole"
        return [], [Fault(whole.position, "checkpoint", detail)]
    try:
        key = load_public_key(public_key)
    except (OSError, ValueError, AssertionError) as wrong:
        detail = f"no public key at {public_key} ({type(wrong).__name__}): no checkpoint could be checked"
        return [], [Fault(0, "checkpoint", detail)]
    place, made, faults = whole.place, list[Checkpoint](), list[Fault]()
    for number in sorted(number for number in files if number > whole.checkpoint):
        place, wrong_with_it = follow(place, files[number].read_bytes(), key)
        faults += wrong_with_it
        if place.checkpoint is not None and place.checkpoint.number == place.number:
            made.append(place.checkpoint)
    if any(each.resumes is not None for each in made):
        detail = "the log goes on without facts that were signed for, as people have agreed: verify whole"
        faults.append(Fault(whole.position, "checkpoint", detail))
    return made, faults


def _still_there(connection: Connection[Any], whole: Whole) -> list[Fault]:
    """The fact and the command that what is new follows from are those that were verified."""
    faults = []
    for what, query, place, wanted in (
        ("fact", f"SELECT hash FROM {whole.log}.event WHERE position = %s", whole.position, whole.hash),
        ("command", f"SELECT hash FROM {whole.log}.command WHERE nth = %s", whole.commands, whole.commands_hash),
    ):
        row = connection.execute(query.encode(), (place,)).fetchone()
        if place and (row is None or bytes(row[0]).hex() != wanted):
            detail = f"{what} {place} is not the one that stood there when all before was verified whole"
            faults.append(Fault(whole.position, "rewritten", detail))
    return faults


def _commands(connection: Connection[Any], whole: Whole, made: list[Checkpoint]) -> tuple[Counter[str], list[Fault]]:
    """The commands since, each in its place, and none that was recorded otherwise; and those before them whose answers
    were cleared since."""
    signed = {each.commands: bytes.fromhex(each.commands_hash or "") for each in made if each.commands}
    previous = bytes.fromhex(whole.commands_hash)
    query = f"SELECT {COLUMNS} FROM {whole.log}.command WHERE nth > %s ORDER BY nth"
    try:
        cleared = check_cleared_since(connection, whole.log, whole.position, [whole.signed, *made])
        chain = CommandChain(None, signed, after=whole.commands, previous=previous, cleared_upto=cleared.upto)
        for row in rows(connection, "commands_since", query, (whole.commands,)):
            chain.follow(StoredCommand(*row))
    except UNREADABLE as wrong:
        return Counter(), [could_not_be_checked("the commands since", wrong)]
    counts = Counter({"chained commands": chain.nth - whole.commands})
    counts.update(cleared.counts)
    return counts, chain.end() + cleared.end()
