"""Which notice policy governs an award: what grants' log had recorded as confirmed when it recorded the approval.

Instants are grants' own, as its log recorded them; a date that somebody typed never makes more free. PostgreSQL picks
it a second time (migrations/notifications/sql/policy.sql).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.calendar.days import day_of
from services.eventlog.events import Event
from services.notifications.facts.release import Exemption
from services.notifications.facts.scheme_policy import ConfirmedPolicyHeard, DecisionHeard


def policy_at(policies: Sequence[Event], decided_at: datetime) -> ConfirmedPolicyHeard | None:
    """The policy for a decision recorded at that instant: of those that counted by then, the one confirmed last.

    A policy counts for decisions recorded after it was confirmed. An exemption must have begun besides; a policy of
    notice counts from its confirmation, whatever day it names. Two of one version stand where grants lost the first and
    two people confirmed it anew. None: notice is owed.
    """
    told = [event for event in policies if isinstance(event, ConfirmedPolicyHeard)]
    counting = (each for each in told if _counts(each, decided_at))
    return max(counting, key=lambda each: (each.version, each.confirmed_at), default=None)


def lost_and_counting(policies: Sequence[tuple[int, Event]], lost: Collection[int]) -> ConfirmedPolicyHeard | None:
    """The policy of a scheme that counts for what is decided from now on, where grants lost it when its log was brought
    back and nobody has confirmed another that governs instead; None where there is nothing to see to. `policies` are
    all that was heard of the scheme, each with its position; `lost` the positions that were named as lost."""
    told = [(position, event) for position, event in policies if isinstance(event, ConfirmedPolicyHeard)]
    position, latest = max(told, key=lambda each: (each[1].version, each[1].confirmed_at, each[0]), default=(0, None))
    return latest if position in lost else None


def exemption_of(policies: Sequence[Event], decisions: Sequence[DecisionHeard]) -> Exemption | None:
    """Why no notice is owed of a letter that tells of these decisions: each was recorded while the scheme was exempt.
    None where one was not, or grants did not tell when it was recorded. The policy told of is the last decision's."""
    policy = None
    for decision in decisions:
        policy = policy_at(policies, decision.decided_at) if decision.decided_at else None
        if policy is None or policy.rule != "exempt":
            return None
    if policy is None:
        return None
    return Exemption(
        scheme_id=policy.scheme_id,
        scheme_version=policy.version,
        source=policy.source,
        valid_from=policy.valid_from,
        confirmed_at=policy.confirmed_at,
    )


def policy_version(policies: Sequence[Event], decision: DecisionHeard) -> str:
    """Which policy a letter of this decision is bound to, in one word."""
    policy = policy_at(policies, decision.decided_at) if decision.decided_at else None
    return f"{policy.scheme_id}/{policy.version}" if policy else "none"


def _counts(policy: ConfirmedPolicyHeard, decided_at: datetime) -> bool:
    if policy.rule == "exempt":
        return policy.confirmed_at < decided_at and policy.valid_from <= day_of(decided_at)
    return policy.confirmed_at <= decided_at
