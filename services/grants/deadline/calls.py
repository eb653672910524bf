"""The deadlines of a scheme: the last day an application may arrive in each of its calls, that day included."""

from collections.abc import Sequence

from services.eventlog.events import Event
from services.eventlog.folding import fold_once
from services.grants.deadline.events import Deadline
from services.grants.scheme.rules import Scheme
from services.grants.scheme.rules import evolve as fold_scheme


def list_deadlines_of_scheme(events: Sequence[Event]) -> list[Deadline]:
    """In the order the calls were published. A call that is cancelled is waited for by nobody."""
    scheme = fold_once(fold_scheme, events, Scheme)
    if scheme.registered is None:
        return []
    return [
        Deadline(
            key=f"call-closes-{call_id.partition('.')[2]}", kind="call-closes",
            state="fallen" if call_id in scheme.cancelled else "due", due_on=call.closes_on, role="caseworker",
            what=f"Siste dag for å søke: {call.title}", fund_id=call.fund_id,
            scheme_id=scheme.registered.scheme_id, amount_ore=call.total_ore,
        )
        for call_id, call in scheme.calls.items()
    ]  # fmt: skip
