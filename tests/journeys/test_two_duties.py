"""The role matrix: one person with every role in one token tries two duties that clash on one case, and is refused.

Every clash a case's rooms define is a line here. Somebody else does what leads up to the second duty; then the one who
did the first is refused it (`same-person-twice`), and a colleague is let do it: so it was the person, nothing else.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.faults.service import DECIDED_OUTSIDE, open_funds
from tests.journeys.office import (
    ANNE,
    FUND,
    KARI,
    LIV,
    OLA,
    PER,
    SIRI,
    Office,
    work,
)
from tests.journeys.two_duties import (
    ANSWER,
    APPROVE,
    CLAIM_LETTER,
    COMPLAIN,
    CONFIRM_IMPORT,
    CONFIRM_LETTER,
    DISMISS,
    END_SUSPENSION,
    FORWARD,
    IMPORT,
    LATE,
    LESS,
    NET,
    OMIT,
    OPEN,
    OUTCOME,
    PAY_SECOND,
    RECLAIM,
    RELEASE,
    REPAY,
    REQUEST,
    REVERSE,
    SUSPEND,
    TAKE_UP_LATE,
    WARN,
    WARN_OF_RECLAIM,
    WITHHOLD,
    Act,
    withheld,
)

"""Method, path under the case, body."""


@dataclass(frozen=True, kw_only=True)
class Clash:
    """`first` is done by one person, `between` by others; then `second` is not that person's to do."""

    name: str
    before: Callable[[Office], Awaitable[None]]
    first: Act
    between: Sequence[tuple[str, Act]] = ()
    second: Act


async def claimed(office: Office) -> None:
    """Somebody says that an award was decided before this system."""
    office.case, office.version = "", '"0"'
    await office.does(KARI, "POST", "imports", **office.plan((500, 500), FUND), **DECIDED_OUTSIDE)


async def nothing(_: Office) -> None:
    """The first duty opens the case."""


async def imported(office: Office) -> None:
    await office.imports(500, 500)


async def granted(office: Office) -> None:
    await office.grants(500, 500)


async def paid(office: Office) -> None:
    await office.grants(500, 500)
    await office.pays(1, 500)


async def complained(office: Office) -> None:
    await withheld(office)
    await office.does(PER, *COMPLAIN[:2], **COMPLAIN[2])


PAY: Act = (
    "POST", "instalments/1/payments", {"amount_ore": 100, "paid_on": "2020-12-02", "reference": "B-1001"},
)  # fmt: skip

APPROVE_CHANGE: Act = ("PUT", "award/changes/approval", {"approved_on": "2020-09-01"})

CLASHES = (
    Clash(name="who prepares a change does not approve it", before=granted, first=LESS, second=APPROVE_CHANGE),
    Clash(name="who registers a recipient's request does not answer it", before=granted, first=REQUEST, second=ANSWER),
    Clash(name="who proposes an award does not approve it", before=nothing, first=OPEN, second=APPROVE),
    Clash(
        name="who claims that a letter went out does not confirm it",
        before=imported, first=CLAIM_LETTER, second=CONFIRM_LETTER,
    ),
    Clash(
        name="who claims that an award was decided outside does not confirm it",
        before=nothing, first=IMPORT, second=CONFIRM_IMPORT,
    ),
    Clash(
        name="who let an award bind does not attest its payment",
        before=claimed, first=CONFIRM_IMPORT, between=((KARI, CLAIM_LETTER), (LIV, CONFIRM_LETTER)), second=PAY,
    ),
    Clash(
        name="who releases withheld money does not attest its payment",
        before=withheld, first=RELEASE, second=PAY_SECOND,
    ),
    Clash(name="who warns of a withholding does not decide it", before=granted, first=WARN, second=WITHHOLD),
    Clash(name="who records the exemption does not decide it", before=granted, first=OMIT, second=WITHHOLD),
    Clash(name="who warns of a reclaim does not decide it", before=paid, first=WARN_OF_RECLAIM, second=RECLAIM),
    Clash(
        name="who warns of a reclaim does not settle it",
        before=paid, first=WARN_OF_RECLAIM, between=((OLA, RECLAIM),), second=NET,
    ),
    Clash(
        name="who decides a reclaim does not record its repayment",
        before=paid, first=RECLAIM, second=REPAY,
    ),
    Clash(name="who registers a complaint does not dismiss it", before=withheld, first=LATE, second=DISMISS),
    Clash(name="who registers a complaint does not take it up late", before=withheld, first=LATE, second=TAKE_UP_LATE),
    Clash(name="who registers a complaint grants it no effect", before=withheld, first=COMPLAIN, second=SUSPEND),
    Clash(
        name="who registers a complaint does not end its effect",
        before=withheld, first=COMPLAIN, between=((LIV, SUSPEND),), second=END_SUSPENSION,
    ),
    Clash(name="who registers a complaint does not reverse on it", before=withheld, first=COMPLAIN, second=REVERSE),
    Clash(
        name="who forwards a complaint does not record its outcome",
        before=complained, first=FORWARD, second=OUTCOME,
    ),
)  # fmt: skip


@pytest.mark.parametrize("clash", CLASHES, ids=lambda clash: clash.name)
def test_nobody_holds_two_duties_that_clash(clash: Clash, database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await clash.before(office)
        if clash.first is RECLAIM:
            await office.does(KARI, *WARN_OF_RECLAIM[:2], **WARN_OF_RECLAIM[2])
        await office.does(SIRI, *clash.first[:2], **clash.first[2])
        for person, (method, path, body) in clash.between:
            await office.does(person, method, path, **body)
        method, path, body = clash.second
        told = await office.refused(SIRI, method, path, **body)
        assert (told["status"], told["code"], told["person"]) == (409, "same-person-twice", SIRI)
        await office.does(ANNE, method, path, **body)

    work(database, tmp_path, story)


def test_whoever_decided_what_is_disputed_neither_forwards_nor_dismisses_the_complaint(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await complained(office)
        told = await office.refused(OLA, *FORWARD[:2], **FORWARD[2])
        assert (told["code"], told["person"]) == ("same-person-twice", OLA)
        await office.does(LIV, *FORWARD[:2], **FORWARD[2])

    work(database, tmp_path, story)
