"""Whatever was reported, checked, paid and promised, and in whatever order: once all of it is paid, and reported anew
where that is owed, what was rightly used is settled and none of it is claimed back."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial, reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from services.grants.case.events.recipient_report import AwardSettled
from services.grants.recipient_report.checking import check
from services.grants.recipient_report.receiving import receive
from services.grants.recipient_report.rules import Reporting, evolve
from services.grants.recipient_report.settlement import approve, propose
from tests.grants.fodt_fri import MILLION
from tests.grants.recipient_report.story import interim, reporting, second_paid

ACTS = st.lists(st.sampled_from(["report 1", "report 2", "check", "all", "promise", "pay", "settle"]), max_size=10)
reached: Counter[str] = Counter()


def folded(events: Sequence[Event]) -> Reporting:
    return reduce(evolve, events, Reporting())


def day_after(events: Sequence[Event]) -> date:
    return date(2021, 3, 1) + timedelta(days=len(events))


def taken(act: Callable[[], Sequence[Event]]) -> Sequence[Event]:
    """What the rules let be done, or nothing."""
    try:
        return act()
    except Refusal:
        return []


def reported(events: Sequence[Event], number: int) -> Sequence[Event]:
    case = folded(events)
    said = {name: value for name, value in vars(interim).items() if name not in ("version", "number")}
    said |= {"used_ore": case.commitment.committed_ore, "results": f"{len(events)}", "accounts_attested": True}
    return taken(lambda: receive(case, number=number, **said | {"received_on": day_after(events)}))


def checked(events: Sequence[Event]) -> Sequence[Event]:
    """Both checks of every report that can be checked, by two people."""
    found: list[Event] = []
    for number in (1, 2):
        for kind, who in (("content", "siri"), ("money", "anne")):
            told: dict[str, Any] = {"number": number, "check": kind, "note": "Stemmer.", "checked_by": who}
            now = folded([*events, *found])
            found += taken(partial(check, now, checked_on=day_after(events), **told))
    return found


def promised(events: Sequence[Event]) -> Sequence[Event]:
    number = len(folded(events).commitment.instalments) + 1
    return [
        SupplementaryAwardApproved(
            amount_ore=MILLION, added=(Instalment(number=number, amount_ore=MILLION),), approved_by="ola",
            ground=Ground(code="more-granted", text="Mer."), approved_on=day_after(events),
            disposal_authority="Delegert", across_years=True,
        )
    ]  # fmt: skip


def paid(events: Sequence[Event]) -> Sequence[Event]:
    """What is unpaid of the first instalment that waits."""
    money = folded(events).commitment
    return [
        replace(
            second_paid, instalment=each.number, amount_ore=money.free_ore(each.number), paid_on=day_after(events),
            reference=f"B-{len(events)}",
        )
        for each in money.open_instalments[:1]
    ]  # fmt: skip


def settled(events: Sequence[Event]) -> Sequence[Event]:
    """The settlement of everything that is paid as used, proposed by one and approved by another."""
    case = folded(events)
    used_ore, day = case.commitment.disbursed_ore, day_after(events)
    proposal = taken(lambda: propose(case, used_ore=used_ore, proposed_on=day, proposed_by="kari"))
    waits = folded([*events, *proposal])
    return [*proposal, *taken(lambda: approve(waits, settled_on=day, approved_by="ola"))]


def done(events: Sequence[Event], act: str) -> Sequence[Event]:
    match act:
        case "check":
            return checked(events)
        case "all":
            found = [*reported(events, 1), *reported(events, 2)]
            return [*found, *checked([*events, *found])]
        case "promise":
            return promised(events)
        case "pay":
            return paid(events)
        case "settle":
            return settled(events)
    return reported(events, int(act[-1]))


@given(ACTS)
def test_all_that_was_rightly_used_is_settled_in_the_end(acts: list[str]) -> None:
    events: list[Event] = list(reporting)
    for act in acts:
        events += done(events, act)
    reached.update(["promised after a report was approved"] * _outgrown(folded(events)))
    while folded(events).commitment.open_instalments:
        events += paid(events)
    for _ in range(2):
        for number in (1, 2):
            events += reported(events, number)
        events += checked(events)
    events += settled(events)
    case = folded(events)
    assert case.settled is not None
    assert case.settled.used_ore == case.commitment.disbursed_ore == case.commitment.committed_ore
    reached.update(["settled more than once"] * (sum(isinstance(each, AwardSettled) for each in events) > 1))


def _outgrown(case: Reporting) -> bool:
    last = case.reports[-1]
    return last.state == "approved" and isinstance(last.facts[-1], SupplementaryAwardApproved)


def test_it_reaches_what_it_is_for() -> None:
    test_all_that_was_rightly_used_is_settled_in_the_end()
    assert reached["promised after a report was approved"] > 0
    assert reached["settled more than once"] > 0
