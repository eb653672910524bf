"""What the tests of round build, for other tests to use as well."""

from datetime import date
from uuid import UUID

from services.grants.case.events.award import Recipient
from services.grants.case.events.round import RoundLine, RoundLinesApproved, RoundLinesProposed, RoundOpened

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))
DAY = date(2020, 3, 2)
OPENING = {
    "year": 2020,
    "scheme_id": "ressursmiljo-2020",
    "call_id": None,
    "name": "Vår",
    "opened_on": DAY,
    "opened_by": "kari",
}
OPENED = RoundOpened(**OPENING)  # type: ignore[arg-type]
APPROVAL = {"approved_on": DAY, "approved_by": "ingrid", "disposal_authority": "Instruks 4.2"}


def line(case_id: UUID, amount_ore: int = 100) -> RoundLine:
    return RoundLine(
        case_id=case_id, fund_id="2020/291/71", amount_ore=amount_ore, recipient=Recipient(name="Født Fri")
    )


def proposed(*lines: RoundLine) -> RoundLinesProposed:
    return RoundLinesProposed(lines=lines, file=None, proposed_by="kari")


def approved(*case_ids: UUID, total_ore: int) -> RoundLinesApproved:
    return RoundLinesApproved(case_ids=case_ids, total_ore=total_ore, **APPROVAL)  # type: ignore[arg-type]
