"""Permits to send, held against the other log both ways: what left was permitted as it left, and what was permitted had
been let out as it was permitted, under the same manifest. A try that was written off is so in its case too."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from psycopg import Connection

from dev.verifying.reading import rows
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.epoch.rules import NINTH
from services.eventlog.epoch.view import find_rules_hold_from
from services.eventlog.mapper import decode
from services.grants.case.events.grant_letter import LetterTryWrittenOff
from services.grants.grant_letter import state
from services.grants.grant_letter.delivery import write_off_try
from services.grants.grant_letter.permit.events import PermitGranted, PermitWrittenOff
from services.notifications.facts.channel import LetterSendingPermitted
from services.notifications.facts.release import LetterReleased

# Each try that a permit began, with the release it was a try of: the last before it.
TRIES = """
    SELECT t.position, t.stream, t.topic, t.data, r.topic, r.data FROM notifications.event t
    LEFT JOIN LATERAL (SELECT e.topic, e.data FROM notifications.event e
                       WHERE e.stream = t.stream AND e.version < t.version AND e.topic = 'letter.released.v1'
                       ORDER BY e.version DESC LIMIT 1) r ON true
    WHERE t.topic = 'letter.sending-begun.v2' ORDER BY t.position
"""
PERMIT = "SELECT stream, topic, data, encode(hash, 'hex') FROM grants.event WHERE position = %s"
GRANTED = "SELECT position, stream, topic, data FROM grants.event WHERE topic = 'permit.granted.v1' ORDER BY position"
# Each write-off of a permit, and each try that a case says is written off, with the command that recorded it.
WRITTEN_OFF = """
    SELECT e.position, substr(e.stream, strpos(e.stream, '-') + 1), e.topic, e.data, k.id FROM grants.event e
    JOIN grants.command k ON e.position BETWEEN k.first_position AND k.last_position
    WHERE e.topic IN ('permit.written-off.v1', 'award.letter-try-written-off.v1') ORDER BY e.position
"""
CASE_BEFORE = "SELECT topic, data FROM grants.event WHERE stream = %s AND position < %s ORDER BY version"
LET_OUT = "SELECT topic, data FROM notifications.event WHERE stream = %s AND topic = 'letter.released.v1'"
Found = tuple[Counter[str], list[Fault]]


def check_tries(ours: Connection[Any], theirs: Connection[Any], named: Collection[int] = ()) -> Found:
    """Each try to send was begun by a permit: of that very try, letter and manifest, at the place it names in grants'
    log. `ours` is notifications, `theirs` grants; `named` are the positions of tries whose permit grants lost, as two
    people agreed."""
    faults, counts = list[Fault](), Counter[str]()
    for position, stream, topic, data, *release in rows(ours, "tries", TRIES):
        counts["permits held against grants' log"] += 1
        begun = decode(topic, data)
        assert isinstance(begun, LetterSendingPermitted)
        where = f"the permit at {begun.permit.position}"
        row = theirs.execute(PERMIT, (begun.permit.position,), binary=True).fetchone()
        if row is None or row[3] != begun.permit.hash or row[1] != PermitGranted.TOPIC:
            if position in named:
                counts["tries by a permit that grants lost, as was agreed"] += 1
                continue
            faults.append(Fault(position, "heard", f"no permit stands at {begun.permit.position} of grants' log"))
            continue
        granted = decode(row[1], row[2])
        assert isinstance(granted, PermitGranted)
        told = (row[0].removeprefix("permit-"), granted.attempt, granted.letter_sha256)
        if told != (stream.removeprefix("letter-"), begun.attempt, begun.permit.letter_sha256):
            faults.append(Fault(position, "heard", f"{where} is of another try or letter"))
        elif release[0] is None or _of(*release) != (granted.manifest_sha256, granted.letter_sha256):
            faults.append(Fault(position, "heard", f"{where} is of another manifest than was let out"))
    return counts, faults


def check_permits(ours: Connection[Any], theirs: Connection[Any], named: Collection[int] = ()) -> Found:
    """Each permit was given of a letter that the gate had let out, under that very manifest. `ours` is grants, and read
    first: what was let out was let out before its permit was asked for. `named` as above, of releases."""
    faults, counts = list[Fault](), Counter[str]()
    for position, stream, topic, data in rows(ours, "granted", GRANTED):
        counts["permits held against what was let out"] += 1
        granted = decode(topic, data)
        assert isinstance(granted, PermitGranted)
        case = stream.removeprefix("permit-")
        released = theirs.execute(LET_OUT, (f"letter-{case}",), binary=True)
        if (granted.manifest_sha256, granted.letter_sha256) not in {_of(*row) for row in released}:
            if position in named:
                counts["permits of what notifications lost, as was agreed"] += 1
                continue
            detail = f"permitted under a manifest ({granted.manifest_sha256[:12]}...) that was never let out"
            faults.append(Fault(position, "heard", f"{stream}: {detail}"))
    written_off, untold = check_written_off(ours)
    return counts + written_off, faults + untold


def check_written_off(ours: Connection[Any]) -> Found:
    """Each permit that two people wrote off is so in its case too, in the same command, unless the case knew as much or
    more of that try; and no case says so by itself."""
    since = find_rules_hold_from(ours, "grants", NINTH)
    faults, counts = list[Fault](), Counter[str]()
    said = list(rows(ours, "written off", WRITTEN_OFF))
    told = {(command, case, event) for _, case, topic, data, command in said if (event := _try_of(topic, data))}
    for position, case, topic, data, command in said:
        off = decode(topic, data)
        if isinstance(off, PermitWrittenOff):
            counts["permits written off"] += 1
            mine = {each for by, of, each in told if (by, of, each.attempt) == (command, case, off.attempt)}
            told -= {(command, case, each) for each in mine}
            if position > since and not mine and _tells(ours, case, position, off):
                faults.append(Fault(position, "heard", f"case-{case}: the write-off of its permit is not told in it"))
    for position, case, topic, data, command in said:
        by_itself = _try_of(topic, data)
        if by_itself and (command, case, by_itself) in told:
            faults.append(Fault(position, "heard", f"case-{case}: no permit was written off as it says"))
    return counts, faults


def _try_of(topic: str, data: bytes) -> LetterTryWrittenOff | None:
    event = decode(topic, data)
    return event if isinstance(event, LetterTryWrittenOff) else None


def _tells(ours: Connection[Any], case: str, before: int, off: PermitWrittenOff) -> bool:
    """Whether the write-off tells the case anything it did not know of that try."""
    facts = ours.execute(CASE_BEFORE, (f"case-{case}", before), binary=True)
    letter = state.fold([decode(topic, data) for topic, data in facts])
    return bool(write_off_try(letter, attempt=off.attempt, sha256=""))


def _of(topic: str, data: bytes) -> tuple[str, str]:
    """What a release let out: its manifest, and its letter."""
    released = decode(topic, data)
    assert isinstance(released, LetterReleased)
    return released.manifest_sha256, released.letter_sha256
