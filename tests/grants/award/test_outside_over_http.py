"""What was decided outside and what here, over HTTP: the first may have its letter imported, the second never."""

from pathlib import Path
from typing import Any

import psycopg

from services.notifications.grants_feed.inbox import heard
from tests.conftest import Database
from tests.faults.service import DECIDED_OUTSIDE, open_funds
from tests.grants.award.letter_routes import Desk, at_work
from tests.journeys.office import FUND, KARI, LETTER_OUT, LIV, OLA, PER, Office, work

LAST_DAY = "2020-12-30"
"""The day an approver types so that the award seems to be older than the system."""


def test_an_award_approved_here_is_never_paid_on_a_letter_said_to_have_gone_out_before(
    database: Database, tmp_path: Path
) -> None:
    """Approved with a day before the system began, its letter frozen here: two people cannot claim that it is out."""

    async def story(desk: Desk) -> None:
        case = await desk.open_case()
        seen = (await desk.ask("PUT", f"{case}/letter", {"dated_on": LAST_DAY}, seen='"1"')).headers["etag"]
        approval = {"approved_on": LAST_DAY, "disposal_authority": "Instruks 4.2"}
        approved = await desk.ask("PUT", f"{case}/award/approval", approval, person="ola", seen=seen)
        assert approved.status_code == 200, approved.text
        seen = approved.headers["etag"]
        claim = {"released_on": "2020-12-31", "document": "20/00123-4"}
        claimed = await desk.ask("PUT", f"{case}/letter-release", claim, seen=seen)
        assert (claimed.status_code, claimed.json()["code"]) == (409, "award-approved-here")
        confirmed = await desk.ask("PUT", f"{case}/letter-release/confirmation", person="liv", seen=seen)
        assert (confirmed.status_code, confirmed.json()["code"]) == (409, "no-release-claimed")
        payment = {"amount_ore": 100, "paid_on": "2020-12-31", "reference": "B-1001"}
        paid = await desk.ask("POST", f"{case}/instalments/1/payments", payment, person="per", seen=seen)
        assert (paid.status_code, paid.json()["code"]) == (409, "letter-not-released")

    at_work(database, tmp_path, story)


def test_an_imported_award_binds_money_and_is_paid_once_its_letter_is_imported(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)
    paying = {"amount_ore": 400, "paid_on": "2020-03-02", "reference": "B-1001"}

    async def story(office: Office) -> None:
        case = await office.does(KARI, "POST", "imports", **office.plan((400, 600), FUND), **DECIDED_OUTSIDE)
        assert (case["state"], case["committed_ore"]) == ("proposed", 0)
        told = await office.refused(OLA, "PUT", "award/approval", approved_on=LAST_DAY, disposal_authority="Instruks")
        assert told["code"] == "award-import-waits"
        told = await office.refused(KARI, "PUT", "letter", dated_on="2020-02-03")
        assert told["code"] == "decided-outside"
        case = await office.does(OLA, "PUT", "award/import/confirmation")
        assert (case["state"], case["committed_ore"], case["approved"]["approved_on"]) == (
            "approved",
            1_000,
            "2020-02-03",
        )
        assert (await office.refused(PER, "POST", "instalments/1/payments", **paying))["code"] == "letter-not-released"
        await office.does(KARI, "PUT", "letter-release", **LETTER_OUT)
        await office.does(LIV, "PUT", "letter-release/confirmation")
        case = await office.does(PER, "POST", "instalments/1/payments", **paying)
        assert (case["disbursed_ore"], case["outstanding_ore"]) == (400, 600)

        await office.does(KARI, "POST", "imports", **office.plan((1,), FUND), **DECIDED_OUTSIDE)
        told = await office.refused(OLA, "PUT", "award/import/confirmation")
        assert told["code"] == "post-exhausted"

    work(database, tmp_path, story)


def test_a_day_of_the_systems_own_is_refused_and_the_digest_is_owed(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        asked: dict[str, Any] = office.plan((1_000,), FUND) | DECIDED_OUTSIDE
        for day, code in (("2021-01-01", "import-not-history"), ("2020-12-31", None)):
            answer = await office.send(KARI, "POST", "imports", asked | {"decided_on": day})
            assert answer.json().get("code") == code, answer.text
        for digest in ("", "AB" * 32, "ab" * 31, None):
            answer = await office.send(KARI, "POST", "imports", asked | {"document_sha256": digest})
            assert answer.status_code == 422, answer.text

    work(database, tmp_path, story)


def test_the_imported_is_listed_and_told_and_nobody_holds_a_letter_back_for_it(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.imports(1_000)
        signed = office.signed(OLA)
        feed = (await office.client.get("/v1/feed?after=0&limit=100", headers=signed)).json()
        types = [event["type"] for event in feed]
        assert types[-1] == "no.tilsagn.award.imported.v1"
        assert "no.tilsagn.award.approved.v1" not in types
        timeline = (await office.client.get(f"{office.case}/timeline", headers=signed)).json()["items"]
        assert [line["title"] for line in timeline][-2:] == ["Tidligere vedtak meldt", "Tidligere vedtak bekreftet"]

    work(database, tmp_path, story)
    assert "no.tilsagn.award.imported.v1" not in heard("file-outbox")
    with psycopg.connect(database.admin_dsn) as connection:
        topics = [row[0] for row in connection.execute("SELECT topic FROM grants.event ORDER BY position DESC LIMIT 1")]
    assert topics == ["award.imported.v1"]
