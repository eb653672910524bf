"""What notices and deadlines say of amounts is explained by the notice and the deadline themselves, to those who may
see them, by the dashboard's own role."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from services.dashboard.pages.answering import Shown
from services.dashboard.pages.explained import Look
from services.dashboard.pages.explained_duties import OfDuties
from services.dashboard.pages.tables import told
from services.dashboard.sign_in.access import Sight
from tests.browser.sample import Sample
from tests.browser.sample_duties import due
from tests.browser.sample_looks import NOTICES
from tests.conftest import Database
from tests.dashboard.cases import year_of_cases
from tests.dashboard.office import opened, settings_of

CASE = UUID(int=5)
DEADLINE = due(
    3, date(2020, 3, 31), kind="pay-out", amount_ore=250_000_000_00, cite="4.2.5", case_ids=[CASE], letter_number=0
)


class Register:
    async def find(self, deadline_id: UUID) -> Any:
        return DEADLINE if deadline_id == DEADLINE.deadline_id else None


class Seen(Sample):
    """The sample year, to a reader from whom one case is held out."""

    hidden: frozenset[UUID] = frozenset()

    async def untold_cases(self) -> frozenset[UUID]:
        return self.hidden


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
    shown = explained(f"2020/frist/{DEADLINE.deadline_id}/belop")
    assert shown is not None
    [row] = shown.tables[0].rows
    assert told(row["amount"]) == shown.facts["amount_ore"] == DEADLINE.amount_ore
    assert (row["cite"], told(row["letter"])) == ("4.2.5", "Tildelingsbrevet")


def test_it_is_not_told_where_its_case_is_not_and_no_other_address_is_one() -> None:
    assert explained(f"2020/frist/{DEADLINE.deadline_id}/belop", hidden=frozenset({CASE})) is None
    for figure in (f"2020/frist/{CASE}/belop", "2020/frist/x/belop", f"2020/frist/{DEADLINE.deadline_id}/tilsagn"):
        assert explained(figure) is None


@pytest.mark.parametrize("person", ["controller", "ministry"])
def test_the_dashboard_s_own_role_may_ask_for_each(database: Database, tmp_path: Path, person: str) -> None:
    async def go() -> list[int]:
        async with opened(settings_of(database, tmp_path)) as office:
            browser = office.browser()
            await browser.sign_in(person)
            ids = (NOTICES[0].notice_id, CASE)
            kinds = ("varsel", "frist")
            return [
                (await browser.open(f"/forklar/2020/{kind}/{each}/belop")).status_code
                for kind in kinds for each in ids
            ]  # fmt: skip

    with year_of_cases(database, tmp_path):
        assert asyncio.run(go()) == [404] * 4
