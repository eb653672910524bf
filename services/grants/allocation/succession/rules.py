"""A line of money that goes on under another chapter or number: recorded, told anew, taken back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.budget_year.events.allocation import PostSucceeded, PostSucceededAmongSeveral, SuccessionWithdrawn
from services.grants.budget_year.state import BudgetYear
from services.reason import need_reason

How = Literal["whole", "split", "join"]
Succession = PostSucceeded | PostSucceededAmongSeveral
Years = Mapping[int, BudgetYear]


class PostUnknown(Refusal):
    """No registered letter opens the post."""

    code = "post-not-opened"
    status = 404
    title = "Posten er ikke åpnet"


class NotASuccessor(Refusal):
    """A line of money goes on from an earlier year to a later one: one post to one, unless it is said that it was split
    or that several were joined."""

    code = "not-a-successor"
    title = "Posten kan ikke videreføre den andre"


class SuccessionAgainstClaims(Refusal):
    """Cases are covered, or paid, on the post that has carried the line on until now. `case_ids` names them."""

    code = "succession-against-claims"
    title = "Overførte tilsagn er alt dekket på en annen post"


class SuccessionUnknown(Refusal):
    """No such succession is recorded, or it was taken back."""

    code = "succession-unknown"
    status = 404
    title = "Videreføringen er ikke registrert"


def succeed_post(
    year: BudgetYear,
    *,
    fund_id: str,
    predecessor_id: str,
    how: How,
    reason: str,
    recorded_by: str,
    others: Years,
    takes_claims: bool = False,
    covered: Mapping[str, Sequence[str]] | None = None,
) -> list[Event]:
    """Record that a post carries on another post's line of money from an earlier year: the whole of it, a part of it
    (`split`), or together with others (`join`). Recorded already in another way, it is told anew. Of a split,
    `takes_claims` says that what was held over goes on to this part. `others` are the other budget years; `covered` the
    cases covered elsewhere than on a follower, by follower. Refuses PostUnknown, ReasonMissing, NotASuccessor,
    SuccessionAgainstClaims."""
    _require_opened(year, fund_id)
    need_reason(reason)
    if _year_of(predecessor_id) >= _year_of(fund_id):
        raise NotASuccessor(f"{fund_id} cannot carry on {predecessor_id}: that is not of an earlier year.")
    _require_opened(others.get(_year_of(predecessor_id), BudgetYear()), predecessor_id)
    if takes_claims and how != "split":
        raise NotASuccessor("Only one part of a split is said to take what is held over; the whole always does.")
    taking = _taking(year, predecessor_id, beside=fund_id)
    if takes_claims and taking:
        raise NotASuccessor(f"{taking} takes what is held over from {predecessor_id}. Take that back first.")
    claims_on = fund_id if takes_claims else taking
    known = all_successions([year, *others.values()])
    _keep_one_line(known, fund_id, predecessor_id, how)
    for each in known:
        same = (each.fund_id, each.predecessor_id, how_of(each)) == (fund_id, predecessor_id, how)
        if same and (how != "split" or _claims_on(each) == claims_on):
            return []
    told = {"fund_id": fund_id, "predecessor_id": predecessor_id, "reason": reason, "recorded_by": recorded_by}
    if how == "whole":
        _keep_covered(fund_id, covered)
        return [PostSucceeded(**told)]
    _keep_covered(claims_on or (fund_id if how == "join" else _same_line(fund_id, predecessor_id)), covered)
    return [PostSucceededAmongSeveral(**told, how=how, claims_on=claims_on if how == "split" else None)]


def _keep_one_line(known: Iterable[Succession], fund_id: str, predecessor_id: str, how: How) -> None:
    """Refuse (`NotASuccessor`) a second follower or a second predecessor that is not said to be one of several."""
    for each in known:
        if (each.fund_id, each.predecessor_id) == (fund_id, predecessor_id):
            continue
        if each.fund_id == fund_id and "whole" in (how, how_of(each)):
            raise NotASuccessor(
                f"{fund_id} already carries on {each.predecessor_id}. Where several were joined, record each as `join`."
            )
        if each.predecessor_id == predecessor_id and {how, how_of(each)} != {"split"}:
            raise NotASuccessor(
                f"{each.fund_id} already carries on {predecessor_id}. Where it was split, record each as `split`."
            )


def withdraw_succession(
    year: BudgetYear,
    *,
    fund_id: str,
    predecessor_id: str,
    reason: str,
    withdrawn_by: str,
    covered: Mapping[str, Sequence[str]] | None = None,
) -> list[Event]:
    """Take back that a post carries on another. Refuses SuccessionUnknown, ReasonMissing, SuccessionAgainstClaims."""
    need_reason(reason)
    if not any((each.fund_id, each.predecessor_id) == (fund_id, predecessor_id) for each in year.successions):
        raise SuccessionUnknown(f"It is not recorded that {fund_id} carries on {predecessor_id}.")
    claims_on = _taking(year, predecessor_id, beside=fund_id)
    _keep_covered(claims_on or _same_line(fund_id, predecessor_id), covered)
    return [
        SuccessionWithdrawn(
            fund_id=fund_id,
            predecessor_id=predecessor_id,
            reason=reason,
            withdrawn_by=withdrawn_by,
            claims_on=claims_on,
        )
    ]


def followers_of(year: BudgetYear, fund_id: str, predecessor_id: str) -> set[str]:
    """Every post that what is held over from the predecessor may come to go on to, by a fact about these two."""
    taking = _taking(year, predecessor_id, beside=fund_id)
    return {fund_id, _same_line(fund_id, predecessor_id), *([taking] if taking else [])}


def follower_of(succession: Succession) -> str | None:
    """The post that what is held over goes on to; None where no part of a split is said to take it."""
    return succession.fund_id if how_of(succession) != "split" else _claims_on(succession)


def _claims_on(succession: Succession) -> str | None:
    return succession.claims_on if isinstance(succession, PostSucceededAmongSeveral) else None


def _taking(year: BudgetYear, predecessor_id: str, *, beside: str) -> str | None:
    """The part of a split line, another than this one, that takes what is held over."""
    parts = [each for each in year.successions if each.predecessor_id == predecessor_id and each.fund_id != beside]
    return next((each.fund_id for each in parts if _claims_on(each) == each.fund_id), None)


def _keep_covered(follower_id: str, covered: Mapping[str, Sequence[str]] | None) -> None:
    if case_ids := (covered or {}).get(follower_id):
        raise SuccessionAgainstClaims(
            f"Case {case_ids[0]} is covered on another post than {follower_id}. What is covered, or paid, stays there.",
            case_ids=list(case_ids),
        )


def _same_line(fund_id: str, predecessor_id: str) -> str:
    return f"{fund_id.partition('/')[0]}/{predecessor_id.partition('/')[2]}"


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
