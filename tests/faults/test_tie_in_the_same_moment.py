"""What a decision rests on beside its own streams may move between reading and recording; then it is decided anew."""

from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.case.events.application import TieRecorded
from services.grants.case.events.award import AwardApproved
from tests.conftest import Database
from tests.faults.meanwhile import meanwhile
from tests.faults.service import open_funds
from tests.journeys.office import APPROVED, FUND, OLA, Office, work

NUMBER = "974760673"
TIES = f"organisation-{NUMBER}"
APPROVALS = "SELECT count(*) FROM grants.event WHERE topic = 'award.approved.v1'"


def tie(person: str) -> TieRecorded:
    return TieRecorded(
        organisation_number=NUMBER, person=person, kind="board-member", recorded_on=date(2020, 1, 2), recorded_by="liv"
    )


@pytest.mark.parametrize(("tied", "code"), [(OLA, "tied-to-organisation"), ("siri", None)])
def test_nobody_approves_for_an_organisation_they_are_tied_to_from_that_very_moment(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tied: str, code: str | None
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)
    meanwhile(monkeypatch, lambda event: isinstance(event, AwardApproved), Write(TIES, 0, (tie(tied),)))

    async def story(office: Office) -> None:
        recipient: dict[str, Any] = {"name": "Stiftelsen Født Fri", "organisation_number": NUMBER}
        await office.proposes(100, fund_id=FUND, recipient=recipient)
        answer = await office.send(OLA, "PUT", "award/approval", APPROVED)
        assert answer.json().get("code") == code, answer.text

    work(database, tmp_path, story)
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute(APPROVALS).fetchone() == (0 if code else 1,)


def test_a_command_that_rests_on_a_stream_is_stale_once_that_has_moved(database: Database) -> None:
    """Also among others that wait with it, and by what came before it alone."""
    log = Log(database.service_dsn, None, schema="grants")  # type: ignore[arg-type]
    try:
        rests = Write(TIES, 0, ())
        before = log.append_now(Command(actor="a"), Write("organisation-1", 0, (tie("ola"),)), rests)
        assert before.outcome == "recorded"
        assert log.append_now(Command(actor="b"), Write(TIES, 0, (tie("ola"),))).outcome == "recorded"
        after = log.append_now(Command(actor="c"), Write("organisation-2", 0, (tie("ola"),)), rests)
        assert after.outcome == "stale"
        anew = log.append_now(Command(actor="d"), Write("organisation-2", 0, (tie("ola"),)), Write(TIES, 1, ()))
        assert anew.outcome == "recorded"
    finally:
        log.close()
