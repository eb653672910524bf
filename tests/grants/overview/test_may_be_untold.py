"""Whom the ministry is not told of is asked of few, and answered as if all were asked, however far the read models have
come."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.eventlog.events import Event
from services.eventlog.projections.projection import Projection
from services.eventlog.projections.projector import Projector
from services.grants.case.events.award import AwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterFrozen,
    LetterLeft,
    LetterNotArrived,
    LetterReleaseImported,
)
from services.grants.case_view.list_projection import Cases
from services.grants.notice.events import (
    NoticeListingHeard,
    NoticeRevocationHeard,
    NoticeWithdrawalHeard,
)
from services.grants.notice.view import CaseNotices
from tests.conftest import Database
from tests.eventlog.played import NEW_YEAR, Played, case, life, played
from tests.eventlog.projector import Watched, catch_up, engine_of
from tests.grants.overview.untold import MORE, RECEIVED, RELEASED, SENT

# Every award of the year asked about, as the answer was first given.
OF_ALL = """
    SELECT l.id, u.stream, u.since, u.whole
    FROM grants.untold_of(ARRAY(SELECT DISTINCT split_part(f.id, '/', 1) FROM grants.fund f
        WHERE f.kind = 'commitment' AND f.year = 2020 AND f.id ^@ 'case-')) AS u
    JOIN grants.fund l ON l.kind = 'commitment' AND l.year = 2020 AND l.id IN (u.stream, u.stream || '/' || 2020)
    ORDER BY l.id
"""
OF_FEW = "SELECT line, stream, since, whole FROM grants.untold(2020) ORDER BY line"
BEFORE_IT_WAS_KEPT = 8
ASKED_ABOUT = "SELECT cardinality(grants.may_be_untold(2020))"
FIRST, NEXT = "0" * 64, "1" * 64
FROZEN = LetterFrozen(
    proposal_version=1, template="grant-letter/2", form="nb", sha256=FIRST, size_bytes=1, dated_on=NEW_YEAR,
    frozen_by="kari",
)  # fmt: skip
LEFT = LetterLeft(left_on=NEW_YEAR, sha256=FIRST, message_id="m")
SAID: dict[str, Event] = {
    "released": RELEASED,
    "frozen": FROZEN,
    "frozen anew": replace(FROZEN, sha256=NEXT),
    "left": LEFT,
    "the next left": replace(LEFT, sha256=NEXT),
    "came back": LetterNotArrived(attempt=1, sha256=FIRST, message_id="m"),
    "delivered": LetterDelivered(delivered_on=NEW_YEAR, sha256=FIRST, message_id="m"),
    "released before": LetterReleaseImported(
        released_on=NEW_YEAR, document="20/1", document_sha256=None, confirmed_by="ola"
    ),
    "more, and a letter of it": MORE,
    "more, and none": replace(MORE, letter_owed=False),
}
NOTICED: dict[str, tuple[Event, ...]] = {
    "sent": (SENT,),
    "told": (SENT, RECEIVED),
    "told and revoked": (SENT, RECEIVED, NoticeRevocationHeard()),
    "told and withdrawn": (SENT, RECEIVED, NoticeWithdrawalHeard()),
}
FOLLOWING: dict[str, Projection] = {"cases": Cases(), "notices": CaseNotices()}
CHANCES = (*SAID, *NOTICED, *FOLLOWING)
OFTEN = (*CHANCES, *("cases", "cases", "more, and a letter of it", "left", "frozen anew", "the next left") * 3)
STEP = st.tuples(st.integers(0, 1), st.sampled_from(OFTEN))
DRAWN = (Phase.explicit, Phase.generate)
MORE_WHILE_IT_LEFT = [(0, "more, and a letter of it"), (0, "left"), (0, "cases"), (0, "frozen anew"), (0, "cases")]


@dataclass
class Books:
    """Cases with their promises, letters and notices, and the read models, each as far behind as it happens."""

    year: Played
    engine: Engine
    database: "psycopg.Connection[tuple[object, ...]]"
    number: "count[int]" = field(default_factory=lambda: count(1))
    said: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)

    def say(self, stream: str, *facts: Event) -> None:
        self.year.say(stream, self.said[stream], *facts)
        self.said[stream] += len(facts)

    def award(self, number: int, *, letter_owed: bool = True) -> None:
        """Its first letter is frozen of what was proposed."""
        proposed, approved = life(number)[:2]
        assert isinstance(approved, AwardApproved)
        self.say(case(number), proposed, FROZEN, replace(approved, letter_owed=letter_owed))

    def notice(self, number: int, *facts: Event) -> None:
        listed = NoticeListingHeard(case_ids=(UUID(int=number),), planned_on=None)
        self.say(f"notice-{UUID(int=next(self.number) + 10_000)}", listed, *facts)

    def follow(self, projection: Projection) -> None:
        following = Projector(
            self.engine, projection, schema="grants", views="grants_view",
            first_pause_seconds=0.001, longest_pause_seconds=0.002,
        )  # fmt: skip
        catch_up(following)

    def step(self, number: int, chance: str) -> None:
        if chance in FOLLOWING:
            self.follow(FOLLOWING[chance])
        elif chance in NOTICED:
            self.notice(number, *NOTICED[chance])
        else:
            self.say(case(number), SAID[chance])
        self.reached[chance] += 1

    def agree(self) -> int:
        """How many are untold, by either; and no fewer are asked about."""
        few, all_ = (self.database.execute(query.encode()).fetchall() for query in (OF_FEW, OF_ALL))
        assert few == all_
        self.reached["untold"] += len(few)
        return len(few)

    def asked_about(self) -> int:
        [(asked_about,)] = self.database.execute(ASKED_ABOUT)
        return int(str(asked_about))


@contextmanager
def opened(database: Database, folder: Path) -> Iterator[Books]:
    with played(database, folder) as year, psycopg.connect(database.admin_dsn, autocommit=True) as asked:
        year.open_year()
        engine = engine_of(database)
        yield Books(year, engine, asked)
        engine.dispose()


def test_whatever_happens_and_however_far_behind_what_is_read_is_the_few_are_those_of_all(
    database: Database, tmp_path: Path
) -> None:
    with opened(database, tmp_path) as books:
        numbers = count(1, 2)

        @settings(max_examples=40, deadline=None, derandomize=True, database=None, phases=DRAWN)
        @example((True, True), MORE_WHILE_IT_LEFT)
        @given(st.tuples(st.booleans(), st.booleans()), st.lists(STEP, min_size=5, max_size=12))
        def happens(owed: tuple[bool, bool], steps: Sequence[tuple[int, str]]) -> None:
            first = next(numbers)
            for nth, letter_owed in enumerate(owed):
                books.award(first + nth, letter_owed=letter_owed)
            for nth, chance in steps:
                books.step(first + nth, chance)
                books.agree()

        happens()
        assert not {*CHANCES, "untold"} - set(books.reached), "every chance came, and something was untold"


def test_only_those_that_wait_for_a_letter_are_asked_about(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path) as books:
        for number in range(1, 6):
            books.award(number)
        assert (books.agree(), books.asked_about()) == (5, 5), "nothing is read yet: all are asked about"
        books.say(case(1), RELEASED)
        books.notice(2, SENT, RECEIVED)
        for projection in FOLLOWING.values():
            books.follow(projection)
        assert (books.agree(), books.asked_about()) == (3, 3), "neither one whose letter is out nor one it is told of"
        books.award(6)
        assert (books.agree(), books.asked_about()) == (4, 4), "what the list has not read yet is asked about"


def test_a_case_that_the_list_cannot_follow_is_asked_about(database: Database, tmp_path: Path) -> None:
    def refuse(facts: Sequence[object]) -> None:
        assert not any(getattr(fact, "stream", "") == case(1) for fact in facts), "this one cannot be folded"

    with opened(database, tmp_path) as books:
        books.award(1)
        books.award(2)
        books.say(case(2), RELEASED)
        books.follow(Watched(before=refuse))
        assert (books.agree(), books.asked_about()) == (1, 1)


def test_until_the_list_is_filled_by_code_that_keeps_it_every_award_is_asked_about(
    database: Database, tmp_path: Path
) -> None:
    with opened(database, tmp_path) as books:
        books.award(1)
        books.award(2)
        books.say(case(2), RELEASED)
        books.follow(Watched(version=BEFORE_IT_WAS_KEPT))
        books.database.execute("UPDATE grants_view.case_row SET letter_awaited_from = NULL")
        assert (books.agree(), books.asked_about()) == (1, 2)
        books.follow(Cases())
        assert (books.agree(), books.asked_about()) == (1, 1)
