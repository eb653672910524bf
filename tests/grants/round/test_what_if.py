"""What a round would do, seen before it is done, is what it does: the same verdict and the same sums as the hard stop,
on every level, for days in the past, for earmarks below, and for funds that are overdrawn."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from services.eventlog.command import Command, Write
from services.eventlog.events import Event
from services.eventlog.log import Log
from services.grants.balance.movements import effects
from services.grants.budget_year.events.allocation import FundOpened, LetterRegistered, Posting, Statement
from services.grants.budget_year.letter import Dated, Letter
from services.grants.case.events.award import AwardApproved
from tests.conftest import Database

DAYS = [date(2020, month, day) for month in (1, 4, 7, 10) for day in (1, 15)]
FUNDS = ("", "/a", "/a/1", "/b")  # a post, two earmarks under it, and one under the first of them

amounts = st.integers(min_value=0, max_value=12)
letters = st.lists(st.tuples(st.sampled_from(FUNDS), st.sampled_from(DAYS), amounts), min_size=2, max_size=6)
cuts = st.lists(st.tuples(st.sampled_from(FUNDS), st.sampled_from(DAYS), amounts.map(lambda ore: -ore)), max_size=2)
awards = st.lists(st.tuples(st.sampled_from(FUNDS), st.sampled_from(DAYS), st.integers(1, 4)), max_size=4)
rounds = st.lists(st.tuples(st.sampled_from(FUNDS), st.integers(1, 4)), min_size=1, max_size=4)

Lines = list[tuple[str, int]]


@dataclass
class Year:
    """A post of its own for each example, in one database."""

    database: Database
    log: Log
    numbers: Iterator[int]
    post: str = ""

    def begin(self, estimated: bool) -> None:
        self.post = f"2020/{next(self.numbers)}/71"
        funds = tuple(
            FundOpened(
                fund_id=self.post + path, kind="earmark" if path else "post", name=f"fond {path}", year=2020,
                chapter=int(self.post.split("/")[1]), post="71",
            )
            for path in FUNDS
        )  # fmt: skip
        marks = (Statement(fund_id=self.post, effective_on=DAYS[0], name="estimated", amount=1),) if estimated else ()
        self.record(f"allocation-{self.post}", 0, self.letter(DAYS[0], funds=funds, statements=marks))

    def letter(
        self, day: date, *postings: Posting, funds: tuple[FundOpened, ...] = (), statements: tuple[Statement, ...] = ()
    ) -> LetterRegistered:
        dated = Dated(on=day, ground="printed", reason=None)
        return LetterRegistered(
            letter=Letter(year=2020, number=0, title="Brev", reference=None, dated=dated),
            source_sha256="0" * 64, registered_by="siri", funds=funds, postings=postings, statements=statements,
        )  # fmt: skip

    def give(self, path: str, day: date, ore: int) -> None:
        posting = Posting(
            fund_id=self.post + path, effective_on=day, at_disposal_ore=ore, of_which_carried_over_ore=0,
            ground="allocated", letter_number=0, cite="5.1",
        )  # fmt: skip
        self.record(f"letter-{next(self.numbers)}", 0, self.letter(day, posting))

    def record(self, stream: str, version: int, *facts: Event) -> str:
        return self.log.append_now(Command(actor="siri"), Write(stream, version, facts)).outcome

    def plan(self, lines: Lines, day: date) -> list[tuple[str, Event]]:
        """The approvals of a round's lines, each on a case of its own."""
        return [
            (
                f"case-{UUID(int=next(self.numbers))}",
                AwardApproved(
                    fund_id=self.post + path, amount_ore=ore, approved_on=day, approved_by="ingrid",
                    disposal_authority="-", across_years=False,
                ),
            )
            for path, ore in lines
        ]  # fmt: skip

    def foresee(self, plan: list[tuple[str, Event]], day: date) -> list[dict[str, Any]]:
        with psycopg.connect(self.database.reader_dsn, row_factory=dict_row) as connection:
            query = "SELECT * FROM grants.foresee(%s, %s)"
            return connection.execute(query, (json.dumps(effects(plan)), day)).fetchall()

    def approve(self, plan: list[tuple[str, Event]]) -> str:
        """All in one transaction."""
        writes = (Write(stream, 0, (event,)) for stream, event in plan)
        return self.log.append_now(Command(actor="ingrid"), *writes).outcome

    def remaining_ore(self) -> dict[str, int]:
        with psycopg.connect(self.database.reader_dsn) as connection:
            query = "SELECT id, available_ore - committed_ore FROM grants.fund WHERE kind <> 'commitment'"
            return dict(connection.execute(query).fetchall())


def test_what_is_foreseen_is_what_happens(database: Database, long: bool) -> None:
    log = Log(database.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    year, seen = Year(database, log, count(1_000)), Counter[str]()

    @settings(max_examples=600 if long else 80)
    @given(letters, awards, cuts, rounds, st.sampled_from(DAYS), st.sampled_from([False, False, False, True]))
    def holds(
        given_ore: list[tuple[str, date, int]],
        made: list[tuple[str, date, int]],
        cut_ore: list[tuple[str, date, int]],
        lines: Lines,
        day: date,
        estimated: bool,
    ) -> None:
        year.begin(estimated)
        for each in given_ore:
            year.give(*each)
        for path, made_on, ore in made:
            year.approve(year.plan([(path, ore)], made_on))  # those that do not fit are not made
        for each in cut_ore:
            year.give(*each)
        plan = year.plan(lines, day)
        foreseen = {fund["fund_id"]: fund for fund in year.foresee(plan, day)}
        before = year.remaining_ore()
        fits = all(fund["short_by_ore"] == 0 for fund in foreseen.values())
        outcome = year.approve(plan)
        assert outcome == ("recorded" if fits else "exhausted")
        after = year.remaining_ore()
        for fund_id, fund in foreseen.items():
            assert fund["remaining_ore"] == before[fund_id]
            assert after[fund_id] == (fund["remaining_after_ore"] if fits else before[fund_id])
        seen[outcome] += 1
        seen["only today looked at"] += fits != all(fund["remaining_after_ore"] >= 0 for fund in foreseen.values())
        seen["only a past day lacks"] += outcome == "exhausted" and all(
            fund["remaining_after_ore"] >= 0 and fund["unearmarked_after_ore"] >= 0 for fund in foreseen.values()
        )
        seen["only earmarked money is left"] += outcome == "exhausted" and all(
            fund["remaining_after_ore"] >= 0 and fund["least_left_after_ore"] >= 0 for fund in foreseen.values()
        )

    try:
        holds()
    finally:
        log.close()
    # It has been everywhere, and a what-if that looks at what is left today alone would have been wrong.
    assert min(seen.values()) > 0, seen
    assert seen.keys() >= {"recorded", "exhausted", "only a past day lacks", "only earmarked money is left"}


def test_two_funds_under_one_parent_are_seen_together(database: Database) -> None:
    log = Log(database.service_dsn, None, schema="grants", effects=effects)  # type: ignore[arg-type]
    year = Year(database, log, count(1_000))
    try:
        year.begin(False)
        for path in ("", "/a", "/b"):
            year.give(path, DAYS[0], 10)
        foreseen = year.foresee(year.plan([("/a", 6), ("/b", 6)], DAYS[2]), DAYS[2])
        assert [(fund["fund_id"], fund["planned_ore"], fund["short_by_ore"]) for fund in foreseen] == [
            (year.post, 12, 2), (f"{year.post}/a", 6, 0), (f"{year.post}/b", 6, 0),
        ]  # fmt: skip
        assert year.approve(year.plan([("/a", 6), ("/b", 6)], DAYS[2])) == "exhausted"
        assert year.approve(year.plan([("/a", 6), ("/b", 4)], DAYS[2])) == "recorded"
    finally:
        log.close()


def test_looking_ahead_writes_nothing_and_nobody_but_our_own_roles_may(database: Database) -> None:
    with psycopg.connect(database.reader_dsn) as connection:
        empty = connection.execute("SELECT count(*) FROM grants.foresee('{}', '2020-01-01')").fetchone()
        assert empty == (0,)
        query = "SELECT provolatile::text, prosecdef FROM pg_proc WHERE oid = 'grants.foresee'::regproc"
        assert connection.execute(query).fetchone() == ("s", False)
