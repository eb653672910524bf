"""Letters over HTTP: what cannot be written is refused with its line, and a correction is shown before it is made."""

from pathlib import Path
from typing import Any

import httpx

from dev.verifying.log import verify
from tests.conftest import Database
from tests.grants.allocation.correcting import UDI
from tests.grants.allocation.letters import OPENING, source_of
from tests.journeys.office import ANNE, Office, work

LETTERS = "/v1/letters"
CORRECTIONS = "/v1/letters/2020/0/corrections?reason=Lest%20feil."
WITHDRAWAL = "/v1/letters/2020/0/withdrawal?reason=Til%20UDI."
CREATED_A_MILLION = """
year: 2020
number: 1
title: Tillegg nr. 1
dated: {on: 2020-03-01, ground: printed}
transfers:
  - {from: 291/71/nasjonale-ressursmiljo/samora, to: 291/62, amount: "1 000 000", moves: at_disposal, why: w, cite: a}
"""


async def sends(office: Office, address: str, letter: str | bytes = b"") -> httpx.Response:
    headers = office.signed(ANNE) | {"Content-Type": "application/yaml"}
    return await office.client.post(address, content=letter, headers=headers)


async def posts(office: Office) -> dict[str, dict[str, Any]]:
    answer = await office.client.get("/v1/posts?year=2020&valid_at=2020-12-31", headers=office.signed(ANNE))
    return {post["fund_id"]: post for post in answer.json()["items"]}


def test_what_was_sent_and_lost_money_is_refused_and_what_a_correction_takes_is_shown_first(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        assert (await sends(office, LETTERS, source_of(0))).is_success
        before = await posts(office)
        assert len(before) == 11

        refused = await sends(office, LETTERS, CREATED_A_MILLION)
        assert (refused.status_code, refused.json()["problems"][0]["line"]) == (422, 7)

        taken = await sends(office, LETTERS, UDI)
        assert (taken.json()["code"], "another letter" in taken.json()["detail"]) == ("letter-number-taken", True)
        for address in (CORRECTIONS, f"{CORRECTIONS}&dry_run=true"):
            assert (await sends(office, address, UDI)).json()["code"] == "another-letter"

        right = source_of(0).replace(b"name: Driftsutgifter", b"name: Drift av IMDi", 1)
        right = right.replace(b'"3 mill.", cite: "5.1, kap. 290', b'"2 mill.", cite: "5.1, kap. 290', 1)
        tried = await sends(office, f"{CORRECTIONS}&dry_run=true", right)
        assert tried.status_code == 200, tried.text
        (less,) = tried.json()["takes_away"]
        assert (less["before_ore"], less["after_ore"]) == (300_000_000, 200_000_000)
        assert [fund["name"] for fund in tried.json()["names"]] == ["Drift av IMDi"]
        unconfirmed = await sends(office, CORRECTIONS, right)
        assert unconfirmed.json()["code"] == "correction-unconfirmed"
        assert await posts(office) == before

        confirmed = f"{CORRECTIONS}&confirmed={tried.json()['confirm_with']}"
        assert (await sends(office, confirmed, right)).is_success
        after = (await posts(office))["2020/290/01"]
        assert after["name"] == "Drift av IMDi"
        assert after["earmarked_ore"] == before["2020/290/01"]["earmarked_ore"] - 100_000_000

    work(database, tmp_path, story)
    assert verify(database.reader_dsn, None, None, every_day=True)[1] == []


def test_a_letter_registered_by_mistake_is_withdrawn_and_the_right_one_takes_its_number(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        assert (await sends(office, LETTERS, UDI)).is_success
        assert (await sends(office, CORRECTIONS, OPENING)).json()["code"] == "another-letter"
        tried = (await sends(office, f"{WITHDRAWAL}&dry_run=true")).json()
        assert (tried["reconciliation"], len(tried["takes_away"])) == (None, 4)
        assert (await sends(office, WITHDRAWAL)).json()["code"] == "correction-unconfirmed"
        withdrawn = await sends(office, f"{WITHDRAWAL}&confirmed={tried['confirm_with']}")
        assert withdrawn.json() == {"year": 2020, "number": 0, "withdrawn": True}
        assert (await sends(office, LETTERS, OPENING)).is_success
        assert {post["at_disposal_ore"] for fund, post in (await posts(office)).items() if "490" in fund} == {0}

    work(database, tmp_path, story)
    assert verify(database.reader_dsn, None, None, every_day=True)[1] == []


def test_a_succession_is_checked_and_can_be_taken_back(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        next_year = OPENING.replace("2020", "2021").replace("2020-01-01", "2021-01-01")
        for letter in (OPENING, next_year):
            assert (await sends(office, LETTERS, letter)).is_success

        async def puts(fund_id: str, predecessor_id: str, how: str = "whole") -> httpx.Response:
            asked = {"fund_id": fund_id, "predecessor_id": predecessor_id, "how": how, "reason": "Ny post."}
            return await office.client.put("/v1/successions", json=asked, headers=office.signed(ANNE))

        for wrong in ("abc", "2020/291/71/ny", "2020/291/7", "2020/0/71"):
            assert (await puts("2021/291/71", wrong)).status_code == 422
            assert (await puts(wrong, "2020/291/71")).status_code == 422
        assert (await puts("2021/291/71", "2020/291/99")).json()["code"] == "post-not-opened"
        assert (await puts("2021/291/71", "2020/291/71")).is_success
        assert (await puts("2021/290/45", "2020/291/71")).json()["code"] == "not-a-successor"
        for fund_id in ("2021/291/71", "2021/290/45"):
            assert (await puts(fund_id, "2020/291/71", "split")).is_success
        series = await office.client.get("/v1/series/2020/291/71?valid_at=2021-12-31", headers=office.signed(ANNE))
        told = series.json()
        assert [row["fund_id"] for row in told["items"]] == ["2020/291/71", "2021/290/45", "2021/291/71"]
        assert (told["one_line"], {link["how"] for link in told["links"]}) == (False, {"split"})

        taken_back = {"fund_id": "2021/290/45", "predecessor_id": "2020/291/71", "reason": "Lest feil."}
        for status in (200, 404):
            answer = await office.client.post(
                "/v1/successions/withdrawal", json=taken_back, headers=office.signed(ANNE)
            )
            assert answer.status_code == status, answer.text

    work(database, tmp_path, story)
    assert verify(database.reader_dsn, None, None, every_day=True)[1] == []


CUT = """
year: 2020
number: 1
title: Tillegg nr. 1
dated: {on: 2020-03-01, ground: printed}
changes:
  - {fund: 290/01, decrease: "900 mill.", moves: at_disposal, why: w, cite: a}
  - {fund: 291/71, decrease: "15 mill.", moves: at_disposal, why: w, cite: a}
carry_over:
  - {fund: 290/45, amount: "2 mill.", why: w, cite: a}
earmarks:
  - under: 290/45
    whole: false
    cite: a
    parts: [{id: en, name: En, amount: 12 mill., cite: a}, {id: to, name: To, amount: 12 mill., cite: a}]
"""


def test_what_a_letter_does_that_cannot_be_as_meant_is_shown_before_and_after_and_settled(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        last_year = OPENING.replace("2020", "2019")
        for letter in (last_year, OPENING):
            assert (await sends(office, LETTERS, letter)).is_success
        await office.imports(40 * 100_000_000, fund_id="2020/291/71")

        tried = (await sends(office, f"{LETTERS}?dry_run=true", CUT)).json()
        expected = [
            ("below-zero", "2020/290/01", 800 * 100_000_000, "open"),
            ("below-promised", "2020/291/71", 5 * 100_000_000, "open"),
        ]
        assert told(tried) == expected
        assert {post["fund_id"]: post["promised_ore"] for post in tried["posts"]}["2020/291/71"] == 40 * 100_000_000
        assert [each["fund_id"] for each in tried["reconciliation"]["earmark_differences"]] == ["2020/290/45"]

        registered = await sends(office, LETTERS, CUT)
        assert (registered.status_code, told(registered.json())) == (200, expected)
        settled = {
            "fund_id": "2020/291/71",
            "kind": "below-promised",
            "reason": "Departementet retter i tillegg nr. 2.",
        }
        for _ in range(2):
            answer = await office.client.put(f"{LETTERS}/2020/1/deviations", json=settled, headers=office.signed(ANNE))
            assert answer.status_code == 200, answer.text
        after = [expected[0], (*expected[1][:3], "settled")]
        for address in ("/v1/letters/2020/1", "/v1/letters/2020/1/reconciliation"):
            answer = await office.client.get(address, headers=office.signed(ANNE))
            assert told(answer.json()) == after
        listed = (await office.client.get("/v1/letters?year=2020", headers=office.signed(ANNE))).json()["items"]
        assert [told(letter) for letter in listed] == [[], after]
        assert (await posts(office))["2020/291/71"]["overdrawn"]

    work(database, tmp_path, story)
    assert verify(database.reader_dsn, None, None, every_day=True)[1] == []


def told(answer: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    return [(each["kind"], each["fund_id"], each["amount_ore"], each["status"]) for each in answer["deviations"]]


def test_a_carry_over_is_held_against_the_year_before_as_it_ended(database: Database, tmp_path: Path) -> None:
    def released(fund: str, amount: str) -> str:
        line = f"carry_over: [{{fund: {fund}, amount: {amount}, why: w, cite: a}}]"
        return f"year: 2020\nnumber: 1\ntitle: T\ndated: {{on: 2020-03-01, ground: printed}}\n{line}\n"

    async def story(office: Office) -> None:
        unheld = f"{LETTERS}?dry_run=true"
        assert (await sends(office, LETTERS, OPENING)).is_success
        tried = await sends(office, unheld, released("290/45", "3 mill."))
        assert [each[0] for each in told(tried.json())] == ["carry-over-of-unknown-year"]
        assert (await sends(office, LETTERS, OPENING.replace("2020", "2019"))).is_success
        for fund, amount, kinds in (
            ("290/45", "3 mill.", []),
            ("290/45", "21 mill.", ["carry-over-beyond-unused"]),
            ("290/01", "3 mill.", ["carry-over-without-ground"]),
            ("291/71", "51 mill.", ["carry-over-without-ground", "carry-over-beyond-unused"]),
        ):
            tried = await sends(office, unheld, released(fund, amount))
            assert [each[0] for each in told(tried.json())] == kinds, (fund, tried.text)

    work(database, tmp_path, story)
