"""Where a feed was gone back in, since the other log had gone on otherwise than it was read: what two people agreed is
signed, true, and excuses what it names and nothing more."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from psycopg import Connection

from services.eventlog.checkpoints.chain import Fault
from services.eventlog.checkpoints.checkpoint import load_public_key
from services.eventlog.mapper import decode
from services.inbox.events import FeedResumed
from services.inbox.resuming.rules import signed
from services.lost_grounds.events import LostGroundsLookedInto
from services.text.people import is_among

SAID = "SELECT position, data FROM {schema}.event WHERE stream = %s AND topic = %s ORDER BY version"
STANDS = "SELECT encode(hash, 'hex') FROM {schema}.event WHERE position = %s"


@dataclass(kw_only=True)
class GoneBack:
    """Each time that a log went back in the feed it hears, by the position of the fact in that log: those that are
    signed by its key. `named` are the positions of the facts they name."""

    by_position: dict[int, FeedResumed] = field(default_factory=dict)
    named: set[int] = field(default_factory=set)

    def read(
        self, ours: Connection[Any], theirs: Connection[Any], *, schema: str, other: str, key: Path | None
    ) -> tuple[Counter[str], list[Fault]]:
        """Read what was said, and what is wrong with it. What is not signed by that key excuses nothing."""
        faults, counts = list[Fault](), Counter[str]()
        query = SAID.format(schema=schema).encode()
        rows = ours.execute(query, (f"inbox-{other}", FeedResumed.TOPIC), binary=True).fetchall()
        for position, data in rows:
            fact = decode(FeedResumed.TOPIC, data)
            assert isinstance(fact, FeedResumed)
            if not _is_signed(fact, key):
                faults.append(Fault(position, "heard", f"going back in the feed of {other} is not signed by our key"))
                continue
            if is_among(fact.confirmed_by, {fact.agreed_with}):
                faults.append(Fault(position, "heard", f"one person alone went back in the feed of {other}"))
                continue
            self.by_position[position] = fact
            self.named |= {each.position for each in fact.beyond}
            who = f"{fact.agreed_with} and {fact.confirmed_by}"
            what = f"back from {fact.left_position} to {fact.position} of {other}'s log, as {who} agreed"
            counts[f"{what}: facts that rest on what it lost"] = len(fact.beyond)
        for position, fact in self.by_position.items():
            faults += self._untrue(theirs, position, fact, other)
        looked, strange = self._looked_into(ours, query, other)
        return counts + looked, faults + strange

    def _looked_into(self, ours: Connection[Any], query: bytes, other: str) -> tuple[Counter[str], list[Fault]]:
        """How many that were named somebody has looked into, and what was looked into and named by nobody."""
        rows = ours.execute(query, (f"inbox-{other}-looked-into", LostGroundsLookedInto.TOPIC), binary=True).fetchall()
        seen, faults = set[int](), list[Fault]()
        for position, data in rows:
            fact = decode(LostGroundsLookedInto.TOPIC, data)
            assert isinstance(fact, LostGroundsLookedInto)
            seen |= {*fact.positions} & self.named
            if strange := sorted({*fact.positions} - self.named):
                detail = f"it was looked into {strange[0]}, which nobody named as resting on what {other} lost"
                faults.append(Fault(position, "heard", detail))
        left = len(self.named) - len(seen)
        return Counter({"facts whose ground is lost that nobody has looked into": left} if left else {}), faults

    def _untrue(self, theirs: Connection[Any], position: int, fact: FeedResumed, other: str) -> list[Fault]:
        """What it says of the other log that is not so."""
        faults = []
        if self.found_gone(position, fact.position) is None and not _stands(theirs, other, fact.position, fact.hash):
            faults.append(
                Fault(position, "heard", f"it goes on from {fact.position}, which {other}'s log does not hold")
            )
        if _stands(theirs, other, fact.left_position, fact.left_hash):
            detail = f"it goes back from {fact.left_position}, and {other}'s log holds that"
            faults.append(Fault(position, "heard", detail))
        return faults

    def found_gone(self, own: int, place: int) -> FeedResumed | None:
        """Who went back later to before that place of the other log, kept at our position `own`."""
        return next((fact for at, fact in self.by_position.items() if at > own and fact.position < place), None)


def _is_signed(fact: FeedResumed, key: Path | None) -> bool:
    if key is None or not key.exists():
        return False
    try:
        load_public_key(key).verify(bytes.fromhex(fact.signature), signed(fact))
    except (InvalidSignature, ValueError):
        return False
    return True


def _stands(theirs: Connection[Any], other: str, position: int, stood: str | None) -> bool:
    if position == 0:
        return True
    row = theirs.execute(STANDS.format(schema=other).encode(), (position,)).fetchone()
    return row is not None and row[0] == stood
