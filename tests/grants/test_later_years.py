"""What reaches past the budget year: promises a letter allows, within its limit, and carried-over money it released."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.allocation.authority.commitment_authority import MOST_YEARS
from services.grants.allocation.later_years import LaterYears
from services.grants.allocation.view import Letters
from services.grants.balance.movements import effects
from services.grants.balance.view import Balances
from services.grants.budget_year.events.allocation import CommitmentAuthorityRegistered, FundOpened, PostSucceeded
from services.grants.case.events.award import AwardApproved
from services.grants.case.events.year_end import CommitmentCarriedOver
from tests.conftest import Database
from tests.eventlog.played import letter
from tests.grants.fodt_fri import MILLION

POST = "2020/291/71"
EARMARK = f"{POST}/frivillige"
JUNE, NEXT_YEARS_END = date(2020, 6, 1), date(2021, 12, 31)
GIVEN = CommitmentAuthorityRegistered(
    fund_id=POST,
    until_year=2021,
    limit_ore=5 * MILLION,
    letter_number=0,
    cite="5.1",
    effective_on=JUNE,
    registered_by="anne",
)


def opened(post: str) -> FundOpened:
    year, chapter, number = post.split("/")
    return FundOpened(
        fund_id=post, kind="post", name="Tilskudd", year=int(year), chapter=int(chapter), post=number, recipient=None
    )


class Archive:
    """A log to write the past in, and the questions asked of it."""

    def __init__(self, database: Database, pool: AsyncConnectionPool) -> None:
        self.log = Log(database.service_dsn, pool, schema="grants", effects=effects)
        self.asked = LaterYears(Letters(self.log), Balances(pool))

    async def records(self, stream: str, *facts: Event) -> None:
        version = (await self.log.load(stream)).version
        outcome = await self.log.append(Command(actor="anne"), Write(stream, version, facts))
        assert outcome.outcome == "recorded", outcome

    async def opens_2020(self) -> None:
        funds = (opened(POST), replace(opened(POST), fund_id=EARMARK, kind="earmark"))
        postings = ((POST, 50 * MILLION), (EARMARK, 20 * MILLION))
        await self.records("allocation-2020", letter(0, date(2020, 1, 1), *postings, funds=funds))

    async def promises(self, number: int, amount_ore: int, *, across_years: bool) -> None:
        approved = AwardApproved(
            fund_id=EARMARK,
            amount_ore=amount_ore,
            approved_on=JUNE,
            approved_by="ingrid",
            disposal_authority="Instruks 4.2",
            across_years=across_years,
        )
        await self.records(f"case-{UUID(int=number)}", approved)

    async def may_promise(self, amount_ore: int, *, on: date = JUNE, until: date = NEXT_YEARS_END) -> bool:
        return await self.asked.has_commitment_authority(EARMARK, on=on, until=until, amount_ore=amount_ore)

    async def releases(self, year: int, post: str, *, carried_over_ore: int) -> None:
        """The letter of a later year: ten million new, and what is carried over."""
        fact = letter(0, date(year, 1, 1), (post, 10 * MILLION), funds=(opened(post),))
        (posting,) = fact.postings
        carried = replace(
            posting,
            at_disposal_ore=carried_over_ore,
            of_which_carried_over_ore=carried_over_ore,
            ground="carry-over",
            effective_on=date(year, 5, 20),
        )
        await self.records(f"allocation-{year}", replace(fact, postings=(posting, carried), statements=()))


def in_the_archive(database: Database, story: Callable[[Archive], Awaitable[None]]) -> None:
    async def go() -> None:
        async with AsyncConnectionPool(database.service_dsn, open=False, kwargs={"autocommit": True}) as pool:
            archive = Archive(database, pool)
            try:
                await archive.opens_2020()
                await story(archive)
            finally:
                archive.log.close()

    asyncio.run(go())


# Promises beyond the year


def test_nothing_is_promised_beyond_the_year_without_an_authority(database: Database) -> None:
    async def story(archive: Archive) -> None:
        assert not await archive.may_promise(MILLION)

    in_the_archive(database, story)


def test_an_authority_reaches_the_post_and_everything_below_it_to_its_last_day(database: Database) -> None:
    async def story(archive: Archive) -> None:
        await archive.records("allocation-2020", GIVEN)
        assert await archive.may_promise(MILLION, until=NEXT_YEARS_END)
        assert not await archive.may_promise(MILLION, until=date(2022, 1, 1))
        assert not await archive.may_promise(MILLION, on=date(2020, 5, 31))

    in_the_archive(database, story)


def test_the_limit_holds_all_that_was_promised_across_years_and_not_an_ore_more(database: Database) -> None:
    async def story(archive: Archive) -> None:
        await archive.records("allocation-2020", GIVEN)
        await archive.promises(1, 3 * MILLION, across_years=True)
        await archive.promises(2, 4 * MILLION, across_years=False)
        assert await archive.may_promise(2 * MILLION)
        assert not await archive.may_promise(2 * MILLION + 1)

    in_the_archive(database, story)


def test_an_authority_without_a_limit_has_none(database: Database) -> None:
    async def story(archive: Archive) -> None:
        await archive.records("allocation-2020", replace(GIVEN, limit_ore=None))
        assert await archive.may_promise(20 * MILLION)

    in_the_archive(database, story)


# A line through the years


def test_a_line_is_followed_to_the_number_it_was_given(database: Database) -> None:
    async def story(archive: Archive) -> None:
        assert await archive.asked.post_in(EARMARK, 2022) == "2022/291/71"
        moved = PostSucceeded(fund_id="2021/671/71", predecessor_id=POST, reason="Nytt kapittel.", recorded_by="anne")
        await archive.records("allocation-2021", moved)
        assert await archive.asked.post_in(EARMARK, 2021) == "2021/671/71"
        assert await archive.asked.post_in(EARMARK, 2022) == "2022/671/71"
        assert (await archive.asked.lines([2021])).post_in("2022/671/71", 2020) == POST

    in_the_archive(database, story)


def test_a_receipt_finds_the_line_from_the_year_of_the_promise_however_long_ago(database: Database) -> None:
    """A promise may be made as many years ahead as an authority reaches. The line got another number the year after it,
    and what accounting answers is spent of the post that the batch asked for it of."""

    async def story(archive: Archive) -> None:
        await archive.promises(1, MILLION, across_years=True)
        moved = PostSucceeded(fund_id="2021/671/71", predecessor_id=POST, reason="Nytt kapittel.", recorded_by="anne")
        await archive.records("allocation-2021", moved)
        case = f"case-{UUID(int=1)}"
        for year in range(2019, 2021 + MOST_YEARS):
            found = await archive.asked.lines_of([case], {year})
            assert found.post_in(POST, year) == await archive.asked.post_in(POST, year)
        assert (await archive.asked.lines_of([case], {2035})).post_in(POST, 2035) == "2035/671/71"
        assert (await archive.asked.lines_of([], ())).post_in(POST, 2020) == POST

    in_the_archive(database, story)


# Money carried over


def held() -> CommitmentCarriedOver:
    return CommitmentCarriedOver(
        year=2020, held_ore=3 * MILLION, ground="transferable", held_on=date(2020, 12, 31), into_post_id="2021/291/71",
        recorded_by="anne",
    )  # fmt: skip


def test_nothing_is_covered_of_what_is_not_held_over_or_before_a_letter_releases_it(database: Database) -> None:
    async def story(archive: Archive) -> None:
        await archive.promises(1, 3 * MILLION, across_years=False)
        case = f"case-{UUID(int=1)}"
        await archive.releases(2021, "2021/291/71", carried_over_ore=0)
        assert await archive.asked.covered(case, date(2021, 5, 20)) == {}
        await archive.records(case, held())
        assert await archive.asked.covered(case, date(2021, 5, 20)) == {2021: 0}

    in_the_archive(database, story)


def test_it_is_covered_from_the_day_the_releasing_letter_counts_and_no_day_before(database: Database) -> None:
    async def story(archive: Archive) -> None:
        for number in (1, 2):
            await archive.promises(number, 3 * MILLION, across_years=False)
            await archive.records(f"case-{UUID(int=number)}", held())
        await archive.releases(2021, "2021/291/71", carried_over_ore=4 * MILLION)
        first, second = (f"case-{UUID(int=number)}" for number in (1, 2))
        assert await archive.asked.covered(first, date(2021, 5, 19)) == {2021: 0}
        assert await archive.asked.covered(first, date(2021, 5, 20)) == {2021: 3 * MILLION}
        assert await archive.asked.covered(second, date(2021, 5, 20)) == {2021: MILLION}
        assert await archive.asked.covered(second, date(2022, 5, 20)) == {}

    in_the_archive(database, story)
