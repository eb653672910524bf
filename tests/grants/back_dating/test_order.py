"""No day lies before what it builds on, nor after today where it tells of something done."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.eventlog.events import TOPICS, Event
from services.eventlog.mapper import decode
from services.eventlog.refusal import Refusal
from services.grants.back_dating.acts import ACTS, HAPPENED, MAY_LIE_AHEAD, TO_COME
from services.grants.back_dating.bases import BUILDS_ON, Basis
from services.grants.back_dating.floors import (
    BEGINS,
    COUNTS_FROM,
    PLANNED_FROM,
    PLANNED_OTHERWISE,
    YEARS_BACK,
)
from services.grants.back_dating.order import (
    NEAR,
    PLANNED_YEARS,
    BeforeItsBasis,
    TooFarAhead,
    check_days,
    find_all,
)
from services.grants.back_dating.rules import DatedAhead
from services.grants.case.events.award import Agreed, Instalment, ReportOwed
from services.grants.case.events.disbursement import InstalmentPaid, PaymentAttested
from services.grants.case.hearing import Hearing
from tests.grants.fodt_fri import approved
from tests.history.history import EXAMPLES

TODAY = date(2021, 6, 1)
DAY = timedelta(days=1)
FIRST = date(2021, 2, 1)

EVERY = sorted((topic, path) for table in (ACTS, HAPPENED) for topic, paths in table.items() for path in paths.split())
BOUND = [(topic, path, basis) for (topic, path), bases in sorted(BUILDS_ON.items()) for basis in bases]


PLAN = (Instalment(number=1, amount_ore=100, due_on=FIRST),)
HEARD: dict[str, dict[str, Any]] = {
    "award.change-proposed.v1": {"hearing": Hearing(warned_on=FIRST, reply_by=FIRST), "added": PLAN},
    "award.letter-frozen.v1": {"instalments": PLAN},
    "award.proposed.v1": {
        "reports": (ReportOwed(number=1, kind="final", due_on=FIRST),),
        "instalments": PLAN,
        "basis": Agreed(document="20/1", agreed_on=FIRST),
    },
}
"""What the stored examples leave out."""


def example(topic: str) -> Event:
    """The stored example of that name, with all the days it could have."""
    stored = decode(topic, (EXAMPLES / f"{topic}.json").read_bytes())
    return replace(stored, **HEARD.get(topic, {}))


def dated(told: Event, path: str, day: date) -> Any:
    """The same with this day at a path, in each of several; and what is planned from it no earlier."""
    whole = _put(told, path, day)
    for (topic, planned), begins in PLANNED_FROM.items():
        if topic == told.TOPIC and begins == path and any(each < day for each in find_all(whole, planned)):
            whole = dated(whole, planned, day)
    return whole


def _put(value: Any, path: str, day: date) -> Any:
    name, _, rest = path.partition(".")
    held = getattr(value, name)
    if not rest:
        return replace(value, **{name: day})
    inner = tuple(_put(each, rest, day) for each in held) if isinstance(held, tuple) else _put(held, rest, day)
    return replace(value, **{name: inner})


@pytest.mark.parametrize(("topic", "path"), EVERY)
def test_every_day_of_something_done_is_bound_from_below_or_it_is_said_why_not(topic: str, path: str) -> None:
    """A new fact with a day fails here until somebody has said what the day builds on."""
    begins = [why for name, why in BEGINS.items() if topic.startswith(name)]
    assert ((topic, path) in BUILDS_ON) != bool(begins)


def test_the_table_names_days_that_are_and_nothing_else() -> None:
    assert set(BUILDS_ON) <= set(EVERY)
    for _, _, basis in BOUND:
        for named in basis.topics:
            assert {each.name for each in fields(TOPICS[named])} >= {basis.day.partition(".")[0], *basis.same}


@pytest.mark.parametrize(("topic", "path", "basis"), BOUND, ids=[f"{each[0]}-{each[2].topics[0]}" for each in BOUND])
def test_a_day_before_what_it_builds_on_is_refused_and_that_very_day_is_taken(
    topic: str, path: str, basis: Basis
) -> None:
    for named in basis.topics:
        after = example(topic)
        same = {name: getattr(after, name) for name in basis.same}
        before = replace(dated(example(named), basis.day, FIRST), **same)
        check_days([before], [dated(after, path, FIRST)], today=TODAY)
        with pytest.raises(BeforeItsBasis):
            check_days([before], [dated(after, path, FIRST - DAY)], today=TODAY)
        with pytest.raises(BeforeItsBasis):  # decided together
            check_days([], [before, dated(after, path, FIRST - DAY)], today=TODAY)
        if basis.same:
            other = replace(before, **{name: other_than(value) for name, value in same.items()})
            check_days([other], [dated(after, path, FIRST - DAY)], today=TODAY)


def other_than(value: Any) -> Any:
    return UUID(int=7) if isinstance(value, UUID) else value + 1 if isinstance(value, int) else f"{value}-other"


@pytest.mark.parametrize(("topic", "path"), [(topic, path) for topic, path in EVERY if topic in HAPPENED])
def test_nothing_that_happened_is_dated_after_today(topic: str, path: str) -> None:
    told = example(topic)
    check_days([], [dated(told, path, TODAY)], today=TODAY)
    with pytest.raises(DatedAhead):
        check_days([], [dated(told, path, date(2199, 1, 1))], today=TODAY)
    with pytest.raises(DatedAhead):
        check_days([], [dated(told, path, TODAY + DAY)], today=TODAY)


AHEAD = sorted((topic, path) for topic, paths in TO_COME.items() for path in paths.split())
AHEAD += sorted((topic, ACTS[topic]) for topic in MAY_LIE_AHEAD)


@pytest.mark.parametrize(("topic", "path"), AHEAD)
def test_no_plan_reaches_further_than_plans_are_made(topic: str, path: str) -> None:
    told = example(topic)
    near = NEAR.get(topic) if path == ACTS.get(topic) else None
    last = TODAY + near * DAY if near else date(TODAY.year + PLANNED_YEARS, 12, 31)
    check_days([], [dated(told, path, last)], today=TODAY)
    assert find_all(dated(told, path, last), path)[0] == last
    with pytest.raises(TooFarAhead):
        check_days([], [dated(told, path, last + DAY)], today=TODAY)


def test_attested_in_1900_for_an_award_of_2020() -> None:
    attested = PaymentAttested(
        payment_id=UUID(int=1), instalment=1, amount_ore=100, account_id=UUID(int=2), pay_on=FIRST,
        attested_on=date(1900, 1, 1), attested_by="per",
    )  # fmt: skip
    with pytest.raises(BeforeItsBasis, match=str(approved.approved_on)):
        check_days([approved], [attested], today=TODAY)


def test_a_receipt_of_2199_is_refused_also_among_others() -> None:
    paid = InstalmentPaid(
        instalment=1, amount_ore=100, paid_on=date(2199, 1, 1), reference="b", attested_by="per",
        payment_id=UUID(int=1),
    )  # fmt: skip
    with pytest.raises(DatedAhead) as refused:
        check_days([approved], [replace(paid, paid_on=FIRST), paid], today=TODAY)
    assert isinstance(refused.value, Refusal)
    assert json.dumps(refused.value.details) == '{"last_day_on": "2021-06-01"}'
    assert is_dataclass(paid)


PLANNED = sorted((topic, path) for topic, paths in TO_COME.items() for path in paths.split())


@pytest.mark.parametrize(("topic", "path"), PLANNED)
def test_every_plan_is_bound_from_below_by_its_own_fact_or_it_is_said_why_not(topic: str, path: str) -> None:
    """A new fact with a planned day fails here until somebody has said what it is planned from."""
    assert ((topic, path) in PLANNED_FROM) != ((topic, path) in PLANNED_OTHERWISE)


@pytest.mark.parametrize(("topic", "path"), sorted(PLANNED_FROM))
def test_a_plan_is_made_for_the_day_it_is_made_or_a_later_one(topic: str, path: str) -> None:
    planned = dated(dated(example(topic), PLANNED_FROM[topic, path], FIRST), path, FIRST)
    check_days([], [planned], today=TODAY)
    with pytest.raises(BeforeItsBasis) as refused:
        check_days([], [dated(planned, path, FIRST - DAY)], today=TODAY)
    assert refused.value.details == {"first_day_on": str(FIRST)}


FLOORS = {**YEARS_BACK, **COUNTS_FROM}


@pytest.mark.parametrize(("topic", "path"), sorted(FLOORS))
def test_nothing_is_recorded_for_the_first_time_that_is_older_than_anybody_remembers(topic: str, path: str) -> None:
    first = date(TODAY.year - FLOORS[topic, path], 1, 1)
    check_days([], [dated(example(topic), path, first)], today=TODAY)
    with pytest.raises(BeforeItsBasis):
        check_days([], [dated(example(topic), path, first - DAY)], today=TODAY)


@pytest.mark.parametrize(("topic", "path"), sorted(COUNTS_FROM))
def test_no_rule_counts_from_a_day_further_ahead_than_plans_are_made(topic: str, path: str) -> None:
    last = date(TODAY.year + PLANNED_YEARS, 12, 31)
    check_days([], [dated(example(topic), path, last)], today=TODAY)
    with pytest.raises(TooFarAhead):
        check_days([], [dated(example(topic), path, last + DAY)], today=TODAY)


def test_what_happened_elsewhere_has_a_floor_somewhere() -> None:
    """Every day of what happened that no fact bounds has one of these."""
    happened = {(topic, path) for topic, paths in HAPPENED.items() for path in paths.split()}
    by_its_rule = {("disbursement.condition-met.v1", "met_on"), ("complaint.received.v1", "lodged_on")}
    assert happened - set(BUILDS_ON) - set(YEARS_BACK) == by_its_rule
