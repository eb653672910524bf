"""What the tests of on notices build, for other tests to use as well."""

from dataclasses import replace
from datetime import date

from services.duties.of_notices import FOR_THE_DIRECTORATE, FOR_THE_MINISTRY, IN_WHAT_IT_TELLS_OF, LETS_OUT
from services.duties.table import ACTS
from services.eventlog.events import Event
from services.notifications.facts.release import AwardHeard, LetterFileHeard
from services.notifications.facts.scheme_policy import ChangeHeard
from tests.journeys.duties.walking import Pair
from tests.notifications.world import LETTER, LETTER_SHA256, decided

CANNOT_COME_ABOUT: set[Pair] = {
    ("acknowledge notice", "withdraw notice"),
    *((act, first) for act in ("prepare notice", "order notice") for first in FOR_THE_MINISTRY),
}

ON_A_NOTICE = [
    (act, first)
    for act in (*FOR_THE_DIRECTORATE, *FOR_THE_MINISTRY)
    for first in ACTS[act].not_by
    if (act, first) not in CANNOT_COME_ABOUT and first not in IN_WHAT_IT_TELLS_OF
]
IN_WHAT_IT_LISTS = [(act, first) for act in FOR_THE_MINISTRY for first in IN_WHAT_IT_TELLS_OF if first not in LETS_OUT]
ON_ITS_WAY_OUT = [pair for word in FOR_THE_MINISTRY for out in LETS_OUT for pair in ((word, out), (out, word))]
AWARD = AwardHeard(
    version=1,
    fund_id="2020/291/71",
    recipient_name="Oppdiktet forening",
    recipient_number=None,
    amount_ore=100,
    plan=(),
    terms=(),
    scheme_id=None,
    round_id=None,
    form="nb",
)
FILE = LetterFileHeard(
    decision_version=1,
    sha256=LETTER_SHA256,
    size_bytes=len(LETTER),
    template="grant-letter/2",
    dated_on=date(2020, 3, 1),
)


def told_of(act: str, person: str) -> Event:
    """What grants tells of who did this."""
    told: dict[str, Event] = {
        "propose award": replace(AWARD, proposed_by=person),
        "freeze letter": replace(FILE, frozen_by=person),
        "approve award": replace(decided(), decided_by=person),
        "propose change": ChangeHeard(change="reduction", version=4, proposed_by=person),
        "approve supplement": replace(decided(), decided_by=person, change="supplementary"),
        "approve reduction": replace(decided(), decided_by=person, change="reduced"),
        "approve annulment": replace(decided(), decided_by=person, change="annulled"),
    }
    return told[act]


WALKED: set[Pair] = {
    *ON_A_NOTICE,
    *IN_WHAT_IT_LISTS,
    *ON_ITS_WAY_OUT,
    ("confirm waiver", "propose waiver"),
    ("publish", "plan publication"),
}
