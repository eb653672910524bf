"""What notices and deadlines say of amounts is explained by the notice and the deadline themselves, to those who may
see them, by the dashboard's own role."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from services.calendar.clock import OSLO
from services.dashboard.pages.answering import Shown
from services.dashboard.pages.asked import Asked
from services.dashboard.pages.explained import Look
from services.dashboard.pages.explained_at import deadline_amount, of_deadline, of_notice
from services.dashboard.pages.explained_duties import OfDuties
from services.dashboard.pages.tables import told
from services.dashboard.sign_in.access import Sight
from services.notifications.deadline.rules import id_of
from tests.browser.sample import Sample
from tests.browser.sample_duties import due
from tests.conftest import Database
from tests.dashboard.cases import year_of_cases
from tests.dashboard.office import opened, settings_of

CASE = UUID(int=5)
DEADLINE = due(
    3, date(2020, 3, 31), kind="pay-out", amount_ore=250_000_000_00, cite="4.2.5", case_ids=[CASE], letter_number=0
)


AT = f"2020/frist/bevilgning/2020/{DEADLINE.key}/belop"
OF_A_CASE = due(4, date(2020, 3, 31), kind="instalment", amount_ore=100, cite=None, stream=f"deadlines-case-{CASE}",
                key="instalment-2", case_ids=[CASE], case_numbers=["2020/17"])  # fmt: skip
OF_ITS_LETTER = due(5, date(2020, 3, 31), stream=f"letter-{CASE}", key="must-leave", case_numbers=["2020/17"])
OF_A_CALL = due(6, date(2020, 3, 31), stream="deadlines-scheme-jobbsjansen-2020", key="call-closes-forste-runde")
OF_A_NOTICE = due(7, date(2020, 3, 31), stream=f"notice-{CASE}", key="opens", amount_ore=100)
NAMED = (
    (DEADLINE, f"bevilgning/2020/{DEADLINE.key}"),
    (OF_A_CASE, "sak/2020/17/instalment-2"),
    (OF_ITS_LETTER, "brev/2020/17/must-leave"),
    (OF_A_CALL, "ordning/jobbsjansen-2020/call-closes-forste-runde"),
)
ASKED = Asked(year=2020, valid_at=date(2020, 12, 31), known_at=None, today=date(2020, 12, 31))


class Register:
    async def find(self, deadline_id: UUID) -> Any:
        return next((row for row, _ in NAMED if deadline_id == id_of(row.stream, row.key)), None)


class Seen(Sample):
    """The sample year, to a reader from whom one case is held out."""

    hidden: frozenset[UUID] = frozenset()

    async def untold_cases(self) -> frozenset[UUID]:
        return self.hidden

    async def find_case(self, year: int, number: int) -> UUID | None:
        return CASE if (year, number) == (2020, 17) else None


def explained(figure: str, *, hidden: frozenset[UUID] = frozenset()) -> Shown | None:
    class Reader:
        sight = Sight.everything

    source = Seen()
    source.hidden = hidden
    duties = OfDuties(
        source=cast(Any, source), awards=cast(Any, None), notices=cast(Any, None), register=cast(Any, Register())
    )
    look = Look(gjelder="2020-12-31", kjent="", side=1, today=date(2020, 12, 31), reader=cast(Any, Reader()))
    return asyncio.run(duties.find(figure, look))


def test_a_deadline_s_amount_is_what_its_letter_says_and_where() -> None:
    shown = explained(AT)
    assert shown is not None
    [row] = shown.tables[0].rows
    assert told(row["amount"]) == shown.facts["amount_ore"] == DEADLINE.amount_ore
    assert (row["cite"], told(row["letter"])) == ("4.2.5", "Tildelingsbrevet")


def test_it_is_not_told_where_its_case_is_not_and_no_other_address_is_one() -> None:
    assert explained(AT, hidden=frozenset({CASE})) is None
    others = ("2020/frist/sak/2020/17/x/belop", "2020/frist/sak/2020/18/instalment-2/belop", f"2020/frist/{CASE}/belop")
    for figure in (*others, "2020/frist/x/belop", AT.replace("belop", "tilsagn")):
        assert explained(figure) is None


def test_each_is_named_by_what_it_comes_from_and_found_there_and_none_by_an_id() -> None:
    for row, named in NAMED:
        address = of_deadline(row, ASKED)
        assert address is not None
        path = urlsplit(address).path
        assert path == f"/forklar/2020/frist/{named}/belop"
        assert explained(path.removeprefix("/forklar/")) is not None
    assert of_deadline(OF_A_NOTICE, ASKED) is None
    assert deadline_amount(OF_A_NOTICE, ASKED) == 100
    assert urlsplit(of_notice(12, ASKED)).path == "/forklar/2020/varsel/12/belop"


@pytest.mark.parametrize("person", ["controller", "ministry"])
def test_the_dashboard_s_own_role_may_ask_for_each(database: Database, tmp_path: Path, person: str) -> None:
    async def go() -> list[int]:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in(person)
            opened_in = datetime.now(OSLO).year
            places = (
                "varsel/1", "varsel/999999", f"frist/sak/{opened_in}/1/instalment-2",
                f"frist/brev/{opened_in}/1/must-leave", "frist/bevilgning/2020/x", "frist/ordning/jobbsjansen-2020/x",
            )  # fmt: skip
            return [(await browser.open(f"/forklar/2020/{place}/belop")).status_code for place in places]

    with year_of_cases(database, tmp_path):
        assert asyncio.run(go()) == [404] * 6
