"""Why a decision goes against the recipient, in words: before it is prepared, and as they were heard on it."""

from services.grants.case.events.withholding import Reason
from services.grants.case.hearing import ReasonsMissing
from services.text.folding import is_blank


def need_reasons(reasons: tuple[Reason, ...]) -> None:
    """At least one, each in words: `ReasonsMissing`."""
    if not reasons or any(is_blank(reason.text) for reason in reasons):
        raise ReasonsMissing("Give at least one reason, each with the words the recipient will read.")


def changed(reasons: tuple[Reason, ...], prepared: tuple[Reason, ...]) -> bool:
    """Whether the recipient reads other reasons than they were heard on; their order tells nothing."""
    return set(reasons) != set(prepared)
