"""The ministry sees an award from when it is told of it: by a notice it has received, or by the letter being out."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from services.eventlog.events import Event
from services.eventlog.projections.projector import Projector
from services.grants.case.events.award import AwardApproved, AwardImported, AwardMade
from services.grants.case.events.award_change import AwardAnnulled, Reduction, SupplementaryAwardApproved
from services.grants.case.events.grant_letter import (
    LetterDelivered,
    LetterFrozen,
    LetterLeft,
    LetterMayLeave,
    LetterReleased,
    LetterReleaseImported,
)
from services.grants.notice.events import (
    NoticeListingHeard,
    NoticeObjectionHeard,
    NoticeRevocationHeard,
    NoticeWithdrawalHeard,
)
from services.grants.notice.view import CaseNotices
from services.grants.overview.view import Overview, overview_of
from tests.conftest import Database
from tests.eventlog.played import EARMARK, NEW_YEAR, Played, case, life, played
from tests.eventlog.projector import catch_up, engine_of
from tests.grants.overview.untold import GROUND, MORE, RECEIVED, RELEASED, SENT

DAY = date(2020, 12, 31)
CASE = UUID(int=1)
LISTED = NoticeListingHeard(case_ids=(CASE,), planned_on=None)
PROPOSED, APPROVED, PAID = life(1)[:3]


class Told:
    """What a reader sees of one post, with one case in it."""

    def __init__(self, year: Played) -> None:
        self.year, self.said, self.notices = year, 0, 0

    def happens(self, *facts: Event) -> None:
        self.year.say(case(1), self.said, *facts)
        self.said += len(facts)

    def notice(self, *facts: Event, number: int = 1) -> None:
        self.year.say(f"notice-{UUID(int=100 + number)}", 0, *facts)
        projector = Projector(
            engine_of(self.year.database), CaseNotices(), schema="grants", views="grants_view",
            first_pause_seconds=0.001, longest_pause_seconds=0.002,
        )  # fmt: skip
        catch_up(projector)

    def seen(self, *, told: bool = True) -> dict[str, Any]:
        async def ask(overview: Overview) -> dict[str, Any]:
            post = await overview.post(2020, 291, 71, valid_at=DAY, known_at=None)
            [of_year] = await overview.posts(2020, valid_at=DAY, known_at=None)
            funds = await overview.funds(2020, 291, 71, valid_at=DAY, known_at=None)
            entries = await overview.entries(2020, 291, 71, valid_at=DAY, known_at=None)
            assert post == of_year
            assert post is not None
            for name in ("committed_ore", "disbursed_ore", "withheld_ore"):
                assert post[name] == sum(entry[name] for entry in entries), "a figure is the sum of its entries"
            assert post["remaining_ore"] == post["at_disposal_ore"] - post["committed_ore"]
            [earmark] = [row for row in funds if row["fund_id"] == EARMARK]
            assert earmark["committed_ore"] == post["committed_ore"]
            return {
                "committed": post["committed_ore"],
                "cases": [row["committed_ore"] for row in funds if row["kind"] == "commitment"],
                "held out": await overview.untold(2020, valid_at=DAY, known_at=None),
            }

        async def go() -> dict[str, Any]:
            async with AsyncConnectionPool(self.year.database.dashboard_dsn, open=False) as pool:
                overview = overview_of(pool)
                return await ask(overview.told() if told else overview)

        return asyncio.run(go())


NOTHING = {"committed": 0, "cases": [], "held out": 1}
ALL = {"committed": 600, "cases": [600], "held out": 0}


@contextmanager
def year(database: Database, folder: Path) -> Iterator[Told]:
    with played(database, folder) as log:
        log.open_year()
        yield Told(log)


def test_before_the_notice_is_received_it_sees_nothing_of_it_and_afterwards_all(
    database: Database, tmp_path: Path
) -> None:
    with year(database, tmp_path) as it:
        it.happens(PROPOSED, APPROVED)
        assert it.seen() == NOTHING
        assert it.seen(told=False) == ALL, "those who make and control awards see it at once"
        it.notice(LISTED, SENT)
        assert it.seen() == NOTHING, "sent is not received"
        it.notice(LISTED, SENT, RECEIVED, number=2)
        assert it.seen() == ALL, "its days run, and it is told"


@pytest.mark.parametrize(
    ("notice", "seen"),
    [
        ((LISTED,), NOTHING),
        ((LISTED, SENT, RECEIVED, NoticeRevocationHeard()), NOTHING),
        ((LISTED, SENT, RECEIVED, SENT), NOTHING),
        ((LISTED, SENT, RECEIVED, NoticeWithdrawalHeard()), NOTHING),
        ((LISTED, SENT, RECEIVED, NoticeObjectionHeard(objection=1, case_ids=())), ALL),
        ((NoticeListingHeard(case_ids=(UUID(int=2),), planned_on=None), SENT, RECEIVED), NOTHING),
    ],
)
def test_what_tells_it_and_what_does_not(
    database: Database, tmp_path: Path, notice: Sequence[Event], seen: dict[str, Any]
) -> None:
    with year(database, tmp_path) as it:
        it.happens(PROPOSED, APPROVED)
        it.notice(*notice)
        assert it.seen() == seen


def test_a_notice_from_before_the_decision_tells_nothing_of_it(database: Database, tmp_path: Path) -> None:
    with year(database, tmp_path) as it:
        it.notice(LISTED, SENT, RECEIVED)
        it.happens(PROPOSED, APPROVED)
        assert it.seen() == NOTHING


def test_what_is_out_to_its_recipient_is_no_secret_to_the_ministry(database: Database, tmp_path: Path) -> None:
    with year(database, tmp_path) as it:
        it.happens(PROPOSED, APPROVED, RELEASED, PAID)
        assert it.seen() == ALL


def test_where_no_letter_is_made_and_what_was_decided_outside_is_seen_at_once(
    database: Database, tmp_path: Path
) -> None:
    with year(database, tmp_path) as it:
        imported = AwardImported(
            fund_id=EARMARK, amount_ore=600, approved_on=NEW_YEAR, approved_by="ola", disposal_authority="Instruks",
            across_years=False, document="20/1", document_sha256="0" * 64,
        )  # fmt: skip
        it.happens(PROPOSED, imported)
        assert it.seen() == ALL
        proposed, approved, *_ = life(2)
        assert isinstance(approved, AwardApproved)
        it.year.say(case(2), 0, proposed, replace(approved, letter_owed=False))
        assert it.seen() == {"committed": 1200, "cases": [600, 600], "held out": 0}


def test_of_money_promised_since_it_was_told_it_sees_nothing_until_it_is_told_of_that(
    database: Database, tmp_path: Path
) -> None:
    with year(database, tmp_path) as it:
        it.happens(PROPOSED, APPROVED, RELEASED, PAID, MORE)
        told_of_the_first = {"committed": 600, "cases": [600], "held out": 1}
        assert it.seen() == told_of_the_first
        assert it.seen(told=False)["committed"] == 800
        it.notice(LISTED, SENT, RECEIVED)
        assert it.seen() == {"committed": 800, "cases": [800], "held out": 0}


FIRST, NEXT = "ab" * 32, "cd" * 32
FROZEN = LetterFrozen(
    proposal_version=1, template="grant-letter/2", form="nb", sha256=FIRST, size_bytes=1, dated_on=NEW_YEAR,
    frozen_by="kari",
)  # fmt: skip
MAY_LEAVE = LetterMayLeave(released_on=NEW_YEAR, sha256=FIRST, message_id="m-1")
LEFT = LetterLeft(left_on=NEW_YEAR, sha256=FIRST, message_id="m-2")
ARRIVED = LetterDelivered(delivered_on=NEW_YEAR, sha256=FIRST, message_id="m-3")
ITS_OWN = tuple(replace(each, sha256=NEXT) for each in (FROZEN, MAY_LEAVE, LEFT))


def test_what_is_let_out_is_seen_once_it_has_left_and_what_was_promised_since_once_its_own_letter_has(
    database: Database, tmp_path: Path
) -> None:
    """The receipt of the first letter comes days later, and tells nothing of what was promised meanwhile."""
    with year(database, tmp_path) as it:
        it.happens(PROPOSED, FROZEN, APPROVED, MAY_LEAVE)
        assert it.seen() == NOTHING
        it.happens(LEFT)
        assert it.seen() == ALL
        it.happens(MORE)
        told_of_the_first = {"committed": 600, "cases": [600], "held out": 1}
        assert it.seen() == told_of_the_first
        it.happens(ARRIVED)
        assert it.seen() == told_of_the_first
        it.happens(*ITS_OWN)
        assert it.seen() == {"committed": 800, "cases": [800], "held out": 0}


@pytest.mark.parametrize("letter_owed", [True, False])
def test_what_is_added_before_the_letter_is_out_is_seen_when_it_is_told_of_that(
    database: Database, tmp_path: Path, letter_owed: bool
) -> None:
    """Whether or not there will be a letter of the change alone: the award's own letter has to say it."""
    with year(database, tmp_path) as it:
        it.happens(PROPOSED, APPROVED)
        it.notice(LISTED, SENT, RECEIVED)
        it.happens(replace(MORE, letter_owed=letter_owed))
        assert it.seen() == {"committed": 600, "cases": [600], "held out": 1}
        it.notice(LISTED, SENT, RECEIVED, number=2)
        assert it.seen() == {"committed": 800, "cases": [800], "held out": 0}


def test_what_is_added_to_an_award_that_owes_no_letter_is_seen_at_once(database: Database, tmp_path: Path) -> None:
    with year(database, tmp_path) as it:
        assert isinstance(APPROVED, AwardApproved)
        it.happens(PROPOSED, replace(APPROVED, letter_owed=False), replace(MORE, letter_owed=False))
        assert it.seen() == {"committed": 800, "cases": [800], "held out": 0}


def test_what_falls_away_of_what_it_is_not_told_of_is_not_seen_either(database: Database, tmp_path: Path) -> None:
    with year(database, tmp_path) as it:
        gone = AwardAnnulled(
            reductions=(Reduction(instalment=1, amount_ore=300), Reduction(instalment=2, amount_ore=300)),
            ground=GROUND, annulled_on=date(2020, 6, 1), approved_by="ola",
        )  # fmt: skip
        it.happens(PROPOSED, APPROVED, gone)
        assert it.seen() == {"committed": 0, "cases": [], "held out": 1}
        assert it.seen(told=False) == {"committed": 0, "cases": [0], "held out": 0}


def test_each_kind_of_promise_that_the_log_knows_is_held_out_or_owes_no_notice(database: Database) -> None:
    """A new kind of promise must be put on one side or the other, in the migrations and here."""
    assert set(AwardMade.__subclasses__()) == {AwardApproved, AwardImported}
    with psycopg.connect(database.admin_dsn) as connection:
        laid = connection.execute("SELECT pg_get_functiondef('grants.untold_of'::regproc)").fetchone()
    assert laid is not None
    letters = (LetterReleased, LetterLeft, LetterReleaseImported, LetterDelivered)
    for kind in (AwardApproved, SupplementaryAwardApproved, *letters):
        assert f"'{kind.TOPIC}'" in laid[0]
    assert f"'{AwardImported.TOPIC}'" not in laid[0]
