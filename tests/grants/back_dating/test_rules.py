"""A decision is dated the day it is made: back within a bound and for a reason, ahead never."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.duties import SamePersonTwice
from services.eventlog.events import TOPICS, Event
from services.eventlog.refusal import Refusal
from services.grants.back_dating.acts import ACTS, MAY_LIE_AHEAD, OTHERWISE, days_of
from services.grants.back_dating.events import BoundConfirmed, BoundProposed, DecisionBackDated
from services.grants.back_dating.rules import (
    BackDatedTooFar,
    BackDatingReasonMissing,
    BoundReachesBack,
    Bounds,
    DatedAhead,
    NoBoundProposed,
    confirm_bound,
    date_back,
    evolve,
    is_of_today,
    propose_bound,
)
from services.grants.case.events.award import AwardApproved, AwardImported, AwardProposed
from services.grants.case.events.disbursement import PaymentRefused
from services.grants.case.events.grant_letter import LetterFrozen
from tests import given as sentences
from tests.grants.award.letter_freezing import frozen
from tests.grants.fodt_fri import approved, imported, proposed
from tests.history.history import list_rooms

TODAY = date(2021, 1, 4)
WHY = "Protokollen kom etter jul."

wider = BoundProposed(days=400, valid_from=TODAY, reason="Vedtak fra 2020 registreres.", proposed_by="anne")
agreed = BoundConfirmed(days=400, valid_from=TODAY, reason="Vedtak fra 2020 registreres.", confirmed_by="ola")


def given(*events: Event) -> sentences.Given:
    return sentences.given(*events, evolve=evolve, initial=Bounds())


def proposal(bound: BoundProposed = wider) -> dict[str, Any]:
    return {**vars(bound), "today": TODAY}


def dated(days_back: int, **otherwise: Any) -> dict[str, Any]:
    """An approval that is dated so many days before today."""
    made = replace(approved, approved_on=TODAY - timedelta(days=days_back))
    return {"events": (made,), "today": TODAY, "reason": WHY, "dated_by": "ola"} | otherwise


def test_two_people_set_another_bound() -> None:
    given().when(propose_bound, **proposal()).then(wider)
    given(wider).when(confirm_bound, confirmed_by="ola").then(agreed)


def test_whoever_proposed_the_bound_does_not_confirm_it() -> None:
    given(wider).when(confirm_bound, confirmed_by="anne").refused(SamePersonTwice)


def test_whoever_proposed_it_before_somebody_else_brought_it_again_does_not_confirm_it() -> None:
    again = replace(wider, proposed_by="ola")
    given(wider, again).when(confirm_bound, confirmed_by="anne").refused(SamePersonTwice)
    given(wider, again).when(confirm_bound, confirmed_by="ola").refused(SamePersonTwice)
    given(wider, again).when(confirm_bound, confirmed_by="liv").then(replace(agreed, confirmed_by="liv"))


def test_the_same_bound_and_the_same_confirmation_again_are_nothing() -> None:
    given(wider).when(propose_bound, **proposal()).nothing()
    given(wider, agreed).when(confirm_bound, confirmed_by="ola").nothing()
    given(wider, agreed).when(confirm_bound, confirmed_by="liv").refused(NoBoundProposed)
    given().when(confirm_bound, confirmed_by="ola").refused(NoBoundProposed)


def test_a_better_bound_replaces_the_one_that_waits() -> None:
    better = replace(wider, days=90)
    given(wider).when(propose_bound, **proposal(better)).then(better)
    given(wider, better).when(confirm_bound, confirmed_by="ola").then(replace(agreed, days=90))


def test_a_bound_counts_from_today_at_the_earliest_and_says_why() -> None:
    given().when(propose_bound, **proposal(replace(wider, valid_from=date(2021, 1, 3)))).refused(BoundReachesBack)
    given().when(propose_bound, **proposal(replace(wider, reason=" "))).refused(BackDatingReasonMissing)


def test_the_bound_is_thirty_days_until_two_people_have_set_another_and_then_theirs_from_its_day() -> None:
    assert given().state.on(TODAY) == 30
    assert given(wider).state.on(TODAY) == 30
    bounds = given(wider, agreed).state
    assert (bounds.on(date(2021, 1, 3)), bounds.on(TODAY), bounds.on(date(2099, 1, 1))) == (30, 400, 400)
    narrower = replace(agreed, days=10, valid_from=date(2021, 2, 1))
    bounds = given(wider, agreed, narrower).state
    assert (bounds.on(date(2021, 1, 31)), bounds.on(date(2021, 2, 1))) == (400, 10)
    at_once = replace(agreed, days=0)
    assert given(wider, agreed, at_once).state.on(TODAY) == 0


def test_a_decision_of_today_needs_nothing() -> None:
    assert date_back(**dated(0, reason=None), bounds=Bounds()) == []
    assert is_of_today((replace(approved, approved_on=TODAY), proposed), TODAY)


def test_a_decision_dated_back_says_so_and_why() -> None:
    told = DecisionBackDated(
        decisions=("award.approved.v1",),
        day=date(2020, 12, 5),
        today=TODAY,
        bound_days=30,
        reason=WHY,
        dated_by="ola",
    )
    assert date_back(**dated(30), bounds=Bounds()) == [told]


@pytest.mark.parametrize("reason", [None, "", " "])
def test_no_decision_is_dated_back_without_a_reason(reason: str | None) -> None:
    with pytest.raises(BackDatingReasonMissing):
        date_back(**dated(1, reason=reason), bounds=Bounds())


def test_no_decision_is_dated_further_back_than_the_bound() -> None:
    with pytest.raises(BackDatedTooFar) as refused:
        date_back(**dated(31), bounds=Bounds())
    assert refused.value.details == {"bound_days": 30, "first_day_on": "2020-12-05"}
    assert date_back(**dated(31), bounds=Bounds(confirmed=(agreed,)))
    with pytest.raises(BackDatedTooFar):
        date_back(**dated(1), bounds=Bounds(confirmed=(replace(agreed, days=0),)))


def test_nothing_is_decided_tomorrow_but_a_letter_may_be_dated_the_day_it_is_to_leave() -> None:
    with pytest.raises(DatedAhead):
        date_back(**dated(-1), bounds=Bounds())
    ahead = replace(frozen, dated_on=TODAY + timedelta(days=20))
    assert date_back(**dated(0, events=(ahead,), reason=None), bounds=Bounds()) == []
    with pytest.raises(BackDatingReasonMissing):
        date_back(**dated(0, events=(replace(frozen, dated_on=date(2021, 1, 3)),), reason=None), bounds=Bounds())


def test_what_was_decided_outside_is_no_act_of_today() -> None:
    assert list(days_of((imported, proposed))) == []


def test_an_attestation_taken_back_is_an_act_and_accountings_answer_is_not() -> None:
    refused = PaymentRefused(
        payment_id=UUID(int=1), code="taken-back", reason="Feil", refused_on=TODAY, recorded_by="per"
    )
    assert list(days_of((refused, replace(refused, code="account-closed")))) == [(refused.TOPIC, TODAY)]


def answer(back: int, bound: int, reason: str | None) -> str:
    """What becomes of an approval dated so many days back: `told`, `nothing`, or a refusal's code."""
    bounds = Bounds(confirmed=(replace(agreed, days=bound),))
    try:
        return "told" if date_back(**dated(back, reason=reason), bounds=bounds) else "nothing"
    except Refusal as refusal:
        return refusal.code


@drawn(back=st.integers(-500, 500), bound=st.integers(0, 450), reasoned=st.booleans())
def test_every_day_is_taken_or_refused_as_the_sentence_says(back: int, bound: int, reasoned: bool) -> None:
    """At most so many days before today, reasoned, and never ahead: written out, beside the rule."""
    if back < 0:
        expected = "dated-ahead"
    elif back > bound:
        expected = "back-dated-too-far"
    elif back and not reasoned:
        expected = "back-dating-reason-missing"
    else:
        expected = "told" if back else "nothing"
    assert answer(back, bound, WHY if reasoned else None) == expected


def list_days(kind: Any, inside: tuple[Any, ...] = ()) -> set[str]:
    """Every day a fact of this kind can hold, by its path."""
    found: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        for each in flattened(hint):
            if each is date:
                found.add(name)
            elif isinstance(each, type) and is_dataclass(each) and each not in inside:
                found |= {f"{name}.{path}" for path in list_days(each, (*inside, each))}
    return found


def flattened(hint: Any) -> list[Any]:
    inner = get_args(hint)
    return [each for part in inner for each in flattened(part)] if inner else [hint]


OURS = {
    topic: kind
    for room in list_rooms()
    if room.__name__.startswith(("services.grants.", "services.kept_answers."))
    for topic, kind in TOPICS.items()
    if kind.__module__ == room.__name__
}


def told_of(topic: str) -> list[str]:
    """What the table says of the days of a stored name; a name that ends in a point covers all below it."""
    named = [path for days in OTHERWISE.values() for path in days.get(topic, "").split()]
    return [*named, *([ACTS[topic]] if topic in ACTS else [])]


@pytest.mark.parametrize("topic", sorted(OURS))
def test_every_day_of_every_fact_is_an_act_or_it_is_said_what_else(topic: str) -> None:
    """A new fact with a day fails here until somebody has said whether it is the day of something done now."""
    days, told = list_days(OURS[topic]), told_of(topic)
    covered = {day for day in days for path in told if day == path or (path.endswith(".") and day.startswith(path))}
    assert days == covered
    assert [path for path in told if not any(day == path or day.startswith(path) for day in days)] == []
    assert len(told) == len(set(told)), "a day stands in the table twice"


def test_the_table_names_facts_that_are() -> None:
    named = ACTS.keys() | MAY_LIE_AHEAD.keys() | {topic for days in OTHERWISE.values() for topic in days}
    assert named <= OURS.keys()
    assert MAY_LIE_AHEAD.keys() <= ACTS.keys()
    for kind in (AwardApproved, AwardImported, AwardProposed, LetterFrozen):
        assert {each.name for each in fields(kind)} >= {path.partition(".")[0] for path in told_of(kind.TOPIC)}
