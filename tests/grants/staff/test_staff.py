"""The register of staff: one name and title for each person on each day, or none."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given as drawn
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.staff.events import StaffEntryEnded, StaffEntryErased, StaffNamed
from services.grants.staff.rules import (
    Register,
    StaffDaysReversed,
    StaffEntryUnknown,
    StaffNamedAlready,
    end_entry,
    erase_entry,
    evolve,
    fold,
    name_staff,
    stream_of_staff,
)
from tests.given import Given, given

FIRST, SECOND = UUID(int=1), UUID(int=2)
NEW_YEAR, JUNE, JULY = date(2020, 1, 1), date(2020, 6, 30), date(2020, 7, 1)
named = StaffNamed(
    entry_id=FIRST, subject="kari", valid_from=NEW_YEAR, valid_until=None, digest="ab" * 32, named_by="liv"
)
promoted = StaffNamed(
    entry_id=SECOND, subject="kari", valid_from=JULY, valid_until=None, digest="cd" * 32, named_by="liv"
)
ended = StaffEntryEnded(entry_id=FIRST, valid_until=JUNE, ended_by="liv")
erased = StaffEntryErased(entry_id=FIRST, reason="Har sluttet.", erased_on=JULY, erased_by="liv")


def staff(*events: Event) -> Given:
    return given(*events, evolve=evolve, initial=Register())


def asked(event: StaffNamed) -> dict[str, Any]:
    return vars(event)


def test_a_member_of_staff_is_named_from_a_day_on_and_named_again_is_nothing() -> None:
    staff().when(name_staff, **asked(named)).then(named)
    staff(named).when(name_staff, **asked(named)).nothing()


def test_another_title_from_a_day_on_ends_the_one_before_on_the_day_before() -> None:
    staff(named).when(name_staff, **asked(promoted)).then(ended, promoted)
    register = fold((named, ended, promoted))
    assert [entry.id for day in (JUNE, JULY) if (entry := register.find(day))] == [FIRST, SECOND]
    assert register.find(date(2019, 12, 31)) is None


def test_nobody_has_two_names_on_a_day() -> None:
    staff(named, ended).when(name_staff, **asked(promoted) | {"valid_from": JUNE}).refused(StaffNamedAlready)
    staff(promoted).when(name_staff, **asked(named)).refused(StaffNamedAlready)
    staff(promoted).when(name_staff, **asked(named) | {"valid_until": JUNE}).then(replace(named, valid_until=JUNE))
    staff(named, ended, promoted).when(end_entry, entry_id=FIRST, valid_until=JULY, ended_by="liv").refused(
        StaffNamedAlready
    )


def test_a_last_day_is_not_before_the_first() -> None:
    day = date(2019, 12, 31)
    staff().when(name_staff, **asked(named) | {"valid_until": day}).refused(StaffDaysReversed)
    staff(named).when(end_entry, entry_id=FIRST, valid_until=day, ended_by="liv").refused(StaffDaysReversed)


def test_a_row_is_ended_and_moved_and_ended_again_is_nothing() -> None:
    staff(named).when(end_entry, entry_id=FIRST, valid_until=JUNE, ended_by="liv").then(ended)
    staff(named, ended).when(end_entry, entry_id=FIRST, valid_until=JUNE, ended_by="liv").nothing()
    staff(named).when(end_entry, entry_id=SECOND, valid_until=JUNE, ended_by="liv").refused(StaffEntryUnknown)
    staff(named, erased).when(end_entry, entry_id=FIRST, valid_until=JUNE, ended_by="liv").refused(StaffEntryUnknown)


def test_an_erased_row_names_nobody_and_leaves_its_days_to_another() -> None:
    told = {"entry_id": FIRST, "reason": erased.reason, "erased_on": JULY, "erased_by": "liv"}
    staff(named).when(erase_entry, **told).then(erased)
    staff(named, erased).when(erase_entry, **told).nothing()
    staff().when(erase_entry, **told).then(erased)  # its own fact never came
    assert fold((named, erased)).find(JUNE) is None
    staff(named, erased).when(name_staff, **asked(promoted)).then(promoted)


def test_each_subject_has_a_stream_of_its_own() -> None:
    assert stream_of_staff("kari") == stream_of_staff("kari") != stream_of_staff("Kari")


DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 12))
ACTS = st.lists(
    st.tuples(st.sampled_from(("name", "end", "erase")), st.integers(1, 4), DAYS, st.none() | DAYS), max_size=12
)


@drawn(ACTS)
def test_whatever_is_recorded_nobody_has_two_names_on_a_day(acts: list[tuple[str, int, date, date | None]]) -> None:
    register = Register()
    for kind, number, first, last in acts:
        row = UUID(int=number)
        try:
            match kind:
                case "name":
                    told = {"entry_id": row, "valid_from": first, "valid_until": last}
                    events = name_staff(register, **asked(named) | told)
                case "end":
                    events = end_entry(register, entry_id=row, valid_until=first, ended_by="liv")
                case _:
                    events = erase_entry(register, entry_id=row, reason="-", erased_on=first, erased_by="liv")
        except Refusal:
            continue
        for event in events:
            register = evolve(register, event)
        for day in range(1, 13):
            assert sum(entry.holds(date(2020, 1, day)) for entry in register.entries.values()) <= 1
