"""Whatever happens between a decision and the end of a complaint of it, and after, the acts that the case names are
those that can be done, and they leave nothing of a decision that does not stand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, Literal

from hypothesis import find, given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.award_change import AwardReduced, Reduction
from services.grants.case.events.year_end import CommitmentLapsed
from services.grants.complaint.view import shown
from services.grants.withholding import claims, reclaim, repayment, rules
from services.grants.withholding.claims import Claims
from services.grants.withholding.rules import Withholding
from tests.grants.complaint.handling import more
from tests.grants.complaint.story import disputed_case, forwarded, half_reversed, received, reversed_wholly, upheld
from tests.grants.fodt_fri import MILLION, reclaimed

Of = Literal["withholding", "reclaim"]
Act = tuple[str, int]
STORY = st.lists(st.tuples(st.sampled_from(["let go", "fall", "reduce", "repay", "net", "promise"]), st.integers(1, 3)))
ENDINGS: dict[str, tuple[Event, ...]] = {
    "reversed": (reversed_wholly,),
    "half": (half_reversed,),
    "annulled": (forwarded, replace(upheld, outcome="annulled")),
    "changed": (forwarded, replace(upheld, outcome="changed")),
    "returned": (forwarded, replace(upheld, outcome="returned")),
}
WHOLE = ("reversed", "annulled")


def asks(events: Sequence[Event], act: str, millions: int) -> Sequence[Event]:
    """One act on the case as it stands, by the rules themselves; none where they refuse it."""
    money = reduce(rules.evolve, events, Withholding())
    day = date(2021, 5, 1) + timedelta(days=len(events))
    try:
        match act:
            case "let go":
                return let_go(events, millions * MILLION, day)
            case "fall":
                part = Reduction(instalment=2, amount_ore=millions * MILLION, withholding=1)
                money.commitment.check_reductions((part,), since=day)
                if millions == 3:
                    lapse: Any = {"ground": "not-transferable", "recorded_by": "anne", "year": 2020}
                    return [CommitmentLapsed(reductions=(part,), lapsed_on=day, **lapse)]
                return [AwardReduced(reductions=(part,), ground=more.ground, reduced_on=day, approved_by="liv")]
            case "reduce":
                return lower(events, millions * MILLION, day)
            case "repay":
                return repayment.receive_repayment(
                    reduce(claims.evolve, events, Claims()), reclaim=1, instalment=None, amount_ore=millions * MILLION,
                    voucher=f"B-{len(events)}", received_on=day, recorded_by="kari",
                )  # fmt: skip
            case "net":
                return repayment.net_reclaim(
                    reduce(claims.evolve, events, Claims()), number=1, netted_on=day, netted_by="ola",
                    reductions=(Reduction(instalment=2, amount_ore=millions * MILLION),),
                )  # fmt: skip
        return [replace(more, approved_on=day)]
    except Refusal:
        return []


def let_go(events: Sequence[Event], amount_ore: int, day: date) -> Sequence[Event]:
    case = reduce(rules.evolve, events, Withholding())
    return rules.release(
        case, number=1, amount_ore=amount_ore, reason="Klagen.", released_on=day, released_by=f"liv {len(events)}"
    )


def lower(events: Sequence[Event], amount_ore: int, day: date) -> Sequence[Event]:
    case = reduce(claims.evolve, events, Claims())
    return reclaim.reduce_reclaim(
        case, number=1, amount_ore=amount_ore, reason="Klagen.", reduced_on=day, reduced_by=f"liv {len(events)}"
    )


CAN: dict[str, Callable[[Sequence[Event], int, date], Sequence[Event]]] = {
    "release-withholding": let_go,
    "reduce-reclaim": lower,
}


def played(of: Of, before: Sequence[Act], ending: str, after: Sequence[Act]) -> list[Event]:
    """A withholding, a claim and a complaint of one of them, with what came before its end and after."""
    events: list[Event] = [*disputed_case, reclaimed]
    for act, millions in before:
        events += asks(events, act, millions)
    events += [replace(received, disputed=of), *ENDINGS[ending]]
    for act, millions in after:
        events += asks(events, act, millions)
    return events


def named(events: Sequence[Event]) -> list[dict[str, Any]]:
    told = shown(events)
    assert told is not None
    found: list[dict[str, Any]] = told["complaints"][0]["follow_ups"]
    return found


def left_ore(of: Of, events: Sequence[Event]) -> int:
    if of == "withholding":
        return reduce(rules.evolve, events, Withholding()).standing_ore(1)
    return reduce(claims.evolve, events, Claims()).standing_ore(1)


@given(st.sampled_from(["withholding", "reclaim"]), STORY, st.sampled_from(sorted(ENDINGS)), STORY)
def test_what_is_named_can_be_done_and_nothing_is_left_once_it_is(
    of: Of, before: list[Act], ending: str, after: list[Act]
) -> None:
    events = played(of, before, ending, after)
    follow_ups = named(events)
    undone = [each["act"] for each in follow_ups if not each["done"]]
    day = date(2022, 1, 1)
    for act in undone:
        if act in CAN:
            assert CAN[act](events, 1, day), f"{act} is named, and refused"
    if ending in WHOLE and left_ore(of, events) > 0:
        assert [act for act in undone if act in CAN], "what is left of it is let go by nobody"
    doing: list[Event] = list(events)
    for act in undone:
        doing += CAN[act](doing, left_ore(of, doing), day) if act in CAN else [replace(more, approved_on=day)]
    assert all(each["done"] for each in named(doing)), "done, and said not to be"
    assert [(each["act"], each["number"]) for each in named(doing)] == [
        (each["act"], each["number"]) for each in follow_ups
    ]


def test_it_reaches_what_it_is_for() -> None:
    """A part let go, money gone before and after, several acts named at once: each is come to."""
    story = st.tuples(st.sampled_from(["withholding", "reclaim"]), STORY, st.sampled_from(sorted(ENDINGS)), STORY)

    def acts(each: Any) -> list[tuple[str, bool]]:
        return [(one["act"], one["done"]) for one in named(played(*each))]

    release, anew = "release-withholding", "supplementary-award"
    find(story, lambda each: acts(each) == [(release, False), (anew, False)])
    find(story, lambda each: acts(each) == [(release, True), (anew, True)])
    find(story, lambda each: acts(each) == [("reduce-reclaim", False), (anew, True)])
    find(story, lambda each: each[2] in WHOLE and acts(each) == [(anew, False)])
    find(story, lambda each: each[2] == "changed" and acts(each) == [])
    find(story, lambda each: each[2] in WHOLE and bool(each[3]) and acts(each) == [(release, False)]
         and left_ore("withholding", played(*each)) == MILLION)  # fmt: skip
