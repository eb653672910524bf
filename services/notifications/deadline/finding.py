"""What happened elsewhere has ended a deadline, or begun it anew: the sweep finds it and records it, so that its
history says so, its version counts it, and whoever was told of it hears.

A deadline of a notice, letter or publication follows from its own stream, but whether anything waits for it is the
gate's to say: another notice, another plan or a letter that left ends it, and leaves no fact there. Recorded once,
however many look: what its history says is read again first, and its stream's version lets one through.
"""

from typing import get_args

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.notifications.deadline.events import DeadlineFound, State
from services.notifications.deadline.listing import DeadlineRow
from services.notifications.deadline.rules import FOUND, follow, with_found

ACTOR = "deadline-sweep"
TRIES = 5
"""How often another that records of the same stream is given way to, before it is left for the next look."""


def stands(row: DeadlineRow) -> State:
    """Due, met or fallen, as it is answered: what is over, history or has no day is due as far as anybody says."""
    return next((state for state in get_args(State) if state == row.state), "due")


async def record_found(log: Log, row: DeadlineRow) -> bool:
    """Record how it stands, where its history says otherwise. False where others were always first: look again."""
    stream, state = FOUND + row.stream, stands(row)
    for _ in range(TRIES):
        histories = await log.load_all([row.stream, stream])
        facts = with_found({each: history.recorded for each, history in histories.items()}, row.stream)
        line = follow(row.stream, facts).get(row.key)
        if line is None or line.position > row.position or line.state == state:
            return True  # the register is behind: it is looked at again once it has followed
        found = DeadlineFound(key=row.key, state=state, due_on=line.deadline.due_on)
        outcome = await log.append(Command(actor=ACTOR), Write(stream, histories[stream].version, (found,)))
        if outcome.outcome == "recorded":
            return True
    return False
