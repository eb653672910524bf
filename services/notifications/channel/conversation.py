"""What an integration point tells of a message: its statuses, and what they mean by the service that carries it.

To public bodies (DPO) and in Altinn (DPV, where it tells that the letter is published in the organisation's inbox)
`LEVERT` is a receipt; by SvarUt (DPF) only `LEST`, for there `LEVERT` is registered at sending.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from services.notifications.channel.port import Arrived, Lost

RECEIVED: Mapping[str, frozenset[str]] = {
    "DPO": frozenset({"LEVERT", "LEST"}),
    "DPV": frozenset({"LEVERT", "LEST"}),
    "DPF": frozenset({"LEST"}),
}
"""Which status is a receipt, by the service that carries the message."""
NEVER = frozenset({"FEIL", "LEVETID_UTLOPT"})
MADE_ONLY = frozenset({"OPPRETTET"})


def outcome_of(carried: str, statuses: Sequence[Mapping[str, Any]]) -> Arrived | Lost | None:
    """What became of it. The statuses are a set, told in any order: it arrived at the earliest of those that count."""
    received = [each for each in statuses if each["status"] in RECEIVED.get(carried, frozenset())]
    if received:
        first = min(received, key=lambda each: instant_of(each["lastUpdate"]))
        evidence = f"{carried} {first['status']} {first['lastUpdate']}"
        return Arrived(at=instant_of(first["lastUpdate"]), evidence=evidence)
    never = sorted(each["status"] for each in statuses if each["status"] in NEVER)
    return Lost(problem=f"{carried or 'eFormidling'} {never[0]}") if never else None


def is_status(told: Any) -> bool:
    """Whether it is a status since an instant."""
    return isinstance(told, dict) and isinstance(told.get("status"), str) and _is_instant(told.get("lastUpdate"))


def _is_instant(told: Any) -> bool:
    try:
        return isinstance(told, str) and datetime.fromisoformat(told).tzinfo is not None
    except ValueError:
        return False


def instant_of(told: str) -> datetime:
    """That instant, in UTC."""
    return datetime.fromisoformat(told).astimezone(UTC)
