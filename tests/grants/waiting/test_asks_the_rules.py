"""What the inbox offers the rules allow to that person, and whatever of a declared kind they allow is offered.

Held against acts that are written out here, and tried on the case as each room folds it, in every state that a
directorate at work (`test_life_of_a_case.py`) and a desk that takes in applications come to.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from services.eventlog.refusal import Refusal
from services.grants.case.events.award import AwardProposed, ReportOwed
from services.grants.case.state import keep_closed
from services.grants.case.until_informed import keep_until_informed
from services.grants.deadline.rules import list_deadlines
from services.grants.waiting.rules import list_tasks
from services.grants.waiting.task import Task
from tests.grants.directorate.machine import HUNT, Directorate, ToTheEnd
from tests.grants.fodt_fri import proposed
from tests.grants.life import ROOMS, Life
from tests.grants.waiting.asks_the_rules import ACTS, DESK, TRIES, Applying

PEOPLE = ("kari", "ola", "liv", "per", "anne", "siri", "nobody-yet")
"""An act on the case as its room folds it, on one part, by a person on a day."""


ABOUT_THE_CASE = {
    "approve-award", "approve-change", "confirm-letter-release", "verify-account", "approve-settlement", "close-case",
}  # fmt: skip
WAITS_FOR_MORE = {"verify-account": "money to pay", "close-case": "a settlement, where money was paid"}
"""Of these the rules allow more than waits: nobody is asked for it before there is something it is needed for."""


def may(life: Life, name: str, part: int, who: str, on: date) -> bool:
    """Whether the act's own rule, and the door of the case, let this person do it."""
    room, act = TRIES[name]
    try:
        follows = act(life.rooms[room], part, who, on)
        keep_closed(life.events, follows)
        keep_until_informed(life.events, follows)
    except Refusal:
        return False
    return bool(follows)


def parts_of(life: Life, name: str) -> range:
    if name in ABOUT_THE_CASE:
        return range(1)
    return range(1, 1 + max(len(life.commitment.instalments), len(life.rooms["complaint"].complaints), 2))


def faults(life: Life, today: date) -> Iterator[str]:
    """Where the inbox and the rules disagree. An inbox is read on a day no earlier than the last of its case."""
    tasks = [task for task in list_tasks(life.events) if task.until_on is None or task.until_on >= today]
    known = {(task.task, task.part): task for task in tasks}
    if len(known) < len(tasks):
        yield f"two rows of one key: {[(task.task, task.part) for task in tasks]}"
    for task in tasks:
        if task.task in TRIES:
            day = max(task.from_on or today, today)
            for who in PEOPLE:
                if may(life, task.task, task.part, who, day) == (who in task.not_by):
                    yield f"{task.task} {task.part} for {who} on {day}: {task}"
    for name in TRIES.keys() - WAITS_FOR_MORE.keys():
        for part in parts_of(life, name):
            allowed = [who for who in ("nobody-yet", "kari") if may(life, name, part, who, today)]
            if allowed and (name, part) not in known:
                yield f"{name} {part} is allowed to {allowed} on {today} and not offered"
    yield from asked_of_nothing(life, known.keys())


OF_THE_RECIPIENT = ("remind-of-report", "record-acceptance", "follow-up-acceptance")
"""What the recipient is waited for with, of an award that it has."""


def asked_of_nothing(life: Life, offered: Collection[tuple[str, int]]) -> Iterator[str]:
    """What is asked of a recipient though nothing of its award is left; and reports that only one of the inbox and the
    deadlines waits for."""
    due = {each.part for each in list_deadlines(life.events) if each.kind == "recipient-report" and each.state == "due"}
    reminded = {part for task, part in offered if task == "remind-of-report"}
    if due != reminded:
        yield f"reports {due} are due, and {reminded} reminded of"
    if life.commitment.approved and not life.commitment.committed_ore:
        yield from (f"{task} is offered of nothing" for task, _ in offered if task in OF_THE_RECIPIENT)


def seen(tasks: Sequence[Task]) -> Counter[str]:
    return Counter(f"offers {task.task}" for task in tasks)


class Offering(ToTheEnd):
    """A directorate whose inbox is looked at in every state it comes to. Days go forward only, as for whoever reads it:
    what is dated back is for the rules' own tests."""

    proposal: ClassVar[AwardProposed] = replace(
        proposed, reports=(ReportOwed(number=1, kind="final", due_on=date(2020, 3, 20)),)
    )

    def __init__(self) -> None:
        super().__init__()
        self.looked_at: dict[int, tuple[int, date]] = {}

    def day(self, back: int) -> date:
        return self.today if back >= 0 else super().day(back)

    @rule(days=st.integers(1, 45))
    def time_goes(self, days: int) -> None:
        self.today = max(self.today, min(self.today + timedelta(days=days), date(2020, 12, 31)))

    @invariant()
    def the_inbox_and_the_rules_agree(self) -> None:
        """In every case that has moved, or on another day, since it was last looked at."""
        for life in self.lives:
            now = len(life.events), self.today
            if self.looked_at.get(life.number) != now:
                self.looked_at[life.number] = now
                self.reached.update(seen(list_tasks(life.events)))
                assert list(faults(life, self.today)) == []


NEEDED = (
    "offers approve-award", "offers attest-payment", "offers follow-up-reclaim", "offers handle-complaint",
    "offers remind-of-report", "offers request-payment",
)  # fmt: skip


def test_in_every_state_of_a_case_the_inbox_and_the_rules_agree() -> None:
    class Watched(Offering):
        reached: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Watched, settings=settings(max_examples=30, stateful_step_count=25))
    assert {name: Watched.reached[name] for name in NEEDED if not Watched.reached[name]} == {}


@pytest.mark.parametrize(
    "mutant",
    ["services.grants.waiting.case_facts.CaseFacts.list_barred", "services.grants.waiting.money._to_attest"],
)
def test_an_inbox_that_forgets_to_ask_is_found(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful: Any = (lambda *_: frozenset()) if mutant.endswith("barred") else (lambda *_: [])
    monkeypatch.setattr(mutant, forgetful)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(type("Forgetful", (Offering,), {"reached": Counter()}), settings=HUNT)


# Applications, from their arrival to their answer.


OF_APPLICATIONS = {
    "accept-late-application": "is taken in",
    "assess-application": "assesses",
    "decide-rejection": "decides",
    "decide-dismissal": "decides",
    "propose-award": "proposes",
}


@settings(max_examples=250)
@given(st.lists(st.tuples(ACTS, st.sampled_from(DESK)), max_size=14))
def test_in_every_state_of_an_application_the_inbox_and_the_rules_agree(done: list[tuple[str, str]]) -> None:
    desk = Applying()
    for act, who in done:
        desk.does(act, who)
        tasks = {task.task: task for task in list_tasks(desk.life.events)}
        for name, tried in OF_APPLICATIONS.items():
            task = tasks.get(name)
            if task:
                for person in (*DESK, "nobody-yet"):
                    assert desk.may(tried, person, desk.today) == (person not in task.not_by), (name, person, done)
        case = desk.life.rooms["application"]
        if case.versions and case.counting is None and desk.may("is taken in", "nobody-yet", desk.today):
            assert "accept-late-application" in tasks
            assert "assess-application" not in tasks
        counting = case.counting
        if counting and not case.assessments_of(counting.version) and not case.proposal:
            assert ("assess-application" in tasks) == desk.may("assesses", "nobody-yet", desk.today)
    assert desk.life.rooms.keys() == ROOMS.keys()
    assert issubclass(Offering, Directorate)
