"""The same line of money over the years, under whatever chapter and number each year gives it."""

from collections.abc import Mapping

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.allocation.budget_year import BudgetYear
from services.grants.allocation.events import PostSucceeded
from services.grants.allocation.settlement import require_reason


class PostUnknown(Refusal):
    """No registered letter opens the post."""

    code = "post-unknown"
    status = 404
    title = "Posten er ikke åpnet"


class NotASuccessor(Refusal):
    """A line of money goes on from an earlier year to a later one, one post to one."""

    code = "not-a-successor"
    title = "Posten kan ikke videreføre den andre"


def succeed_post(year: BudgetYear, *, fund_id: str, predecessor_id: str, reason: str, recorded_by: str) -> list[Event]:
    """Record that a post carries on another post's line of money from an earlier year, so that a series over years can
    follow it. Refuses PostUnknown, ReasonMissing, NotASuccessor."""
    if fund_id not in year.funds or year.funds[fund_id].kind != "post":
        raise PostUnknown(f"No registered letter opens {fund_id}.", fund=fund_id)
    require_reason(reason)
    predecessors = {each.predecessor_id for each in year.successions if each.fund_id == fund_id}
    if predecessor_id in predecessors:
        return []
    if predecessors:
        raise NotASuccessor(f"{fund_id} already carries on {predecessors.pop()}.")
    if int(predecessor_id.split("/")[0]) >= int(fund_id.split("/")[0]):
        raise NotASuccessor(f"{fund_id} cannot carry on {predecessor_id}: that is not of an earlier year.")
    return [PostSucceeded(fund_id=fund_id, predecessor_id=predecessor_id, reason=reason, recorded_by=recorded_by)]


def list_series(years: Mapping[int, BudgetYear], fund_id: str) -> tuple[str, ...]:
    """The posts that are one line of money with this one, oldest first, across the budget years given."""
    before = {each.fund_id: each.predecessor_id for year in years.values() for each in year.successions}
    after = {predecessor_id: follower_id for follower_id, predecessor_id in before.items()}
    line = [fund_id]
    while line[0] in before:
        line.insert(0, before[line[0]])
    while line[-1] in after:
        line.append(after[line[-1]])
    return tuple(line)
