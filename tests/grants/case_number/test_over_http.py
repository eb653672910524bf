"""The number of a case is shown, found and told wherever a person reads the case."""

from functools import partial
from pathlib import Path

from services.calendar.clock import OSLO, now
from tests.conftest import Database
from tests.grants.application import desk as applications
from tests.grants.award.grant_letters import DATED_ON
from tests.grants.award.letter_routes import DATED, PROPOSAL, Desk, at_work, text_of
from tests.grants.round import rounds
from tests.patience import until

NBSP, EN_DASH = "%C2%A0", "%E2%80%93"


def year_now() -> int:
    return now().astimezone(OSLO).year


def test_a_case_is_opened_with_its_number_and_keeps_it(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        first = await desk.ask("POST", "/v1/cases", PROPOSAL, **{"Idempotency-Key": "first"})
        assert (first.status_code, first.headers["ETag"]) == (201, '"1"')
        assert first.json()["case_number"] == f"{year_now()}/1"
        again = await desk.ask("POST", "/v1/cases", PROPOSAL, **{"Idempotency-Key": "first"})
        assert (again.headers["Location"], again.json()) == (first.headers["Location"], first.json())
        refused = await desk.ask("POST", "/v1/cases", PROPOSAL | {"fund_id": "2020/291/71/ukjent"})
        assert refused.status_code == 422
        second = await desk.open_case()
        shown = await desk.ask("GET", second)
        assert shown.json()["case_number"] == f"{year_now()}/2", "what is refused or repeated takes no number"
        assert (await desk.ask("GET", f"{second}/timeline")).json()["case_number"] == f"{year_now()}/2"
        returned = await desk.ask("POST", f"{second}/award/returns", {"reason": "Endre."}, person="ola", seen='"1"')
        assert returned.json()["case_number"] == f"{year_now()}/2"

    at_work(database, tmp_path, story)


def test_its_letter_says_it_in_preview_and_frozen(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.open_case()
        case = await desk.open_case()
        said = f"Saksnummer(vårref.){year_now()}/2"
        preview = await desk.ask("GET", f"{case}/letter/preview?dated_on={DATED_ON}")
        assert said in text_of(preview.content)
        frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
        assert frozen.json()["letter"]["frozen"]["case_number"] == f"{year_now()}/2"
        letter = await desk.ask("GET", f"{case}/letter")
        assert text_of(letter.content) == text_of(preview.content).replace("UTKAST", "")

    at_work(database, tmp_path, story)


def test_it_is_found_however_it_is_written(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ids = [(await desk.open_case()).rpartition("/")[2] for _ in range(3)]
        year = year_now()
        address = "/v1/cases?year=2020"
        answer = await until(lambda: desk.ask("GET", address), lambda it: len(it.json()["items"]) == 3)
        listed = answer.json()["items"]
        assert [(each["case_id"], each["case_number"]) for each in reversed(listed)] == [
            (case, f"{year}/{nth}") for nth, case in enumerate(ids, 1)
        ]
        for written in (f"{year}/2", f"{year}-2", f"%20{year}%20/{NBSP}2", f"{year}{EN_DASH}002"):
            found = await desk.ask("GET", f"/v1/cases?number={written}")
            assert [each["case_id"] for each in found.json()["items"]] == [ids[1]], found.text
        for other in (f"{year}/4", f"{year - 1}/2"):
            assert (await desk.ask("GET", f"/v1/cases?number={other}")).json()["items"] == []
        assert (await desk.ask("GET", f"/v1/cases?number={year}/2&year=2019")).json()["items"] == []
        of_any_year = (await desk.ask("GET", "/v1/cases")).json()["items"]
        assert [each["case_id"] for each in of_any_year] == ids[::-1]
        for wrong in ("?number=tull", "?number=", "?number=2020", "?state=ukjent"):
            refused = await desk.ask("GET", f"/v1/cases{wrong}")
            assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid"), wrong

    at_work(database, tmp_path, story)


async def numbered(office: rounds.Office, address: str) -> dict[str, str]:
    """The numbers of the cases that are listed there."""
    answer = await office.client.get(address, headers=office.headers(rounds.INGRID))
    items = answer.json()["items"]
    of_cases = [each for each in items if each.get("case_id") or each.get("kind") == "commitment"]
    return {each.get("case_id", each.get("fund_id", "")[5:]): each["case_number"] for each in of_cases}


def test_every_line_of_a_round_and_every_task_it_gives_tells_it(database: Database, tmp_path: Path) -> None:
    async def story(office: rounds.Office) -> None:
        await office.opens(rounds.BY_NAME)
        await office.proposes(*(rounds.line(rounds.EAST, amount) for amount in (3, 2, 1)))
        lines = (await office.reads("/lines"))["items"]
        numbers = {each["case_id"]: each["case_number"] for each in lines}
        assert list(numbers.values()) == [f"{year_now()}/{nth}" for nth in (1, 2, 3)], "in the order they came"
        await office.does(rounds.INGRID, "PUT", "/approval", json=rounds.approval())
        await office.proposes(rounds.line(rounds.WEST, 3))
        last = (await office.reads("/lines"))["items"][-1]
        assert (await office.case(last["case_id"]))["case_number"] == last["case_number"] == f"{year_now()}/4"
        for address in (
            "/v1/inbox",
            "/v1/cases?year=2020",
            "/v1/posts/2020/291/71/funds?limit=500",
            "/v1/posts/2020/291/71/entries?limit=500",
        ):
            found = await until(partial(numbered, office, address))
            assert found.items() <= (numbers | {last["case_id"]: last["case_number"]}).items(), address

    rounds.open_year(database, {rounds.NAMED: 1_000, rounds.EAST: 400, rounds.WEST: 300})
    rounds.at_work(database, tmp_path, story)


def test_an_application_opens_a_case_with_a_number_late_or_not(database: Database, tmp_path: Path) -> None:
    async def story(desk: applications.Desk) -> None:
        first = (await desk.opens()).json()
        late = (await desk.opens(applications.APPLICATION | {"arrived_on": "2020-02-29"})).json()
        assert late["application"]["state"] == "late"
        numbers = {each["case_id"]: each["case_number"] for each in (first, late)}
        assert list(numbers.values()) == [f"{year_now()}/1", f"{year_now()}/2"]
        address = f"/v1/applications?call_id={applications.FIRST_ROUND.call_id}"
        told = await desk.reads_until(address, lambda told: len(told["items"]) == 2)
        assert {each["case_id"]: each["case_number"] for each in told["items"]} == numbers
        overlaps = await desk.reads(applications.KARI, f"{desk.case}/overlaps")
        assert [each["case_number"] for each in overlaps["items"]] == [f"{year_now()}/1"]

    applications.at_the_desk(database, tmp_path, story)
