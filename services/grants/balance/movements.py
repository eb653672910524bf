"""What each event does to money. One pure function for live appends, rebuilds and as-of balances alike.

An effect is plain data that the append function understands: funds opened, movements on funds (whole øre, the day they
count from), marks (what a letter says of a post that is not money moving), and what many cases share (`limits.py`).
Nothing here knows the database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from services.eventlog.events import Event
from services.grants.balance.kinds import BETWEEN_YEARS, MARKING, MOVING, OPENING, TO_BE_PAID
from services.grants.balance.limits import frees, limits
from services.grants.budget_year.events.allocation import (
    AuthorityUsed,
    DifferenceSettled,
    FundOpened,
    FundsRenamed,
    LetterCorrected,
    LetterRegistered,
    LetterWithdrawn,
    Posting,
    PostSucceeded,
    PostSucceededAmongSeveral,
    Statement,
    SuccessionWithdrawn,
)
from services.grants.budget_year.events.held_over import ClaimsRanked
from services.grants.case.events.award import AwardMade
from services.grants.case.events.award_change import SupplementaryAwardApproved
from services.grants.case.events.disbursement import (
    InstalmentPaid,
    InstalmentPaidLater,
    PaymentAttested,
    PaymentRequested,
)
from services.grants.case.events.withholding import RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case.reductions import reductions_of, total_ore

Effect = dict[str, Any]


def effects(pairs: Sequence[tuple[str, Event]]) -> Effect | None:
    """What a command's (stream, event) pairs do, or None. `nth` counts the command's events from 1.

    `alone` marks a command that may free room or widen a fund: it is applied by itself, never summed with others, so
    that no commitment rides on room that was not there when its turn came.
    """
    funds: list[Effect] = []
    movements: list[Effect] = []
    marks: list[Effect] = []
    between_years = to_be_paid = False
    for nth, (stream, event) in enumerate(pairs, 1):
        kind = type(event)
        if OPENING[kind]:
            funds += _funds(stream, event)
        if MOVING[kind]:
            for movement in _movements(stream, event):
                movements.append({"nth": nth, "line": len(movements) + 1, "ground": event.TOPIC, **movement})
        if MARKING[kind]:
            marks += [{"nth": nth, **mark} for mark in _marks(event)]
        between_years = between_years or BETWEEN_YEARS[kind]
        to_be_paid = to_be_paid or TO_BE_PAID[kind]
    effect: Effect = {
        name: rows for name, rows in (("funds", funds), ("movements", movements), ("marks", marks)) if rows
    }
    kept = limits(pairs, movements)
    carried = _carried(pairs) if between_years else {}
    effect |= kept | carried
    if to_be_paid:
        effect["payables"] = _payables(pairs)
    if marks or carried or frees(kept) or any(_frees(movement) for movement in movements):
        effect["alone"] = True
    return effect or None


def _frees(movement: Effect) -> bool:
    return (
        "available" in movement
        or "earmarked" in movement
        or movement.get("committed", 0) < 0
        or movement.get("disbursed", 0) < 0
        or movement.get("withheld", 0) < 0
    )


def _carried(pairs: Sequence[tuple[str, Event]]) -> Effect:
    """What concerns money between two budget years: promises held over (`holds`), the order in which they are covered
    (`ranked`), a line that goes on under another number (`succeeded`), and payments in a year that nobody held the
    promise over to (`charges`)."""
    found: dict[str, list[Effect]] = {"holds": [], "ranked": [], "succeeded": []}
    for nth, (stream, event) in enumerate(pairs, 1):
        match event:
            case CommitmentCarriedOver(into_post_id=post, ground=ground):
                hold = {"nth": nth, "stream": stream, "into": int(post[:4]), "post": post, "ground": ground}
                found["holds"].append(hold | {"topic": event.TOPIC})
            case ClaimsRanked(fund_id=post, case_ids=case_ids, ranked_on=day):
                streams = [f"case-{case_id}" for case_id in case_ids]
                found["ranked"].append({"nth": nth, "post": post, "day": day.isoformat(), "streams": streams})
            case PostSucceeded(fund_id=post, predecessor_id=predecessor):
                found["succeeded"].append({"nth": nth, "fund": post, "predecessor": predecessor})
            case PostSucceededAmongSeveral(fund_id=post, predecessor_id=predecessor, how=how, claims_on=claims_on):
                follower = claims_on or (post if how == "join" else same_line(post, predecessor))
                found["succeeded"].append({"nth": nth, "fund": follower, "predecessor": predecessor})
            case SuccessionWithdrawn(fund_id=post, predecessor_id=predecessor, claims_on=claims_on):
                follower = claims_on or same_line(post, predecessor)
                found["succeeded"].append({"nth": nth, "fund": follower, "predecessor": predecessor})
    charges = {"charges": True} if any(isinstance(event, InstalmentPaidLater) for _, event in pairs) else {}
    return {name: rows for name, rows in found.items() if rows} | charges


def _payables(pairs: Sequence[tuple[str, Event]]) -> list[Effect]:
    """What is attested, or asked of accounting, from which day: in a later year than its own it must be covered."""
    found: list[Effect] = []
    for nth, (stream, event) in enumerate(pairs, 1):
        match event:
            case PaymentAttested(pay_on=day):
                found.append({"nth": nth, "stream": stream, "day": day.isoformat()})
            case PaymentRequested(payment_id=payment_id, requested_on=day):
                found.append({"nth": nth, "stream": stream, "day": day.isoformat(), "payment": str(payment_id)})
    return found


def _funds(stream: str, event: Event) -> Iterable[Effect]:
    match event:
        case LetterRegistered() | LetterCorrected():
            yield from (_opened(fund) for fund in event.funds)
        case FundsRenamed():
            yield from (_opened(fund) | {"renames": True} for fund in event.funds)
        case AwardMade():
            name = f"Tilsagn {stream.removeprefix('case-')[:8]}"
            line = {"id": stream, "parent_id": event.fund_id, "kind": "commitment", "name": name}
            yield line | {"hard_stop": False}


def _opened(fund: FundOpened) -> Effect:
    return {
        "id": fund.fund_id,
        "parent_id": parent_of(fund.fund_id),
        "kind": fund.kind,
        "name": fund.name,
        "year": fund.year,
        "chapter": fund.chapter,
        "post": int(fund.post),
        "hard_stop": True,
    }


def _movements(stream: str, event: Event) -> Iterable[Effect]:
    match event:
        case LetterRegistered() | LetterCorrected() | LetterWithdrawn():
            for posting in event.postings:
                yield from _posted(posting, forced=True)
        case AuthorityUsed():
            for posting in event.postings:
                yield from _posted(posting, forced=False)
        case AwardMade():
            yield {"fund": stream, "day": event.approved_on.isoformat(), "committed": event.amount_ore}
        case SupplementaryAwardApproved():
            yield {"fund": stream, "day": event.approved_on.isoformat(), "committed": event.amount_ore}
        case InstalmentPaidLater():
            paid = {"fund": stream, "day": event.paid_on.isoformat(), "disbursed": event.amount_ore}
            yield paid | {"charged": event.charged_post_id}
        case InstalmentPaid():
            yield {"fund": stream, "day": event.paid_on.isoformat(), "disbursed": event.amount_ore}
        case WithholdingDecided():
            yield {"fund": stream, "day": event.decided_on.isoformat(), "withheld": event.amount_ore}
        case WithholdingReleased():
            yield {"fund": stream, "day": event.released_on.isoformat(), "withheld": -event.amount_ore}
        case RepaymentReceived(credited=True):
            back_ore = -event.amount_ore
            yield {"fund": stream, "day": event.received_on.isoformat(), "committed": back_ore, "disbursed": back_ore}
        case _:
            yield from _fallen(stream, event)


def _fallen(stream: str, event: Event) -> Iterable[Effect]:
    """What of a promise falls away is free on the fund again, and what was withheld of it is withheld no more."""
    reductions, day = reductions_of(event) or ((), None)
    if reductions and day:
        movement = {"fund": stream, "day": day.isoformat(), "committed": -total_ore(reductions)}
        held_ore = total_ore(reduction for reduction in reductions if reduction.withholding is not None)
        yield movement | ({"withheld": -held_ore} if held_ore else {})


def _posted(posting: Posting, *, forced: bool) -> Iterable[Effect]:
    """At disposal on the fund itself; what an earmark is given is set aside on the fund above it. What a letter says
    always registers (`forced`), also below what is committed."""
    day = posting.effective_on.isoformat()
    stands_on = {"letter_number": posting.letter_number, "cite": posting.cite, "forced": forced}
    amounts = {"available": posting.at_disposal_ore, "carried_over": posting.of_which_carried_over_ore}
    yield {"fund": posting.fund_id, "day": day, "ground": posting.ground, **stands_on, **amounts}
    if (parent := parent_of(posting.fund_id)) is not None:
        yield {"fund": parent, "day": day, "ground": "earmarked", **stands_on, "earmarked": posting.at_disposal_ore}


def _marks(event: Event) -> Iterable[Effect]:
    match event:
        case LetterRegistered() | LetterCorrected() | LetterWithdrawn() | DifferenceSettled():
            for statement in event.statements:
                yield _mark(statement)


def _mark(statement: Statement) -> Effect:
    day: date = statement.effective_on
    return {"fund": statement.fund_id, "day": day.isoformat(), "name": statement.name, "amount": statement.amount}


def same_line(fund_id: str, predecessor_id: str) -> str:
    """The post that has the predecessor's chapter and number in the fund's year: where a line goes on that no one post
    is said to carry on."""
    return f"{fund_id.partition('/')[0]}/{predecessor_id.partition('/')[2]}"


def parent_of(fund_id: str) -> str | None:
    """The fund above in the tree: ids are paths, and a post (year/chapter/post) has none above it."""
    above, _, _ = fund_id.rpartition("/")
    return above if above.count("/") >= 2 else None
