"""When a notice says that it opens: the first instant at which the gate would let anything of it out."""

from dataclasses import replace
from datetime import timedelta
from itertools import count, product
from uuid import UUID

import pytest

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.httpapi.paging import WHOLE_UNTIL
from services.notifications.acts.answers import LINES, show_notice
from services.notifications.facts import held_state as holding
from services.notifications.facts.notice import NoticeObjected, NoticeObjectionLifted
from services.notifications.facts.notice_state import fold
from services.notifications.gate.decision import ListedNotice, stand
from tests.notifications.notice.rules import OUT, PREPARED, RECEIVED
from tests.notifications.sentences import FIRST
from tests.notifications.world import held, letter, line

NOTICE = UUID(int=1)
HISTORIES = [
    steps
    for length in range(4)
    for steps in product(("stop a", "stop b", "stop both", "lift first", "lift last"), repeat=length)
]
ITEMS = {"a": ("a",), "b": ("b",), "both": ("a", "b")}


def objections(steps: tuple[str, ...]) -> list[Event]:
    """As the ministry may act: it objects, and lifts one that stands."""
    events: list[Event] = []
    standing: list[int] = []
    numbers = count(1)
    for day, step in enumerate(steps, 6):
        what, which = step.split()
        if what == "stop":
            number, items = next(numbers), tuple(letter(name) for name in ITEMS[which])
            events.append(NoticeObjected(objection=number, items=items, text="vent", objected_by="marit"))
            standing.append(number)
        elif standing:
            number = standing.pop(0 if which == "first" else -1)
            lifted = NoticeObjectionLifted(
                objection=number, reason="avklart", lifted_by="marit", said_at=FIRST + timedelta(days=day)
            )
            events.append(lifted)
    return events


def recorded(events: list[Event]) -> list[Recorded]:
    """Each a day after the one before."""
    return [
        Recorded(nth, "s", nth, event, FIRST + timedelta(days=nth), "x", "-", "-")
        for nth, event in enumerate(events, 1)
    ]


@pytest.mark.parametrize("steps", HISTORIES, ids=", then ".join)
def test_a_notice_opens_when_the_gate_would_let_the_first_of_it_out(steps: tuple[str, ...]) -> None:
    letters = {letter(name): held(name) for name in ("a", "b")}
    lines = tuple(line(name, held(name).manifest_sha256) for name in ("a", "b"))
    prepared = replace(PREPARED, lines=lines)
    notice = fold(recorded([prepared, *OUT[1:], RECEIVED, *objections(steps)]))
    told = [ListedNotice(notice_id=NOTICE, notice=notice)]
    standing = [stand(item, holding.fold(recorded([it])), told) for item, it in letters.items()]
    opens = [each.opens_at for each in standing if each.refusal is None]
    assert show_notice(NOTICE, notice)["opens_at"] == min(opens, default=None)


def test_a_notice_that_is_not_received_opens_at_no_time() -> None:
    assert show_notice(NOTICE, fold(recorded(list(OUT))))["opens_at"] is None


def test_the_lines_are_shown_a_page_at_a_time_each_with_the_objections_to_it() -> None:
    names = [f"l{number:03}" for number in range(WHOLE_UNTIL + 7)]
    lines = tuple(line(name, held(name).manifest_sha256) for name in names)
    stopped = tuple(letter(name) for name in (names[0], names[-1]))
    objects = NoticeObjected(objection=1, items=stopped, text="vent", objected_by="marit")
    notice = fold(recorded([replace(PREPARED, lines=lines), *OUT[1:], RECEIVED, objects]))
    first = show_notice(NOTICE, notice)
    assert (len(first["lines"]), first["line_count"]) == (WHOLE_UNTIL, len(names)), "what an act answers, and is kept"
    read, objected, cursor = list[str](), list[str](), None
    for _ in range(-(-len(names) // 100)):
        page = show_notice(NOTICE, notice, after=LINES.after(cursor), limit=100)
        read += [each["item"] for each in page["lines"]]
        [objection] = page["objections"]
        objected += objection["items"]
        assert objection["item_count"] == 2
        cursor = page["next"]
    assert cursor is None
    assert (read, tuple(objected)) == ([letter(name) for name in names], stopped)
