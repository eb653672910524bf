"""Whatever people try, nothing is taken or offered of a recipient that has not been told of its award.

The directorate of `test_life_of_a_case.py` at work, where many a letter waits and some go out late. What it is held
against is written out here, and looks at stored names alone.
"""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from services.eventlog.events import Event
from tests.grants.directorate.machine import HUNT
from tests.grants.life import Life
from tests.grants.life_before_the_letter import Waiting

"""How the stored names of facts begin that no recipient without a letter has to do with."""

"""Every task that is not the directorate's with itself, or with whoever complains."""


NEEDED = (
    "untold", "LetterNotOut", "LetterNotReleased", "LetterMayLeave", "LetterLeft", "AwardReduced", "AwardAnnulled",
    "overdue", "PriorWarningOmitted", "WithholdingDecided", "ReclaimDecided", "PaymentAttested", "InstalmentPaid",
    "ReportReminded", "SuspensiveEffectGranted", "LetterPerhapsLeft", "LetterNotArrived", "perhaps it knows",
)  # fmt: skip


def test_nothing_is_taken_or_offered_before_the_letter_and_all_of_it_is_after() -> None:
    class Watched(Waiting):
        reached: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Watched, settings=settings(max_examples=160, stateful_step_count=50))
    assert {name: Watched.reached[name] for name in NEEDED if Watched.reached[name] < 3} == {}


class Ajar(Waiting):
    """A case that refuses nothing at its door."""

    reached: ClassVar[Counter[str]] = Counter()

    def stand_at_the_door(self, life: Life, events: Sequence[Event]) -> None:
        """Whatever is decided goes in."""


def test_a_door_that_stands_open_is_found() -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Ajar, settings=HUNT)


def test_an_inbox_that_offers_what_waits_for_the_letter_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.grants.waiting.case_facts.CaseFacts.allows", lambda *_: True)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(type("Offering", (Waiting,), {"reached": Counter()}), settings=HUNT)
