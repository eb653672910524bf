"""Who hears a message that is streamed."""

from collections.abc import Mapping
from typing import Any

from services.httpapi.callers.caller import Role

OF_THE_MINISTRY = ("notice.",)
OF_AWARDS, COUNTED_AWARDS = ("case_id", "case_ids", "case_number", "case_numbers"), ("cases", "letters")
OF_WHO_RUNS_IT = ("endpoint.",)
RUNS_IT = frozenset({Role.administrator, Role.controller, Role.auditor})


def may_hear(roles: frozenset[Role], kind: str, *, named: frozenset[str], told: bool) -> bool:
    """Whether somebody with these roles is told of such a message, which names these as those it is for. The ministry
    is of notices and of what names it; of awards only once it is `told` of them, by a notice that it has received
    (ADR 0066). Of endpoints only who runs them is, or looks at how that is done."""
    if kind.startswith(OF_WHO_RUNS_IT):
        return bool(roles & RUNS_IT)
    if roles - {Role.ministry}:
        return True
    return told and (kind.startswith(OF_THE_MINISTRY) or Role.ministry.value in named)


def named_in(row: Mapping[str, Any]) -> frozenset[str]:
    """The roles a message says it is for."""
    return frozenset(row["data"].get("roles") or ())


def of_awards(row: Mapping[str, Any]) -> bool:
    """Whether it is about awards, named or counted."""
    named = any(row["subject"].get(name) for name in OF_AWARDS)
    return named or any(row["data"].get(name) for name in COUNTED_AWARDS)
