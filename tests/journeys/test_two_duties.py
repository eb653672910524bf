"""The role matrix: one person with every role in one token tries two duties that clash on one case, and is refused.

Every clash a case's rooms define is a line here. Somebody else does what leads up to the second duty; then the one who
did the first is refused it (`same-person-twice`), and a colleague is let do it: so it was the person, nothing else.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Database
from tests.faults.service import DECIDED_OUTSIDE, open_funds
from tests.journeys.office import (
    ANNE,
    APPROVED,
    FUND,
    KARI,
    LETTER_OUT,
    LIV,
    MISUSED,
    OLA,
    PER,
    SIRI,
    Office,
    work,
)

Act = tuple[str, str, dict[str, Any]]
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


async def withheld(office: Office) -> None:
    await office.grants(500, 500)
    await office.does(KARI, *WARN[:2], **WARN[2])
    await office.does(OLA, *WITHHOLD[:2], **WITHHOLD[2])


async def complained(office: Office) -> None:
    await withheld(office)
    await office.does(PER, *COMPLAIN[:2], **COMPLAIN[2])


OPEN: Act = ("POST", "", {
    "fund_id": FUND, "recipient": {"name": "Stiftelsen Født Fri"}, "amount_ore": 1_000, "purpose": "Ressursmiljø",
    "terms": ["Regnskap leveres."], "instalments": [{"number": 1, "amount_ore": 1_000}],
    "basis": {"year": 2020, "letter": 0, "section": "5.1"},
})  # fmt: skip
IMPORT: Act = ("POST", "imports", {**OPEN[2], **DECIDED_OUTSIDE})
CONFIRM_IMPORT: Act = ("PUT", "award/import/confirmation", {})
APPROVE: Act = ("PUT", "award/approval", APPROVED)
CLAIM_LETTER: Act = ("PUT", "letter-release", LETTER_OUT)
CONFIRM_LETTER: Act = ("PUT", "letter-release/confirmation", {})
PAY: Act = (
    "POST", "instalments/1/payments", {"amount_ore": 100, "paid_on": "2020-12-02", "reference": "B-1001"},
)  # fmt: skip
PAY_SECOND: Act = (
    "POST", "instalments/2/payments", {"amount_ore": 100, "paid_on": "2020-12-02", "reference": "B-1002"},
)  # fmt: skip
WARN: Act = ("PUT", "instalments/2/warning", {
    "amount_ore": 500, "reasons": MISUSED, "reply_by": "2020-09-01", "warned_on": "2020-08-11",
})  # fmt: skip
OMIT: Act = ("PUT", "instalments/2/warning/omission", {
    "amount_ore": 500, "reasons": MISUSED, "exemption": "fvl-16-3-a", "ground": "Kontoen tømmes.",
    "omitted_on": "2020-08-11",
})  # fmt: skip
WITHHOLD: Act = ("POST", "withholdings", {
    "instalment": 2, "amount_ore": 500, "reasons": MISUSED, "decided_on": "2020-11-02",
})  # fmt: skip
RELEASE: Act = (
    "POST", "withholdings/1/releases", {"amount_ore": 500, "reason": "Levert.", "released_on": "2020-12-01"},
)  # fmt: skip
WARN_OF_RECLAIM: Act = ("PUT", "instalments/1/reclaim-warning", {
    "amount_ore": 300, "reasons": MISUSED, "reply_by": "2020-09-01", "warned_on": "2020-08-11",
})  # fmt: skip
RECLAIM: Act = ("POST", "reclaims", {
    "instalment": 1, "amount_ore": 300, "reasons": MISUSED, "pay_by": "2020-11-30", "decided_on": "2020-11-02",
})  # fmt: skip
NET: Act = (
    "POST", "reclaims/1/netting", {"against": [{"instalment": 2, "amount_ore": 100}], "netted_on": "2020-12-01"},
)  # fmt: skip
REPAY: Act = ("POST", "repayments", {
    "reclaim": 1, "amount_ore": 100, "voucher": "B-2001", "received_on": "2020-11-20",
})  # fmt: skip
COMPLAIN: Act = ("POST", "complaints", {
    "disputed": "withholding", "decision_number": 1, "decision_arrived_on": "2020-11-03", "lodged_on": "2020-11-23",
    "grounds": "Vi er uenige.", "defects": [],
})  # fmt: skip
LATE: Act = ("POST", "complaints", {**COMPLAIN[2], "lodged_on": "2020-12-23"})
TAKE_UP_LATE: Act = ("PUT", "complaints/1/late-acceptance", {
    "ground": "special-reasons", "reason": "Saken er viktig.", "accepted_on": "2020-12-28",
})  # fmt: skip
DISMISS: Act = ("PUT", "complaints/1/dismissal", {"reason": "For sent.", "dismissed_on": "2020-12-28"})
SUSPEND: Act = (
    "PUT", "complaints/1/suspension", {"suspends": "payment", "reason": "Driften trues.", "granted_on": "2020-11-24"},
)  # fmt: skip
END_SUSPENSION: Act = ("PUT", "complaints/1/suspension/end", {"reason": "Over.", "ended_on": "2020-11-25"})
REVERSE: Act = (
    "POST", "complaints/1/reversals", {"wholly": True, "reason": "Medhold.", "reversed_on": "2020-11-25"},
)  # fmt: skip
FORWARD: Act = ("PUT", "complaints/1/forwarding", {"statement": "Opprettholdt.", "forwarded_on": "2020-12-01"})
OUTCOME: Act = (
    "PUT", "complaints/1/outcome", {"outcome": "upheld", "document": "20/5", "decided_on": "2021-02-01"},
)  # fmt: skip

LESS: Act = ("POST", "award/changes", {
    "kind": "reduction", "reductions": [{"instalment": 2, "amount_ore": 200}],
    "ground": {"code": "condition-not-met", "text": "Vilkåret er ikke oppfylt."},
    "hearing": {"warned_on": "2020-08-01", "reply_by": "2020-08-22"},
})  # fmt: skip
APPROVE_CHANGE: Act = ("PUT", "award/changes/approval", {"approved_on": "2020-09-01"})
REQUEST: Act = ("POST", "award/change-requests", {"asks": "Ny frist.", "received_on": "2020-05-04"})
ANSWER: Act = (
    "PUT", "award/change-requests/1/answer", {"granted": True, "reason": "Ja.", "answered_on": "2020-05-11"},
)  # fmt: skip

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
