"""The notice policies and decisions the gate stands on, worked out anew from the facts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.eventlog.events import Event
from services.eventlog.recorded import Recorded
from services.notifications.facts.held_state import Held
from services.notifications.facts.release import (
    Exemption,
    SchemeExempt,
)
from services.notifications.facts.scheme_policy import (
    ConfirmedPolicyHeard,
    DecisionHeard,
    SchemePolicyHeard,
)

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


def _of(facts: Facts, kind: str) -> Iterator[Event]:
    return (fact.event for stream, its in facts.items() if stream.startswith(kind) for fact in its)
