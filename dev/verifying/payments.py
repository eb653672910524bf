"""Whether each payment is one that accounting was asked for, as it was asked for; and whether what is booked by hand
was paid before this system, or is one of what a lost batch asked for.

The service asks both before it records (`services/grants/disbursement/batch/receipts.py`, `disbursement/history.py`).
Whoever holds its role goes round it, and money would stand as paid that nobody attested; the facts say so. Whole øre.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import Connection

from dev.verifying.following import Facts
from services.calendar.days import day_of
from services.eventlog.checkpoints.chain import Fault
from services.eventlog.events import Event
from services.eventlog.mapper import decode
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentAttested,
    PaymentRefused,
    PaymentRequested,
)
from services.grants.case.events.lost_payment import LostPaymentSettled, PaymentBatchLost
from services.grants.disbursement.lost.rules import STREAM, LostBatches, evolve_lost, may_be_booked

PAID = (InstalmentPaid, InstalmentPaidLater)
BOOKED = (
    "SELECT topic, data FROM grants.event WHERE stream = %s AND topic = ANY (%s) AND position < %s ORDER BY version"
)
ASKED = frozenset(
    each.TOPIC
    for each in (*PAID, PaymentAttested, PaymentRefused, PaymentRequested, PaymentBatchLost, LostPaymentSettled)
)
UNDER_EARLIER_RULES = "payments booked by hand since the log began, under earlier rules"
Booked = Callable[[str, int], Sequence[InstalmentPaid]]
"""What is booked by hand on a stream before a position."""


@dataclass(slots=True)
class Asked:
    """A payment that was attested on a stream, and the day on which accounting was asked for it, if it was."""

    stream: str
    attested: PaymentAttested
    requested_on: date | None = None


class Payments:
    """Follows the log's facts, and remembers of payments those that wait for an answer, and what is lost."""

    def __init__(self, booked: Booked, *, by_hand_from: int | None) -> None:
        """What is booked by hand on a day that the log holds is told up to `by_hand_from`, where the log came to the
        rules that ask it, and a fault after. None where days are a story's and not the clock's: that is not asked."""
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._booked, self._by_hand_from = booked, by_hand_from
        self._began: date | None = None
        self._open: dict[UUID, Asked] = {}
        self._lost = LostBatches()

    def follow(self, facts: Facts) -> None:
        """One command's facts."""
        self._began = self._began or day_of(facts.at)
        for position, (stream, event) in facts.placed():
            if event.TOPIC in ASKED:
                self._of_payment(position, stream, event)

    def end(self) -> None:
        """Nothing waits: a payment that is not answered for yet has paid nothing."""

    def _of_payment(self, position: int, stream: str, event: Event) -> None:
        match event:
            case PaymentAttested(payment_id=payment_id):
                self._open[payment_id] = Asked(stream, event)
            case PaymentRequested(payment_id=payment_id, requested_on=day) if payment_id in self._open:
                self._open[payment_id].requested_on = day
            case PaymentRefused(payment_id=payment_id):
                self._open.pop(payment_id, None)
            case InstalmentPaid(payment_id=None):
                self._by_hand(position, stream, event)
            case InstalmentPaid(payment_id=UUID() as payment_id):
                self.counts["payments held to what accounting was asked"] += 1
                for wrong in _otherwise(self._open.pop(payment_id, None), stream, event):
                    self._fault(position, f"{event.TOPIC} of {stream} {wrong}")
            case PaymentBatchLost() | LostPaymentSettled() if stream == STREAM:
                self._lost = evolve_lost(self._lost, event)

    def _by_hand(self, position: int, stream: str, paid: InstalmentPaid) -> None:
        self.counts["payments booked by hand"] += 1
        if self._by_hand_from is None or self._began is None or paid.paid_on < self._began:
            return
        if position <= self._by_hand_from:
            self.counts[UNDER_EARLIER_RULES] += 1
        elif not self._may_be_one_of_the_lost(position, stream, paid):
            said = f"is booked by hand of {paid.paid_on}, and its log begins on {self._began}"
            self._fault(position, f"{paid.TOPIC} of {stream} {said}: no lost batch asked for it")

    def _may_be_one_of_the_lost(self, position: int, stream: str, paid: InstalmentPaid) -> bool:
        if not self._lost.batches or not stream.startswith("case-"):
            return False
        case_id, before = UUID(stream.removeprefix("case-")), self._booked(stream, position)
        return may_be_booked(self._lost, case_id, before, amount_ore=paid.amount_ore, paid_on=paid.paid_on)

    def _fault(self, position: int, detail: str) -> None:
        self.faults.append(Fault(position, "payment", detail))


def booked_in(connection: Connection[Any]) -> Booked:
    """What is booked by hand, as the log that is read there says."""
    return partial(_read_booked, connection)


def _read_booked(connection: Connection[Any], stream: str, before: int) -> list[InstalmentPaid]:
    found = []
    for topic, data in connection.execute(BOOKED, (stream, [each.TOPIC for each in PAID], before), binary=True):
        try:
            paid = decode(topic, data)
        except (ValueError, LookupError):
            continue  # it is told as unreadable where the chain is followed
        if isinstance(paid, InstalmentPaid) and paid.payment_id is None:
            found.append(paid)
    return found


def _otherwise(asked: Asked | None, stream: str, paid: InstalmentPaid) -> Iterator[str]:
    """What of an answer is not as accounting was asked."""
    if asked is None or asked.stream != stream or asked.requested_on is None:
        yield "is a payment that nobody had asked accounting for"
        return
    attested = asked.attested
    if (attested.instalment, attested.amount_ore) != (paid.instalment, paid.amount_ore):
        asked_for = f"accounting was asked for {attested.amount_ore} of instalment {attested.instalment}"
        yield f"is of {paid.amount_ore} øre of instalment {paid.instalment}, and {asked_for}"
    if attested.attested_by != paid.attested_by:
        yield f"says that {paid.attested_by} attested it, and {attested.attested_by} did"
    if paid.paid_on < asked.requested_on:
        yield f"is paid on {paid.paid_on}, before accounting was asked on {asked.requested_on}"
