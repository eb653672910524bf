"""A report on its way to be published, over HTTP: planned, told of, waited for, published, certified."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import Database
from tests.notifications.office import INGRID, KARI, MINISTRY, Office, at_the_office
from tests.notifications.publication.over_http import ASKED, verified


async def planned(office: Office, **other: Any) -> str:
    """Its address."""
    answer = await office.asks(KARI, "POST", "/v1/publications", ASKED | other)
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def test_a_report_waits_for_the_ministrys_days_and_is_then_published(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        address = await planned(office)
        which = address.rpartition("/")[2]
        assert (await office.refused(INGRID, "PUT", f"{address}/release"))["code"] == "notice-missing"
        notice = await office.notifies("publication", which, planned_on="2020-04-01")
        document = await office.asks(MINISTRY, "GET", f"{notice}/document")
        assert "Evaluering av Jobbsjansen" in document.text
        told = await office.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        assert told["must_be_received_by"] == "2020-03-16"
        refusal = await office.refused(INGRID, "PUT", f"{address}/release")
        assert (refusal["code"], refusal["opens_at"]) == ("notice-too-young", "2020-03-15T23:00:00Z")
        shown = await office.does(KARI, "GET", address)
        assert (shown["state"], shown["blocked"]["code"]) == ("held", "notice-too-young")
        assert shown["opens_in_words"].startswith("16.\u00a0mars 2020")
        office.move(days=14, hours=15)
        assert (await office.does(INGRID, "PUT", f"{address}/release"))["state"] == "released"
        assert (await office.refused(INGRID, "PUT", f"{address}/release"))["code"] == "already-released"
        assert (await office.refused(KARI, "PUT", f"{address}/plan", ASKED))["code"] == "already-released"
        certificate = await office.does(KARI, "GET", f"{address}/certificate")
        assert verified(certificate, tmp_path)[0] == 0
        forged = json.loads(json.dumps(certificate).replace("Evaluering av Jobbsjansen", "Evaluering av Jobbsjansem"))
        code, said = verified(forged, tmp_path)
        assert code == 1
        assert "manifest_sha256: what was released is not what was held" in said

    at_the_office(database, tmp_path, story)


def test_a_report_planned_otherwise_is_told_of_anew(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        address = await planned(office)
        which = address.rpartition("/")[2]
        await office.does(MINISTRY, "PUT", f"{await office.notifies('publication', which)}/acknowledgement")
        same = await office.does(KARI, "PUT", f"{address}/plan", ASKED)
        assert same["version"] == 1
        await office.does(KARI, "PUT", f"{address}/plan", ASKED | {"document_sha256": "ab" * 32})
        office.move(days=15)
        assert (await office.refused(INGRID, "PUT", f"{address}/release"))["code"] == "notice-changed"
        await office.does(MINISTRY, "PUT", f"{await office.notifies('publication', which)}/acknowledgement")
        assert (await office.refused(INGRID, "PUT", f"{address}/release"))["code"] == "notice-too-young"
        office.move(days=15)
        assert (await office.does(INGRID, "PUT", f"{address}/release"))["state"] == "released"

    at_the_office(database, tmp_path, story)


def test_a_cancelled_report_is_not_published_until_planned_again(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        address = await planned(office)
        which = address.rpartition("/")[2]
        await office.does(MINISTRY, "PUT", f"{await office.notifies('publication', which)}/acknowledgement")
        await office.does(KARI, "PUT", f"{address}/cancellation", {"reason": "Utsettes"})
        office.move(days=15)
        refusal = await office.refused(INGRID, "PUT", f"{address}/release")
        assert refusal["code"] == "publication-not-planned"
        gathered = await office.refused(KARI, "POST", "/v1/notices", {"about": {"kind": "publication", "id": which}})
        assert gathered["code"] == "nothing-to-tell"
        await office.does(KARI, "PUT", f"{address}/plan", ASKED)
        assert (await office.does(INGRID, "PUT", f"{address}/release"))["state"] == "released"

    at_the_office(database, tmp_path, story)


def test_the_ministry_stops_a_report_and_lets_it_go(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        address = await planned(office)
        notice = await office.notifies("publication", address.rpartition("/")[2])
        await office.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        await office.does(MINISTRY, "POST", f"{notice}/objections", {"items": [], "text": "Vent på statsråden."})
        office.move(days=15)
        assert (await office.refused(INGRID, "PUT", f"{address}/release"))["code"] == "notice-objected"
        await office.does(MINISTRY, "PUT", f"{notice}/objections/1/lifting", {"reason": "Avklart"})
        assert (await office.refused(INGRID, "PUT", f"{address}/release"))["code"] == "notice-too-young"
        office.move(days=15)
        await office.does(INGRID, "PUT", f"{address}/release")
        listed = await office.does(KARI, "GET", "/v1/publications?released=true")
        assert [item["item"] for item in listed["items"]] == [f"publication-{address.rpartition('/')[2]}"]

    at_the_office(database, tmp_path, story)
