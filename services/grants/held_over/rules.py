"""In which order claims held over to a post are covered. Nothing that is paid moves by it; what is covered may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.eventlog.events import Event
from services.eventlog.refusal import Refusal
from services.grants.budget_year.events.held_over import ClaimsRanked
from services.text.folding import is_blank


class ClaimUnknown(Refusal):
    """A case that is to be ranked is not held over to the post. `case_ids` names it."""

    code = "claim-unknown"
    status = 404
    title = "Saken er ikke overført til posten"


class RankedTwice(Refusal):
    """A case has one place in the order."""

    code = "ranked-twice"
    status = 422
    title = "En sak står to ganger i rekkefølgen"


class RankReasonMissing(Refusal):
    """Why these claims come first is for others to read."""

    code = "rank-reason-missing"
    status = 422
    title = "Begrunnelsen mangler"


@dataclass(frozen=True)
class Orders:
    """Every order of claims that was set in a budget year, oldest first."""

    set: tuple[ClaimsRanked, ...] = ()


def evolve(orders: Orders, event: Event) -> Orders:
    """The orders after this fact. Facts of other rooms leave them as they are."""
    return replace(orders, set=(*orders.set, event)) if isinstance(event, ClaimsRanked) else orders


def rank_claims(
    orders: Orders,
    *,
    fund_id: str,
    case_ids: Sequence[UUID],
    known: Collection[UUID],
    reason: str,
    ranked_on: date,
    ranked_by: str,
) -> list[Event]:
    """Set which of the claims held over to a post (`known`) are covered first, in this order, from a day on. None named
    is back to the order nobody set: the oldest promise first. The order that stands, set again, returns no event.

    Refuses ClaimUnknown, RankedTwice, RankReasonMissing.
    """
    if strange := [case_id for case_id in case_ids if case_id not in known]:
        raise ClaimUnknown(f"Case {strange[0]} has no claim on {fund_id}.", case_ids=[str(each) for each in strange])
    if len(set(case_ids)) < len(case_ids):
        raise RankedTwice("Name each case once.")
    if is_blank(reason):
        raise RankReasonMissing("Say why these are covered first.")
    standing = [each for each in orders.set if each.fund_id == fund_id]
    if standing and (standing[-1].case_ids, standing[-1].ranked_on) == (tuple(case_ids), ranked_on):
        return []
    if not standing and not case_ids:
        return []
    return [
        ClaimsRanked(fund_id=fund_id, case_ids=tuple(case_ids), reason=reason, ranked_on=ranked_on, ranked_by=ranked_by)
    ]
