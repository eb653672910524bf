"""The notice policies the gate stands on, worked out anew from the facts, and every release that left on one.

A release is judged by the rule in force at its position: where a log was upgraded, what left before that left on the
policy one person had written, picked by the day the award was approved; it is told as such.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.held import Held
from services.notifications.release.events import (
    Exemption,
    SchemeExempt,
)
from services.notifications.scheme_policy.events import (
    ConfirmedPolicyHeard,
    DecisionHeard,
    SchemePolicyHeard,
)
from services.notifications.scheme_policy.rules import exemption_of

POLICIES = """
    SELECT scheme_id, version, rule, source, valid_from, confirmed_at, encode(document_sha256, 'hex'),
           array_to_string(written_by, E'\\n'), confirmed_by FROM notifications.scheme_policy
"""
DECISIONS = "SELECT item, version, decided_at FROM notifications.decision"
Facts = Mapping[str, Sequence[Recorded]]
Row = tuple[Any, ...]


def policy_rows(facts: Facts) -> Iterator[Row]:
    """The rows the policies should have."""
    for event in _of(facts, "scheme-"):
        match event:
            case SchemePolicyHeard():
                yield event.scheme_id, event.version, event.rule, event.source, event.valid_from, None, None, None, None
            case ConfirmedPolicyHeard():
                yield (
                    event.scheme_id,
                    event.version,
                    event.rule,
                    event.source,
                    event.valid_from,
                    event.confirmed_at,
                    event.document_sha256,
                    "\n".join(event.written_by),
                    event.confirmed_by,
                )


def decision_rows(facts: Facts) -> Iterator[Row]:
    """The rows the decisions should have."""
    for stream, its in facts.items():
        for fact in its:
            if isinstance(fact.event, DecisionHeard):
                yield stream, fact.event.version, fact.event.decided_at


def stands_in_row(held: Held) -> Exemption | None:
    """The exemption an item's row tells of: one that two people decided, or one that it once left on."""
    exempt = held.letter.exemption if held.letter else None
    left_on_it = held.released is not None and isinstance(held.released.ground, SchemeExempt)
    return exempt if exempt and (exempt.confirmed_at or left_on_it) else None


def problems_of_exemption(before: Held, facts: Facts, position: int, rules_from: int) -> Iterator[str]:
    """What is wrong with a letter that left on its scheme's policy at that position. `before` is what was held then."""
    exempt = before.letter.exemption if before.letter else None
    if exempt is None:
        yield "it left on its scheme's policy, and was held on none"
        return
    told = [fact for fact in facts.get(f"scheme-{exempt.scheme_id}", ()) if fact.position < before.held_position]
    if exempt.confirmed_at is None:
        if position > rules_from:
            yield "it left on a policy of one person"
        elif not _was_in_force(exempt, before, [fact.event for fact in told]):
            yield "the policy it left on was not in force when its award was approved"
        return
    assert before.letter is not None
    own = exempt.scheme_id == before.letter.manifest.scheme_id
    if not own or exemption_of([fact.event for fact in told], before.decisions) != exempt:
        yield "the policy it left on did not govern every decision it tells of"


def _was_in_force(exempt: Exemption, before: Held, policies: Iterable[Event]) -> bool:
    """The rule of before: the policy that had begun last on the day the approver named."""
    assert before.approved_on is not None
    begun = [
        event for event in policies if isinstance(event, SchemePolicyHeard) and event.valid_from <= before.approved_on
    ]
    last = max(begun, key=lambda policy: (policy.valid_from, policy.version), default=None)
    return last is not None and (last.rule, last.version, last.source) == (
        "exempt",
        exempt.scheme_version,
        exempt.source,
    )


def _of(facts: Facts, kind: str) -> Iterator[Event]:
    return (fact.event for stream, its in facts.items() if stream.startswith(kind) for fact in its)
