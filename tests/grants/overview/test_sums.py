"""What awards have come to is the same from what is kept of them as when each is added up: on any day, by what was
known at any instant, to whoever is told of all of it and to the ministry."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Engine

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.projections.projection import Edition
from services.eventlog.projections.projector import Projector
from services.grants.balance.view import AsOf
from services.grants.case.events.award import AwardApproved, AwardProposed, Instalment, Recipient
from services.grants.case.events.award_change import AwardReduced, Reduction
from services.grants.case.events.disbursement import InstalmentPaid, InstalmentPaidLater
from services.grants.case.events.withholding import RepaymentReceived, WithholdingDecided, WithholdingReleased
from services.grants.case.events.year_end import CommitmentCarriedOver
from services.grants.case_view.list_projection import Cases
from services.grants.notice.events import NoticeListingHeard
from services.grants.notice.view import CaseNotices
from services.grants.overview.recipients.view import Recipients, recipients_of
from services.grants.overview.schemes.view import MOVED, YearSchemes, schemes_of
from services.grants.overview.sums import projection
from services.grants.overview.sums import view as sums
from services.grants.overview.sums.projection import AwardSums
from services.grants.wiring import PROJECTIONS
from tests.conftest import Database
from tests.dashboard.cases import case, case_id, stored
from tests.eventlog.played import EARMARK, NEW_YEAR, Played, life, played
from tests.eventlog.projector import catch_up, engine_of
from tests.grants.overview.untold import MORE, RECEIVED, RELEASED, SENT

SCHEME = "jobbsjansen-2020"
CALLS = (None, "jobbsjansen-2020.forste-runde")
ROUNDS = (None, UUID(int=7, version=4))
WHO = (
    ("Åsane kulturlag", "974760673"),
    ("ÅSANE kultur og idrett", "974760673"),
    ("Bydelslaget", "971032081"),
    ("Ingen", None),
)
YEAR = timedelta(days=366)
LATER = "2021/291/71"
REPAID, REDUCED = stored("withholding.repayment-received.v1"), stored("award.reduced.v1")
LATE, HELD = stored("disbursement.instalment-paid.v2"), stored("award.commitment-held-over.v2")
CHANCES = (
    "paid", "withheld", "released", "more", "reduced", "repaid", "held over", "paid later", "letter out", "noticed",
)  # fmt: skip


def happening(chance: str, number: int, day: date, nth: int) -> Sequence[tuple[str, Event]]:
    """What is said, and of whom."""
    _, _, paid, withheld, released = life(number)
    assert isinstance(paid, InstalmentPaid)
    assert isinstance(withheld, WithholdingDecided)
    assert isinstance(released, WithholdingReleased)
    assert isinstance(REPAID, RepaymentReceived)
    assert isinstance(REDUCED, AwardReduced)
    assert isinstance(LATE, InstalmentPaidLater)
    assert isinstance(HELD, CommitmentCarriedOver)
    notice = f"notice-{UUID(int=number + 90_000)}"
    said: dict[str, Sequence[tuple[str, Event]]] = {
        "paid": [(case(number), replace(paid, amount_ore=200, paid_on=day))],
        "withheld": [(case(number), replace(withheld, amount_ore=70, decided_on=day))],
        "released": [(case(number), replace(released, amount_ore=30, released_on=day))],
        "more": [(case(number), replace(MORE, approved_on=day, added=(Instalment(number=nth, amount_ore=200),)))],
        "reduced": [
            (case(number), replace(REDUCED, reductions=(Reduction(instalment=2, amount_ore=11),), reduced_on=day))
        ],
        "repaid": [
            (case(number), replace(REPAID, instalment=1, amount_ore=90, received_on=day, credited=True))
        ],
        "held over": [
            (case(number), replace(HELD, year=2020, held_on=date(2020, 12, 31), into_post_id=LATER, held_ore=1))
        ],
        "paid later": [
            (case(number), replace(LATE, instalment=2, amount_ore=40, paid_on=day + YEAR, charged_post_id=LATER))
        ],
        "letter out": [(case(number), RELEASED)],
        "noticed": [
            (notice, each)
            for each in (NoticeListingHeard(case_ids=(case_id(number),), planned_on=None), SENT, RECEIVED)
        ],
    }  # fmt: skip
    return said[chance]


@dataclass
class Books:
    """A year with a scheme, what happens in it, and what follows its log."""

    year: Played
    database: Database
    engine: Engine
    versions: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)

    def say(self, *pairs: tuple[str, Event]) -> bool:
        """Whether it was recorded: the books take no more than there is."""
        for stream, event in pairs:
            write = Write(stream, self.versions[stream], (event,))
            if self.year.log.append_now(Command(actor="kari"), write).outcome != "recorded":
                return False
            self.versions[stream] += 1
        return True

    def award(self, number: int, day: date, who: int, under: int) -> None:
        proposed, approved, *_ = life(number)
        assert isinstance(proposed, AwardProposed)
        assert isinstance(approved, AwardApproved)
        name, organisation = WHO[who]
        proposed = replace(
            proposed, recipient=Recipient(name=name, organisation_number=organisation),
            scheme_id=None if under == 3 else SCHEME, round_id=ROUNDS[under % 2], fund_id=EARMARK,
        )  # fmt: skip
        assert self.say((case(number), proposed), (case(number), replace(approved, approved_on=day)))

    def happens(self, chance: str, number: int, day: date) -> None:
        if self.say(*happening(chance, number, day, 3 + self.versions[case(number)])):
            self.reached[chance] += 1

    def follow(self, *, together: int = 1_000) -> None:
        for followed in (Cases(), CaseNotices(), AwardSums()):
            following = Projector(
                self.engine, followed, schema="grants", views="grants_view", together=together,
                first_pause_seconds=0.001, longest_pause_seconds=0.002,
            )  # fmt: skip
            catch_up(following)


@contextmanager
def opened(database: Database, folder: Path) -> Iterator[Books]:
    with played(database, folder) as year:
        year.open_year()
        books = Books(year, database, engine := engine_of(database))
        books.say(
            (f"scheme-{SCHEME}", stored("scheme.registered.v1")),
            (f"scheme-{SCHEME}", stored("scheme.call-published.v1")),
        )  # fmt: skip
        yield books
        engine.dispose()


async def told(pool: AsyncConnectionPool, as_of: AsOf, *, only_told: bool) -> Mapping[str, Any]:
    """What the pages of schemes and of recipients are made of."""
    schemes: YearSchemes = schemes_of(pool)
    recipients: Recipients = recipients_of(pool)
    if only_told:
        schemes, recipients = schemes.told(), recipients.told()
    found: dict[str, Any] = {}
    for scheme in await schemes.list_all(2020, as_of):
        found["scheme"] = {name: scheme.moved[name] for name in MOVED}
        found["by round"] = {key: {name: row[name] for name in MOVED} for key, row in scheme.by_round.items()}
    for text in ("", "kultur", "de", "974 760 673"):
        rows = [row async for row in recipients.every_numbered(text, as_of)]
        found[f"recipients {text}"] = [
            {name: value for name, value in row.items() if name != "case_ids"} for row in rows
        ]
        assert await recipients.list_numbered(text, as_of, skip=1, limit=9) == rows[1:]
        assert await recipients.count(text, as_of, most=9) == len(rows)
    found["apart"] = [row async for row in recipients.every_unnumbered(as_of)]
    assert await recipients.count_unnumbered(as_of, most=9_999) == len(found["apart"])
    return found


def both(books: Books, as_of: AsOf, *, only_told: bool) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The answer from what is kept, and the one from every award added up: as it is while nothing is kept yet."""

    async def go() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        async with AsyncConnectionPool(books.database.dashboard_dsn, open=False) as pool:
            kept = await told(pool, as_of, only_told=only_told)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(sums, "LIVE", "(SELECT NULL::integer)")
                patched.setattr(sums, "_FILLED", "SELECT NULL::integer AS edition, 0::bigint AS known")
                return kept, await told(pool, as_of, only_told=only_told)

    return asyncio.run(go())


DAYS = st.integers(0, 500).map(lambda nth: NEW_YEAR + timedelta(days=nth))
STEP = st.tuples(st.sampled_from(CHANCES), st.integers(0, 2), DAYS)
AWARD = st.tuples(
    st.integers(0, 300).map(lambda nth: NEW_YEAR + timedelta(days=nth)), st.integers(0, 3), st.integers(0, 3)
)


def test_what_is_kept_is_what_all_awards_add_up_to(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sums, projection):
        monkeypatch.setattr(module, "LARGE", 5)
        monkeypatch.setattr(module, "SMALL", 3)
    with opened(database, tmp_path) as books:
        numbers, instants = count(1, 3), [datetime.now(UTC)]

        @settings(max_examples=10, deadline=None, derandomize=True, database=None, phases=(Phase.generate,))
        @given(
            st.tuples(AWARD, AWARD, AWARD), st.lists(STEP, min_size=8, max_size=20), st.integers(1, 9),
            st.lists(st.tuples(DAYS, st.integers(0, 1_000)), min_size=2, max_size=2), st.booleans(),
        )  # fmt: skip
        def happens(
            awards: Sequence[tuple[date, int, int]], steps: Sequence[tuple[str, int, date]], together: int,
            asked: Sequence[tuple[date, int]], only_told: bool,
        ) -> None:  # fmt: skip
            first = next(numbers)
            for nth, award in enumerate(awards):
                books.award(first + nth, *award)
            for chance, nth, day in steps:
                books.happens(chance, first + nth, max(day, awards[nth][0]))
                instants.append(datetime.now(UTC))
            books.follow(together=together)
            for day, nth in asked:
                known_at = instants[nth % len(instants)]
                for as_of in (
                    AsOf(valid_at=day, known_at=known_at),
                    AsOf(valid_at=day),
                    AsOf(valid_at=date(2022, 1, 1)),
                ):
                    kept, added_up = both(books, as_of, only_told=only_told)
                    assert kept == added_up, as_of
                    books.reached["untold" if only_told else "all"] += 1

        happens()
        assert not {*CHANCES, "untold", "all"} - set(books.reached), "every chance came"


def test_a_rebuild_gives_the_same_and_nothing_is_counted_twice(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path) as books:
        books.award(1, NEW_YEAR, 0, 0)
        books.follow()
        books.happens("paid", 1, NEW_YEAR)
        books.follow(together=1)
        rows = "SELECT {} FROM grants_view.award_sum WHERE edition = {} ORDER BY 1, 2, 3, 4, 5, 6, 7, 8"
        columns = "year, span, size, starts_on, block, scheme_id, call_id, round_id, awards, booked_disbursed_ore"
        with psycopg.connect(database.admin_dsn, autocommit=True) as asked:
            before = asked.execute(rows.format(columns, 1).encode()).fetchall()
            anew = Projector(books.engine, AwardSums(), schema="grants", views="grants_view", together=2)
            anew.rebuild()
            while anew.step():
                pass
            assert {each.edition for each in editions_of(anew) if each.state == "live"} == {2}
            assert before == asked.execute(rows.format(columns, 2).encode()).fetchall()
            assert [row[-2:] for row in before] == [(1, 200)] * 4, (
                "a day and a month, each of a large and a small block"
            )


def editions_of(projector: Projector) -> Sequence[Edition]:
    with projector.engine.begin() as connection:
        return projector.editions.list_all(connection)


def test_the_service_fills_them() -> None:
    assert any(isinstance(projection, AwardSums) for projection in PROJECTIONS)


@pytest.mark.parametrize("before", ["withheld", "paid", "more"])
def test_what_moved_in_the_next_year_before_it_was_held_over_is_taken_off_the_year_s_books(
    database: Database, tmp_path: Path, before: str
) -> None:
    with opened(database, tmp_path) as books:
        books.award(1, date(2020, 3, 1), 0, 0)
        books.happens(before, 1, date(2021, 2, 1))
        books.happens("held over", 1, date(2021, 3, 1))
        books.happens("withheld", 1, date(2021, 4, 1))
        books.follow()
        assert {before, "held over", "withheld"} <= set(books.reached)
        for day in (date(2020, 12, 31), date(2021, 2, 1), date(2022, 1, 1)):
            kept, added_up = both(books, AsOf(valid_at=day), only_told=False)
            assert kept == added_up
