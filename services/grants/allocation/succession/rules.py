"""A line of money that goes on under another chapter or number: recorded, told anew, taken back."""

from collections.abc import Iterable, Mapping
from typing import Literal

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.budget_year import BudgetYear
from services.grants.allocation.events import PostSucceeded, PostSucceededAmongSeveral, SuccessionWithdrawn
from services.grants.allocation.settlement import require_reason

How = Literal["whole", "split", "join"]
Succession = PostSucceeded | PostSucceededAmongSeveral
Years = Mapping[int, BudgetYear]


class PostUnknown(Refusal):
    """No registered letter opens the post."""

    code = "post-unknown"
    status = 404
    title = "Posten er ikke åpnet"


class NotASuccessor(Refusal):
    """A line of money goes on from an earlier year to a later one: one post to one, unless it is said that it was split
    or that several were joined."""

    code = "not-a-successor"
    title = "Posten kan ikke videreføre den andre"


class SuccessionUnknown(Refusal):
    """No such succession is recorded, or it was taken back."""

    code = "succession-unknown"
    status = 404
    title = "Videreføringen er ikke registrert"


def succeed_post(
    year: BudgetYear, *, fund_id: str, predecessor_id: str, how: How, reason: str, recorded_by: str, others: Years
) -> list[Event]:
    """Record that a post carries on another post's line of money from an earlier year: the whole of it, a part of it
    (`split`), or together with others (`join`). Recorded already in another way, it is told anew. `others` are the
    other budget years. Refuses PostUnknown, ReasonMissing, NotASuccessor."""
    _require_opened(year, fund_id)
    require_reason(reason)
    if _year_of(predecessor_id) >= _year_of(fund_id):
        raise NotASuccessor(f"{fund_id} cannot carry on {predecessor_id}: that is not of an earlier year.")
    _require_opened(others.get(_year_of(predecessor_id), BudgetYear()), predecessor_id)
    known = [*year.successions, *(each for other in others.values() for each in other.successions)]
    for each in known:
        if (each.fund_id, each.predecessor_id) == (fund_id, predecessor_id):
            if how_of(each) == how:
                return []
        elif each.fund_id == fund_id and "whole" in (how, how_of(each)):
            raise NotASuccessor(
                f"{fund_id} already carries on {each.predecessor_id}. Where several were joined, record each as `join`."
            )
        elif each.predecessor_id == predecessor_id and {how, how_of(each)} != {"split"}:
            raise NotASuccessor(
                f"{each.fund_id} already carries on {predecessor_id}. Where it was split, record each as `split`."
            )
    told = {"fund_id": fund_id, "predecessor_id": predecessor_id, "reason": reason, "recorded_by": recorded_by}
    return [PostSucceeded(**told) if how == "whole" else PostSucceededAmongSeveral(**told, how=how)]


def withdraw_succession(
    year: BudgetYear, *, fund_id: str, predecessor_id: str, reason: str, withdrawn_by: str
) -> list[Event]:
    """Take back that a post carries on another. Refuses SuccessionUnknown, ReasonMissing."""
    require_reason(reason)
    if not any((each.fund_id, each.predecessor_id) == (fund_id, predecessor_id) for each in year.successions):
        raise SuccessionUnknown(f"It is not recorded that {fund_id} carries on {predecessor_id}.")
    return [
        SuccessionWithdrawn(fund_id=fund_id, predecessor_id=predecessor_id, reason=reason, withdrawn_by=withdrawn_by)
    ]


def how_of(succession: Succession) -> How:
    """What of the predecessor the post carries on."""
    return succession.how if isinstance(succession, PostSucceededAmongSeveral) else "whole"


def is_post(year: BudgetYear | None, fund_id: str) -> bool:
    """Whether a letter of the year opens it as a post."""
    return year is not None and fund_id in year.funds and year.funds[fund_id].kind == "post"


def all_successions(years: Iterable[BudgetYear]) -> list[Succession]:
    """Every succession that stands, of any year."""
    return [each for year in years for each in year.successions]


def _require_opened(year: BudgetYear, fund_id: str) -> None:
    if not is_post(year, fund_id):
        raise PostUnknown(f"No registered letter opens the post {fund_id}.", fund=fund_id)


def _year_of(fund_id: str) -> int:
    return int(fund_id.partition("/")[0])
