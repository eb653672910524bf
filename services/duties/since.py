"""From which rules of a log on each clash is asked (`services/eventlog/epoch/rules.py` says what they are). What was
recorded before they held there was lawful then: whoever verifies tells it, and convicts nobody."""

from collections.abc import Mapping

from services.duties.of_notices import FOR_THE_MINISTRY, IN_WHAT_IT_TELLS_OF, LETS_OUT

WITH_THE_TABLE = 2
SINCE: Mapping[tuple[str, str], int] = {
    ("approve award", "freeze letter"): 3,
    **{("freeze letter", approval): 3 for approval in ("approve award", "approve supplement", "approve reduction")},
    **{(act, other): 3 for act in FOR_THE_MINISTRY for other in IN_WHAT_IT_TELLS_OF if other not in LETS_OUT},
    **{pair: 5 for act in FOR_THE_MINISTRY for other in LETS_OUT for pair in ((act, other), (other, act))},
}
"""Clashes that the table of duties did not have from the start."""
RULES = sorted({WITH_THE_TABLE, *SINCE.values()})


def asked_since(act: str, clashing: str) -> int:
    """The number of the rules that first kept this act from whoever had done the other."""
    return SINCE.get((act, clashing), WITH_THE_TABLE)
