"""What a letter asks for again and again has a deadline for each time, and what has no day stands without one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.grants.budget_year.events.allocation import LetterCorrected
from services.grants.budget_year.letter import Letter
from services.grants.budget_year.letter_duties import Assignment, Every
from services.grants.budget_year.letter_duties import Deadline as Line
from services.grants.deadline.events import Deadline, DeadlinesTold
from services.grants.deadline.messages import MESSAGES
from services.grants.deadline.rules import ToldDeadlines, evolve, tell
from services.grants.deadline.year import list_deadlines_of_year
from tests.grants.allocation.letters import letter_of, registered

LETTER = letter_of(2)
BEGUN = date(2020, 11, 1)
NOTHING = ToldDeadlines()


def line(on: date | None = None, *, every: Every | None = None, printed: str = "x", what: str = "Rapport") -> Line:
    return Line(what=what, on=on, printed=printed, every=every, cite="4.1", line=1)


def with_lines(*lines: Line, starts_on: date | None = None) -> Letter:
    task = Assignment(
        number="2020-015", printed=None, title="Oppdrag", parts=(), deadlines=lines, frames=(), starts_on=starts_on,
        funding=None, cite="4.2", line=1,
    )  # fmt: skip
    dated = replace(LETTER.dated, on=BEGUN)
    return replace(LETTER, dated=dated, assignments=(task,), earmarks=(), splits=(), calendar=(), pay_outs=())


def stands(events: Sequence[Event], told: ToldDeadlines = NOTHING) -> list[Deadline]:
    return [each for each in list_deadlines_of_year(events, told.deadlines) if each.kind == "assignment"]


def days_of(*lines: Line, starts_on: date | None = None) -> list[str]:
    return [str(each.due_on) for each in stands(registered(with_lines(*lines, starts_on=starts_on)))]


def test_every_fourteenth_day_is_counted_from_the_first_day_there_is() -> None:
    every = line(every="two-weeks")
    assert days_of(every) == ["2020-11-15", "2020-11-29", "2020-12-13", "2020-12-27"]
    assert days_of(every, starts_on=date(2020, 12, 1)) == ["2020-12-15", "2020-12-29"]
    assert days_of(replace(every, on=date(2020, 12, 10))) == ["2020-12-10", "2020-12-24"]


def test_months_and_quarters_are_the_calendars_to_their_last_day() -> None:
    assert days_of(line(every="month")) == ["2020-11-30", "2020-12-31"]
    assert days_of(line(every="quarter")) == ["2020-12-31"]
    assert days_of(line(every="year")) == ["2020-12-31"]
    assert days_of(line(every="month"), starts_on=date(2020, 10, 5)) == ["2020-11-05", "2020-12-05"]


def test_what_comes_after_something_is_counted_from_that() -> None:
    first = line(date(2020, 9, 30), what="Plan")
    assert days_of(first, line(every="quarter", printed="Deretter hvert kvartal")) == ["2020-09-30", "2020-12-31"]
    assert days_of(line(every="quarter", printed="Deretter hvert kvartal"), first) == ["2020-12-31", "2020-09-30"]


def test_what_has_no_day_or_none_within_the_year_stands_without_one() -> None:
    late = line(date(2020, 12, 23), what="Plan"), line(every="month", printed="deretter hver måned")
    assert days_of(*late) == ["2020-12-23", "None"]
    [undated] = stands(registered(with_lines(line(printed="når det er ferdig"))))
    assert (undated.due_on, undated.what, undated.state) == (None, "Oppdrag: Rapport (når det er ferdig)", "due")


def test_one_time_keeps_its_name_when_the_letter_is_put_right() -> None:
    def corrected(letter: Letter) -> LetterCorrected:
        return LetterCorrected(
            letter=letter, source_sha256="ab" * 32, corrected_by="ola", reason="x", funds=(), postings=(),
            statements=(),
        )  # fmt: skip

    def told(*deadlines: Deadline) -> ToldDeadlines:
        fact = DeadlinesTold(
            case_id=None, case_number=None, year=2020, deadlines=(), undated=deadlines, as_of=1, read_to=0, rules=5
        )
        return evolve(ToldDeadlines(), fact)

    events: list[Event] = [*registered(with_lines(line(every="two-weeks"), line(what="Sluttrapport")))]
    first = stands(events)
    assert len({each.key for each in first}) == len(first) == 5
    events.append(corrected(with_lines(line(what="Annet"), line(every="two-weeks"), line(what="Sluttrapport"))))
    moved = stands(events, told(*first))
    assert [each for each in moved if "Annet" not in each.what] == first
    events.append(corrected(with_lines(line(every="month"), line(date(2021, 1, 5), what="Sluttrapport"))))
    monthly = stands(events, told(*first))
    assert [each.key for each in monthly] == [first[0].key, first[1].key, first[4].key], "each moved, in their order"
    assert {each.key for each in tell(told(*first), monthly) if each.state == "fallen"} == {
        first[2].key,
        first[3].key,
    }


def test_the_letters_of_2020_say_every_time_and_what_they_name_no_day_for() -> None:
    found = list_deadlines_of_year(registered(*(letter_of(number) for number in range(9))))
    by_what: dict[str, list[date]] = defaultdict(list)
    for each in found:
        if each.due_on:
            by_what[each.what.rpartition(": ")[2]].append(each.due_on)
    status = by_what["Statusrapport fra direktoratsgruppen til Barne- og familiedepartementet"]
    assert (len(status), status[0], status[-1]) == (19, date(2020, 4, 22), date(2020, 12, 30))
    assert {(later - earlier).days for earlier, later in pairwise(status)} == {14}
    monthly = by_what["Rapportering på utviklingen, kort, med vekt på avvik og risiko"]
    assert (len(monthly), monthly[1]) == (12, date(2020, 2, 29))
    assert by_what["Rapport om arbeidet"] == [date(2020, 9, 30), date(2020, 12, 31)]
    carry_over = by_what["Søknad om overføring av ubrukt driftsbevilgning sendes KD med regnskapsrapporten"]
    assert carry_over == [date(2021, 3, 15)]
    undated = [each.what for each in found if each.due_on is None]
    assert len(undated) == 9
    assert any("To uker før første etatsstyringsmøte i 2020" in what for what in undated)


def test_what_has_no_day_is_told_beside_what_has_one() -> None:
    events = registered(with_lines(line(date(2020, 12, 1), what="Plan"), line(printed="senere")))
    dated, undated = (tuple(each for each in stands(events) if (each.due_on is None) is none) for none in (False, True))
    fact = DeadlinesTold(
        case_id=None, case_number=None, year=2020, deadlines=dated, undated=undated, as_of=1, read_to=0, rules=5
    )
    recorded = Recorded(1, "deadlines-2020", 1, fact, datetime(2020, 6, 1, tzinfo=UTC), "k", "-", "-")
    message = MESSAGES[DeadlinesTold.TOPIC](recorded)
    assert message is not None
    assert [each["due_on"] for each in message.data["deadlines"]] == ["2020-12-01"]
    assert [each["what"] for each in message.data["undated"]] == ["Oppdrag: Rapport (senere)"]
    assert "due_on" not in message.data["undated"][0]
