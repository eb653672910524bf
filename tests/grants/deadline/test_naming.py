"""A letter that is put right hands nothing of one deadline to another: each is known by what it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.grants.budget_year.events.allocation import LetterCorrected, LetterWithdrawn
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_duties import CalendarEntry
from services.grants.deadline.events import Deadline, DeadlinesTold
from services.grants.deadline.rules import ToldDeadlines, evolve, tell
from services.grants.deadline.year import list_deadlines_of_year
from tests.grants.allocation.letters import letter_of, registered

Read = tuple[str, date]
JUNE, SEPTEMBER = date(2020, 6, 1), date(2020, 9, 1)
LETTER = letter_of(0)
A, B = ("Årsrapport", JUNE), ("Regnskap", JUNE)


class Year:
    """What is told of a year, and what somebody has recorded as done: by its key, as the other service keeps it."""

    def __init__(self, *lines: Read) -> None:
        self.events: list[Event] = [*registered(with_lines(*lines))]
        self.met: set[str] = set()
        self.told = ToldDeadlines()
        self.tell()

    def tell(self) -> None:
        standing = list_deadlines_of_year(self.events, self.told.deadlines)
        new = tell(self.told, standing)
        fact = DeadlinesTold(case_id=None, case_number=None, year=2020, deadlines=new, as_of=1, read_to=0, rules=2)
        self.told = evolve(self.told, fact)

    def correct(self, *lines: Read) -> None:
        """The letter is put right: these are its lines."""
        self.events.append(
            LetterCorrected(
                letter=with_lines(*lines), source_sha256="ab" * 32, corrected_by="ola", reason="x", funds=(),
                postings=(), statements=(),
            )
        )  # fmt: skip
        self.tell()

    def meet(self, nth: int) -> None:
        stands = self.standing
        if stands:
            self.met.add(stands[nth % len(stands)].key)

    @property
    def standing(self) -> list[Deadline]:
        """The letter's reports, those that are waited for."""
        return [each for each in self.told.deadlines.values() if each.kind == "ministry-report" and each.state == "due"]

    def read(self, *, met: bool) -> list[Read]:
        return sorted(
            (each.what, each.due_on) for each in self.standing if each.due_on and (each.key in self.met) is met
        )


def with_lines(*lines: Read) -> Letter:
    calendar = tuple(
        CalendarEntry(kind="report", what=what, on=on, printed="x", as_of=None, cite=f"{place}")
        for place, (what, on) in enumerate(lines)
    )
    return replace(LETTER, calendar=calendar, assignments=(), pay_outs=())


def test_the_line_before_it_taken_out_leaves_what_was_met_to_itself() -> None:
    year = Year(A, B)
    year.meet(0)
    year.correct(B)
    assert (year.read(met=True), year.read(met=False)) == ([], [B])
    year.correct(A, B)
    assert (year.read(met=True), year.read(met=False)) == ([A], [B])


def test_a_forgotten_line_put_in_first_is_not_done() -> None:
    year = Year(B)
    year.meet(0)
    year.correct(A, B)
    assert (year.read(met=True), year.read(met=False)) == ([B], [A])


def test_a_day_that_is_put_right_moves_the_same_deadline() -> None:
    year = Year(A, B)
    year.meet(0)
    year.correct((A[0], SEPTEMBER), B)
    assert (year.read(met=True), year.read(met=False)) == ([(A[0], SEPTEMBER)], [B])


def test_another_letter_on_a_freed_number_has_deadlines_of_its_own() -> None:
    year = Year(A)
    year.meet(0)
    publications = {key for key in year.told.deadlines if key.startswith("letter-publication-")}
    year.events.append(
        LetterWithdrawn(
            letter_number=0, effective_on=JUNE, reason="x", withdrawn_by="ola", postings=(), statements=()
        )
    )  # fmt: skip
    year.tell()
    assert year.standing == []
    year.events += registered(with_lines(A))
    year.tell()
    assert (year.read(met=True), year.read(met=False)) == ([], [A])
    anew = [each for each in year.told.deadlines.values() if each.kind == "letter-publication" and each.state == "due"]
    assert len(anew) == 1
    assert anew[0].key not in publications


LINES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([JUNE, SEPTEMBER, date(2020, 12, 1)])), max_size=5)


@settings(max_examples=150)
@given(st.lists(st.tuples(LINES, st.integers(0, 4)), min_size=2, max_size=5))
def test_whatever_is_put_right_what_was_met_stays_met_of_the_same_and_of_no_other(
    corrections: Sequence[tuple[list[Read], int]],
) -> None:
    (first, met), *rest = corrections
    year = Year(*first)
    year.meet(met)
    ever = Counter(what for what, _ in year.read(met=True))
    for lines, nth in rest:
        before, stood = Counter(year.read(met=True)), Counter([*year.read(met=True), *year.read(met=False)])
        texts = {key: each.what for key, each in year.told.deadlines.items()}
        year.correct(*lines)
        stands = Counter(lines)
        assert sorted(stands.elements()) == sorted([*year.read(met=True), *year.read(met=False)])
        assert {key: year.told.deadlines[key].what for key in texts} == texts, "a key is of one text for good"
        after = Counter(year.read(met=True))
        for read, times in before.items():
            gone = max(0, stood[read] - stands[read])  # of several of one text and day, any may be what was taken out
            assert after[read] >= times - gone, f"{read} was met, and is not"
        for what, times in Counter(what for what, _ in after.elements()).items():
            assert times <= ever[what], f"{what} is met, and nobody said so"
        already = Counter(what for what, _ in year.read(met=True))
        year.meet(nth)
        ever += Counter(what for what, _ in year.read(met=True)) - already
