"""No statement of a page that answers with a bounded part reads a table that grows with the years from end to end.

Each is explained as it is asked, by the role that asks it, with the planner told to read no table whole where there is
another way: what it still reads so has no index to go by, and takes as long as the log is.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncCursor

from tests.conftest import Cluster, copied
from tests.dashboard.cases import YearOfCases, year_of_cases
from tests.dashboard.cases_seen import seen
from tests.dashboard.office import Browser

DAY, OF_2020 = "gjelder=17.06.2020", "aar=2020&gjelder=31.12.2020"
GROWING = {
    "event", "entry", "fund", "mark", "case_number", "held_over", "held_over_entry", "held_over_order", "case_row",
    "case_notice", "task", "notice_line", "item", "deadline", "award", "award_recipient", "award_move", "award_sum",
}  # fmt: skip
KNOWN = "kjent=2026-01-01T12:00"
POST = "/poster/2020/291/71"
PAGES = {
    "overview": (f"/?{OF_2020}", f"/?aar=2020&{DAY}"),
    "post": (f"{POST}?gjelder=31.12.2020", f"{POST}?{DAY}"),
    "promises": (f"{POST}/tilsagn?gjelder=31.12.2020",),
    "recipient": (f"/tilskuddsmottakere/974760673?{DAY}",),
    "search": ("/sok?q=forening", "/sok?q=974760673"),
    "awards": (f"/tilsagn?{OF_2020}", f"/tilsagn?{OF_2020}&tilstand=released", f"/tilsagn?{OF_2020}&varsel=received"),
    "letter": ("/brev/2020/0",),
    "schemes": (f"/ordninger?{OF_2020}", f"/ordninger?aar=2020&{DAY}", f"/ordninger?{OF_2020}&{KNOWN}"),
    "recipients": (
        f"/tilskuddsmottakere?{DAY}",
        f"/tilskuddsmottakere?{DAY}&{KNOWN}",
        f"/tilskuddsmottakere?{DAY}&sok=forening",
        f"/tilskuddsmottakere?{DAY}&sok=974760673",
    ),
}
OF_FEW = {"fund_post", "fund_line", "case_row_letter_awaited", "event_turned_before", "fund_moved_later"}
"""Indexes of few rows, however many the table has."""
WHOLE: dict[tuple[str, str], str] = {}
"""What is read whole all the same, by page and table, and why."""


@pytest.fixture(scope="module")
def year(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[YearOfCases]:
    with copied(cluster) as database, year_of_cases(database, tmp_path_factory.mktemp("year")) as made:
        yield made


def asked(year: YearOfCases, folder: Path, addresses: Sequence[str]) -> list[tuple[Any, Any]]:
    """Every statement that is asked of the facts for these pages, as the ministry."""
    statements: list[tuple[Any, Any]] = []
    execute = AsyncCursor.execute

    async def watched(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        if self.connection.info.user == "tilsagn_dashboard":
            statements.append((query, params))
        return await execute(self, query, params, **how)

    async def read(browser: Browser) -> list[int]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(AsyncCursor, "execute", watched)
            return [(await browser.open(address)).status_code for address in addresses]

    assert set(seen(year, folder, "ministry", read)) <= {200, 303}, "a number that is found leads on"
    return statements


def read_whole(plan: Any) -> Iterator[str]:
    """The tables that a plan reads from end to end, by themselves or by an index of all of their rows."""
    by_index = plan["Node Type"] in ("Index Scan", "Index Only Scan") and "Index Cond" not in plan
    if plan["Node Type"] == "Seq Scan" or (by_index and plan["Index Name"] not in OF_FEW):
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from read_whole(part)


def test_a_page_of_disputes_asks_once_which_awards_are_untold(year: YearOfCases, tmp_path: Path) -> None:
    statements = asked(year, tmp_path, (f"/tilbakehold-og-klager?{OF_2020}",))
    assert sum("grants.untold(" in str(query) for query, _ in statements) == 1


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_asks_goes_by_an_index_wherever_a_table_grows(year: YearOfCases, tmp_path: Path, page: str) -> None:
    statements = asked(year, tmp_path, PAGES[page])
    assert len(statements) >= 2
    whole: dict[str, str] = {}
    with psycopg.connect(year.year.database.dashboard_dsn, autocommit=True) as connection:
        for way in ("seqscan", "mergejoin", "hashjoin"):  # a few rows are joined whole in any way
            connection.execute(f"SET enable_{way} = off".encode())
        for query, wanted in statements:
            text = query.decode() if isinstance(query, bytes) else str(query)
            if not text.lstrip().startswith(("SELECT", "WITH")):
                continue
            [(told,)] = connection.execute(f"EXPLAIN (FORMAT JSON) {text}".encode(), wanted).fetchall()
            plan = json.loads(told) if isinstance(told, str) else told
            whole |= {table: text for table in read_whole(plan[0]["Plan"]) if table in GROWING}
    assert whole.keys() == {table for of, table in WHOLE if of == page}, whole
