"""What a case shows of money held back and claimed back: each decision with its reasons, and what has become of it.

A reason that changed between the warning and the decision is shown as a change: what was added, what was dropped.
Amounts are whole øre.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.case.events.withholding import ReclaimDecided, WithholdingDecided
from services.grants.withholding import claims, rules
from services.grants.withholding.claims import Claims
from services.grants.withholding.rules import Withholding


def shown(events: Sequence[Event]) -> dict[str, Any] | None:
    """The withholdings, reclaims and repayments of a case, and the warnings that wait; None where there is nothing."""
    held = fold_once(rules.evolve, events, Withholding)
    claimed = fold_once(claims.evolve, events, Claims)
    told: dict[str, list[dict[str, Any]]] = {
        "warnings": [asdict(prepared) for prepared in held.waiting],
        "withholdings": [_withholding(held, decided) for decided in held.decided],
        "reclaim_warnings": [asdict(warned) for warned in claimed.waiting],
        "reclaims": [_reclaim(claimed, decided) for decided in claimed.decided],
        "repayments": [asdict(repaid) for repaid in claimed.repaid],
    }
    return told if any(told.values()) else None


def _withholding(case: Withholding, decided: WithholdingDecided) -> dict[str, Any]:
    standing_ore = case.standing_ore(decided.number)
    releases = [released for released in case.released if released.number == decided.number]
    released_ore = sum(released.amount_ore for released in releases)
    return {
        **asdict(decided),
        **_changes(decided),
        "standing_ore": standing_ore,
        "released_ore": released_ore,
        "fallen_away_ore": decided.amount_ore - standing_ore - released_ore,
        "releases": [asdict(released) for released in releases],
    }


def _reclaim(case: Claims, decided: ReclaimDecided) -> dict[str, Any]:
    number = decided.number
    stopping = case.find_suspending(number)
    return {
        **asdict(decided),
        **_changes(decided),
        "claimed_ore": case.claimed_ore(number),
        "repaid_ore": case.repaid_ore(number),
        "netted_ore": case.netted_ore(number),
        "standing_ore": case.standing_ore(number),
        "suspended_by_complaint": stopping.number if stopping else None,
        "overturned": case.is_overturned(number),
        "reductions": [asdict(reduced) for reduced in case.reduced if reduced.number == number],
    }


def _changes(decided: WithholdingDecided | ReclaimDecided) -> dict[str, Any]:
    return {
        "reasons_added": [asdict(reason) for reason in decided.reasons if reason not in decided.prepared_reasons],
        "reasons_dropped": [asdict(reason) for reason in decided.prepared_reasons if reason not in decided.reasons],
    }
