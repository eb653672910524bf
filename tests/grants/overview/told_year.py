"""A year with awards that the ministry is told of, in part and not at all, and what a reader is answered of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.eventlog.projections.projector import Projector
from services.grants.case.events.award import Instalment
from services.grants.case.events.award_change import Ground, SupplementaryAwardApproved
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.case_view.list_projection import Cases
from services.grants.overview.view import Overview, overview_of
from tests.eventlog.played import Played, letter, life
from tests.eventlog.projector import catch_up, engine_of

RELEASED = LetterReleased(released_on=date(2020, 3, 1), sha256="0" * 64, message_id="m")
MORE = SupplementaryAwardApproved(
    amount_ore=200, added=(Instalment(number=3, amount_ore=200),),
    ground=Ground(code="other", text="Mer ble gitt."), approved_on=date(2020, 5, 1),
    approved_by="ola", disposal_authority="Instruks 4.2", letter_owed=True,
)  # fmt: skip
T = TypeVar("T")
TOLD, IN_PART, UNTOLD = 1, 2, 3


def case(number: int) -> str:
    """The stream of a case with an id as this system makes them, so that it is numbered."""
    return f"case-{UUID(int=number, version=4)}"


def lived(year: Played) -> None:
    """One letter, three awards: told of, told of but for what was promised later, and told of nothing."""
    year.open_year()
    for number in (TOLD, IN_PART):
        proposed, approved, paid, withheld, released = life(number)
        for version, event in enumerate((proposed, approved, RELEASED, paid, withheld, released)):
            year.say(case(number), version, event)
    year.say(case(IN_PART), 6, MORE)
    for version, event in enumerate(life(UNTOLD)):
        year.say(case(UNTOLD), version, event)
    year.say("allocation-2020", 1, letter(1, date(2020, 6, 1), ("2020/291/71", 500)))


def project(year: Played) -> None:
    """The list of cases comes to the end of the log."""
    projector = Projector(
        engine_of(year.database), Cases(), schema="grants", views="grants_view",
        first_pause_seconds=0.001, longest_pause_seconds=0.002,
    )  # fmt: skip
    catch_up(projector)


def asked(year: Played, question: Callable[[Overview], Awaitable[T]], *, told: bool) -> T:
    """What the question is answered, with the role that the dashboard reads by."""

    async def go() -> T:
        async with AsyncConnectionPool(year.database.dashboard_dsn, open=False) as pool:
            overview = overview_of(pool)
            return await question(overview.told() if told else overview)

    return asyncio.run(go())
