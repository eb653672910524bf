"""Awards as they stood on another day and by what was known at another instant: who they are to, their notices, and
which of them fit a filter."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from psycopg_pool import AsyncConnectionPool

from services.grants.balance.view import AsOf
from services.grants.case.events.award import AwardApproved, AwardProposed, AwardReturned, Recipient
from services.grants.case.events.grant_letter import LetterReleased
from services.grants.case.events.recipient_report import CaseClosed
from services.grants.notice.events import NoticeListingHeard, NoticeReceiptHeard, NoticeSendingHeard
from services.grants.overview.awards import view
from services.grants.overview.awards.view import Awards, Wanted, awards_of
from services.grants.overview.view import overview_of
from tests.conftest import Database
from tests.dashboard.cases import YearOfCases, case, case_id
from tests.eventlog.played import EARMARK, life, played

MAY, JUNE, DECEMBER = date(2020, 5, 15), date(2020, 6, 20), date(2020, 12, 31)
T = TypeVar("T")


@pytest.fixture
def year(database: Database, tmp_path: Path) -> Iterator[YearOfCases]:
    """One award whose letter is out on 1 June, and whose notice is sent and received on 2 and 10 May; one without a
    notice, which is closed in July."""
    with played(database, tmp_path) as log:
        log.open_year()
        it = YearOfCases(log)
        for number in (1, 2):
            proposed, approved = life(number)[:2]
            assert isinstance(approved, AwardApproved)
            it.say(case(number), proposed, replace(approved, approved_on=date(2020, 2, 1)))
        it.say(case(1), LetterReleased(released_on=date(2020, 6, 1), sha256="0" * 64, message_id="m"))
        it.say(case(2), CaseClosed(closed_on=date(2020, 7, 1), closed_by="kari"))
        it.say(
            f"notice-{case_id(9)}",
            NoticeListingHeard(case_ids=(case_id(1),), planned_on=None),
            NoticeSendingHeard(sent_at=datetime(2020, 5, 2, 8, tzinfo=UTC)),
            NoticeReceiptHeard(received_at=datetime(2020, 5, 20, 8, tzinfo=UTC)),
        )
        it.follow()
        yield it


def asked(year: YearOfCases, question: Callable[[Awards], Awaitable[T]]) -> T:
    async def go() -> T:
        async with AsyncConnectionPool(year.year.database.dashboard_dsn, open=False) as pool:
            return await question(awards_of(pool))

    return asyncio.run(go())


def listed(year: YearOfCases, day: date, known_at: datetime | None = None, **wanted: Any) -> dict[str, tuple[str, Any]]:
    """By its number, the state and notice of each award that is wanted."""

    async def ask(awards: Awards) -> dict[str, tuple[str, Any]]:
        as_of = AsOf(valid_at=day, known_at=known_at)
        rows = await awards.list_awards(2020, Wanted(**wanted), as_of, skip=0, limit=9)
        every = [row async for row in awards.every_award(2020, Wanted(**wanted), as_of)]
        assert (rows, len(rows)) == (every, await awards.count(2020, Wanted(**wanted), as_of, most=9))
        return {row["case_number"].split("/")[1]: (row["state"], row["notice"]) for row in rows}

    return asked(year, ask)


STOOD: dict[date, dict[str, tuple[str, str | None]]] = {
    date(2020, 2, 15): {"1": ("approved", None), "2": ("approved", None)},
    date(2020, 5, 2): {"1": ("approved", "sent"), "2": ("approved", None)},
    MAY: {"1": ("approved", "sent"), "2": ("approved", None)},
    JUNE: {"1": ("released", "received"), "2": ("approved", None)},
    DECEMBER: {"1": ("released", "received"), "2": ("closed", None)},
}


@pytest.mark.parametrize("day", STOOD)
def test_each_filter_is_of_the_day_as_what_is_shown_is(year: YearOfCases, day: date) -> None:
    assert listed(year, day) == STOOD[day]
    for state in ("approved", "released", "closed", "annulled"):
        assert listed(year, day, state=state) == {of: row for of, row in STOOD[day].items() if row[0] == state}, state
    for notice in ("none", "prepared", "sent", "received"):
        wanted = None if notice == "none" else notice
        assert listed(year, day, notice=notice) == {of: row for of, row in STOOD[day].items() if row[1] == wanted}, (
            notice
        )


def test_what_was_not_known_yet_is_not_told_by_a_filter(year: YearOfCases) -> None:
    before = datetime.now(UTC)
    year.say(case(1), CaseClosed(closed_on=date(2020, 6, 10), closed_by="kari"))
    year.follow()
    assert list(listed(year, DECEMBER, state="closed")) == ["2", "1"]
    assert list(listed(year, DECEMBER, before, state="closed")) == ["2"]
    assert list(listed(year, DECEMBER, before, state="released")) == ["1"]


def test_where_very_many_have_changed_since_the_state_is_nows_and_is_said_to_be(
    year: YearOfCases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_FOLDED", 1)
    assert list(listed(year, MAY, state="closed")) == ["2"]
    as_of = AsOf(valid_at=MAY, known_at=None)
    wanted = asked(year, lambda awards: awards.narrow(2020, Wanted(state="closed"), as_of))
    assert wanted.narrowed is not None
    assert wanted.narrowed.by_now


def test_a_recipient_is_named_as_it_was_known(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as log:
        log.open_year()
        it = YearOfCases(log)
        proposed, approved = life(1)[:2]
        assert isinstance(proposed, AwardProposed)
        renamed = Recipient(name="Nytt navn", organisation_number="974760673")
        it.say(case(1), proposed, AwardReturned(reason="Feil navn.", returned_by="ola"), proposed, approved)
        before = datetime.now(UTC)
        it.say(case(1), replace(proposed, recipient=renamed))
        it.follow()

        async def names(known_at: datetime | None) -> set[str]:
            async with AsyncConnectionPool(database.dashboard_dsn, open=False) as pool:
                post = await overview_of(pool).one_post(2020, 291, 71, valid_at=DECEMBER, known_at=known_at)
                promised = await post.commitments([EARMARK], limit=9)
                as_of = AsOf(valid_at=DECEMBER, known_at=known_at)
                rows = await awards_of(pool).list_awards(2020, Wanted(), as_of, skip=0, limit=9)
                return {row["recipient"] for row in (*promised, *rows)}

        assert asyncio.run(names(None)) == {"Nytt navn"}
        assert asyncio.run(names(before)) == {"Forening 1"}
