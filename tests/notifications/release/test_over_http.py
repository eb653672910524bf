"""A letter on its way out over HTTP: waits for the ministry, leaves at the edge, and has its certificate."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.conftest import Database
from tests.notifications.leaving.parts import exempt_scheme
from tests.notifications.office import INGRID, KARI, MINISTRY, OLA, Office, at_the_office
from tests.notifications.publication.over_http import verified
from tests.notifications.release.over_http import ROUND, WAIVER, address, of_round
from tests.notifications.world import LETTER, SOURCE, freed, id_of, letter


def otherwise(certificate: dict[str, Any], topic: str, field: str, false: Any) -> dict[str, Any]:
    """The certificate with something else in one fact."""
    facts = [
        fact | {"data": json.dumps(json.loads(fact["data"]) | {field: false})} if fact["topic"] == topic else fact
        for fact in certificate["facts"]
    ]
    return certificate | {"facts": facts}


def sent_files(outbox: Path) -> list[bytes]:
    """Every letter in the outbox."""
    return [path.read_bytes() for path in outbox.glob("*/*.pdf")]


async def lets_go(office: Office, name: str) -> dict[str, Any]:
    return await office.does(INGRID, "PUT", f"{address(name)}/release", {})


async def stays(office: Office, name: str) -> dict[str, Any]:
    return await office.refused(INGRID, "PUT", f"{address(name)}/release", {})


async def certified(office: Office, name: str, folder: Path) -> dict[str, Any]:
    """Its certificate, which an auditor's script finds whole."""
    certificate = await office.does(KARI, "GET", f"{address(name)}/certificate")
    code, said = verified(certificate, folder)
    assert code == 0, said
    return certificate


def test_a_changed_letters_days_begin_anew_and_the_others_of_its_notice_go_on(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        for name in "ab":
            office.world.record(letter(name), of_round(name))
        notice = await office.notifies("round", str(ROUND))
        await office.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        refusal = await stays(office, "a")
        assert refusal["code"] == "notice-too-young"
        assert (refusal["opens_at"], refusal["opens_on"]) == ("2020-03-15T23:00:00Z", "2020-03-16")
        office.move(days=7)
        office.world.record(letter("b"), of_round("b", amount_ore=200))
        office.move(days=7, hours=15)
        assert (await lets_go(office, "a"))["state"] == "released"
        assert (await stays(office, "b"))["code"] == "notice-changed"
        shown = await office.does(KARI, "GET", address("b"))
        assert shown["blocked"]["code"] == "notice-changed"
        again = await office.notifies("letter", str(id_of("b")))
        await office.does(MINISTRY, "PUT", f"{again}/acknowledgement")
        assert (await stays(office, "b"))["code"] == "notice-too-young"
        office.move(days=15)
        await lets_go(office, "b")
        for name in "ab":
            assert (await certified(office, name, tmp_path))["ground"] == "notice"

    at_the_office(database, tmp_path, story)


def test_an_order_waits_for_the_edge_and_the_letter_leaves_by_itself(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.world.record(letter("a"), of_round("a"))
        notice = await office.notifies("round", str(ROUND))
        await office.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        await office.does(INGRID, "PUT", f"{address('a')}/release", {"when_open": True})
        office.move(days=14, hours=15)
        await office.until(address("a"), "dispatched")
        assert sent_files(tmp_path) == [LETTER]
        delivery, heard = f"{address('a')}/delivery", {"evidence": "Telefon"}
        for day, code in (("1901-01-02", "delivered-before-release"), ("2198-12-31", "delivered-in-the-future")):
            wrong = await office.refused(KARI, "PUT", delivery, heard | {"delivered_at": f"{day}T09:00:00Z"})
            assert wrong["code"] == code
        now = f"{office.world.now:%Y-%m-%dT%H:%M:%SZ}"
        told = await office.does(KARI, "PUT", delivery, heard | {"delivered_at": now})
        assert told["state"] == "delivered"

    at_the_office(database, tmp_path, story)


def test_a_waiver_takes_two_people_and_is_of_one_very_letter(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        for name in "ab":
            office.world.record(letter(name), of_round(name))
        await office.does(OLA, "POST", f"{address('a')}/waivers", WAIVER)
        assert (await stays(office, "a"))["code"] == "notice-missing"
        same = await office.refused(OLA, "PUT", f"{address('a')}/waivers/confirmation")
        assert same["code"] == "same-person-twice"
        await office.does(INGRID, "PUT", f"{address('a')}/waivers/confirmation")
        assert (await lets_go(office, "a"))["released"]["ground"]["kind"] == "waiver"
        assert (await stays(office, "b"))["code"] == "notice-missing"
        certificate = await certified(office, "a", tmp_path)
        assert (certificate["ground"], certificate["released"]["basis"]) == ("waiver", "ef" * 32)
        forged = json.loads(json.dumps(certificate).replace(INGRID, OLA))
        assert verified(forged, tmp_path)[0] == 1

    at_the_office(database, tmp_path, story)


def test_a_receipt_that_a_person_records_takes_two_and_lies_after_the_sending(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        office.world.record(letter("a"), of_round("a"))
        office.move(hours=1)
        notice = await office.notifies("round", str(ROUND))
        sent = office.world.now
        shows = {"evidence": "E-post fra departementet", "evidence_sha256": "ab" * 32}
        early = {"received_at": (sent - timedelta(days=3)).isoformat().replace("+00:00", "Z")} | shows
        assert (await office.refused(OLA, "POST", f"{notice}/receipts", early))["code"] == "received-before-sent"
        office.move(days=1)
        late = {"received_at": (office.world.now + timedelta(days=1)).isoformat().replace("+00:00", "Z")} | shows
        assert (await office.refused(OLA, "POST", f"{notice}/receipts", late))["code"] == "received-in-the-future"
        true = {"received_at": (sent + timedelta(hours=2)).isoformat().replace("+00:00", "Z")} | shows
        await office.does(OLA, "POST", f"{notice}/receipts", true)
        assert (await office.refused(OLA, "PUT", f"{notice}/receipts/confirmation"))["code"] == "same-person-twice"
        assert (await stays(office, "a"))["code"] == "notice-missing"
        told = await office.does(INGRID, "PUT", f"{notice}/receipts/confirmation")
        assert told["state"] == "received"
        assert (await stays(office, "a"))["opens_at"] == "2020-03-15T23:00:00Z"
        await office.does(KARI, "POST", f"{notice}/receipts/revocation", {"reason": "Feil sak"})
        assert (await stays(office, "a"))["code"] == "notice-missing"

    at_the_office(database, tmp_path, story)


def test_an_exempt_letter_leaves_at_once_with_the_source_on_its_certificate(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        exempt_scheme(office.world)
        office.world.record(letter("a"), *freed("a"))
        await lets_go(office, "a")
        certificate = await certified(office, "a", tmp_path)
        assert (certificate["ground"], certificate["released"]["basis"]) == ("scheme-policy", SOURCE)
        forged = json.loads(json.dumps(certificate).replace(SOURCE, "Instruks 9.9", 1))
        assert verified(forged, tmp_path)[0] == 1
        for topic, field, false, said in (
            ("letter.held.v2", "exemption", {"source": SOURCE, "confirmed_at": None}, "a policy of one person"),
            ("letter.decision-heard.v1", "decided_at", "2019-12-01T08:00:00Z", "no policy confirmed before"),
            ("letter.decision-heard.v1", "decided_at", None, "no policy confirmed before"),
            ("scheme.notice-policy-heard.v2", "confirmed_by", "KARI", "confirmed a notice policy they had written"),
            ("scheme.notice-policy-heard.v2", "confirmed_at", "2020-02-28T08:00:00Z", "no policy confirmed before"),
            ("scheme.notice-policy-heard.v2", "valid_from", "2020-02-01", "no policy confirmed before"),
            ("scheme.notice-policy-heard.v2", "rule", "notice", "no policy confirmed before"),
            ("scheme.notice-policy-heard.v2", "version", 7, "another policy governed"),
        ):
            code, words = verified(otherwise(certificate, topic, field, false), tmp_path)
            assert code == 1, field
            assert said in words, words

    at_the_office(database, tmp_path, story)


def test_an_old_version_is_told_and_the_same_key_is_answered_the_same(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        office.world.record(letter("a"), of_round("a"))
        seen = {"If-Match": '"1"', "Idempotency-Key": "once"}
        path, body = f"{address('a')}/release", {"when_open": True}
        first = await office.asks(INGRID, "PUT", path, body, **seen)
        again = await office.asks(INGRID, "PUT", path, body, **seen)
        assert (first.status_code, first.content) == (again.status_code, again.content) == (200, first.content)
        assert len((await office.does(KARI, "GET", address("a")))["notices"]) == 0
        old = await office.asks(INGRID, "PUT", f"{path}/stop", {"reason": "x"}, **{"If-Match": '"1"'})
        assert old.status_code == 412
        assert old.json()["code"] == "stale-version"

    at_the_office(database, tmp_path, story)
