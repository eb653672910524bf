"""The terms a case's proposal stands under, as its scheme's own stream had them at the case's last fact."""

from collections.abc import Iterable, Sequence

from services.eventlog.events import Event
from services.grants.case.events.award import Applied, AwardProposed
from services.grants.scheme.events import CallPublished, SchemeRegistered, SchemeRevised, SchemeTerms
from services.grants.scheme.notice_policy.rules import PolicyOfScheme, evolve, standing


def find_scheme_stream(events: Sequence[Event]) -> str | None:
    """The stream of the scheme that the last proposal is of; None where there is no proposal, or none of a scheme."""
    proposed = _last_proposal(events)
    return f"scheme-{proposed.scheme_id}" if proposed and proposed.scheme_id else None


def find_terms(events: Sequence[Event], of_scheme: Iterable[Event]) -> SchemeTerms | None:
    """The call's terms as published where the award was applied for, else the scheme's as last written; with letters
    until two people have found that it owes no notice."""
    proposed = _last_proposal(events)
    call_id = proposed.basis.call_id if proposed and isinstance(proposed.basis, Applied) else None
    found: SchemeTerms | None = None
    policy = PolicyOfScheme()
    for event in of_scheme:
        policy = evolve(policy, event)
        match event:
            case SchemeRegistered(terms=terms) | SchemeRevised(terms=terms) if call_id is None:
                found = terms
            case CallPublished(terms=terms) if event.call_id == call_id:
                found = terms
    return standing(found, policy) if found else None


def _last_proposal(events: Sequence[Event]) -> AwardProposed | None:
    return next((event for event in reversed(events) if isinstance(event, AwardProposed)), None)
