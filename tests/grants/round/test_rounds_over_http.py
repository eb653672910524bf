"""A round over HTTP, from opening to closing: lines, what-if, return, approval, all of it or nothing."""

from pathlib import Path
from typing import Any

from services.grants.case.events.application import TieRecorded
from tests.conftest import Database
from tests.grants.round.rounds import (
    BERGEN,
    BY_NAME,
    DAY,
    EAST,
    INGRID,
    KARI,
    LIV,
    NAMED,
    NEW_YEAR,
    OLA,
    OSLO,
    PER_CAPITA,
    WEST,
    XLSX,
    Office,
    approval,
    as_csv,
    as_xlsx,
    at_work,
    batch_line,
    line,
    open_year,
    record,
)  # fmt: skip
from tests.grants.round.rounds_over_http import csv, recorded

FUNDS = {NAMED: 1_000, EAST: 400, WEST: 300, "2020/291/60": 1_000_000_000}
NOWHERE = "00000000-0000-4000-8000-000000000001"


def test_a_round_is_filled_seen_returned_approved_and_closed(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        filled = await office.proposes(line(EAST, 200), line(EAST, 150, "Skeiv verden"), line(WEST, 300, "Norsk folk"))
        assert (filled["proposed"], filled["proposed_ore"], filled["approved"]) == (3, 650, 0)
        cases = await office.list_cases()

        seen = await office.reads("/funds", approved_on=DAY)
        assert (seen["fits"], seen["lines"], seen["planned_ore"]) == (True, 3, 650)
        after = {fund["fund_id"]: (fund["planned_ore"], fund["remaining_after_ore"]) for fund in seen["funds"]}
        assert after == {NAMED: (650, 350), EAST: (350, 50), WEST: (300, 0)}

        back = {"reason": "Beløpet er feil.", "case_ids": cases[:1]}
        returned = await office.does(INGRID, "POST", "/returns", json=back)
        assert (returned["proposed"], returned["returned"]) == (2, 1)
        assert (await office.case(cases[0]))["state"] == "returned"

        approved = await office.does(INGRID, "PUT", "/approval", json=approval())
        assert (approved["approved"], approved["approved_ore"]) == (2, 450)
        assert (await office.case(cases[1]))["committed_ore"] == 150

        closed = await office.does(KARI, "PUT", "/closing", json={"closed_on": "2020-06-30"})
        assert closed["state"] == "closed"
        refused = await office.refused(KARI, "POST", "/lines", json={"lines": [line(EAST, 1)]})
        assert refused["code"] == "round-closed"
        listed = (await office.client.get("/v1/rounds?year=2020", headers=office.headers(LIV))).json()["items"]
        assert [(each["state"], each["approved_ore"]) for each in listed] == [("closed", 450)]

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_a_returned_line_comes_again_in_its_own_case(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        await office.proposes(line(EAST, 200))
        (case_id,) = await office.list_cases()
        await office.does(INGRID, "POST", "/returns", json={"reason": "For mye."})
        again = await office.proposes(line(EAST, 100, case_id=case_id))
        assert (again["lines"], again["proposed"], again["proposed_ore"]) == (1, 1, 100)
        (shown,) = (await office.reads("/lines"))["items"]
        assert (shown["case_id"], shown["state"], shown["amount_ore"], shown["reason"]) == (
            case_id,
            "proposed",
            100,
            None,
        )

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_one_line_that_is_refused_stops_them_all_and_each_is_told(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        before = recorded(database)
        lines = [
            line(EAST, 100), line(f"{NAMED}/nord", 1), line(EAST, 1, case_id=NOWHERE), line(EAST, 1, named_in=None),
            line("2020/291/60", 1), line(EAST, 5, instalments=[{"number": 1, "amount_ore": 4}]),
        ]  # fmt: skip
        told = await office.refused(KARI, "POST", "/lines", json={"lines": lines})
        assert (told["code"], told["refused_total"]) == ("round-lines-refused", 5)
        assert [(each["line"], each["code"]) for each in told["refused"]] == [
            (2, "round-line-fund-unknown"), (3, "round-line-case-unknown"), (4, "round-line-without-basis"),
            (5, "fund-not-of-scheme"), (6, "plan-does-not-add-up"),
        ]  # fmt: skip
        assert recorded(database) == before

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_what_does_not_fit_binds_nothing_and_chosen_lines_that_do_are_bound(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        await office.proposes(line(EAST, 300), line(EAST, 200), line(WEST, 100))
        seen = await office.reads("/funds", approved_on=DAY)
        assert (seen["fits"], {fund["fund_id"]: fund["short_by_ore"] for fund in seen["funds"]}) == (
            False, {NAMED: 0, EAST: 100, WEST: 0},
        )  # fmt: skip
        before = recorded(database)
        refused = await office.refused(INGRID, "PUT", "/approval", json=approval())
        assert (refused["code"], refused["refused_by"][0]["fund_id"]) == ("post-exhausted", EAST)
        assert recorded(database) == before

        cases = await office.list_cases()
        chosen = {"approved_on": DAY, "case_ids": cases[:1]}
        foreseen = (await office.asks(INGRID, "POST", "/funds", json=chosen)).json()
        assert (foreseen["fits"], foreseen["lines"]) == (True, 1)
        approved = await office.does(INGRID, "PUT", "/approval", json=approval(cases[0], cases[2]))
        assert (approved["approved_ore"], approved["proposed"]) == (400, 1)

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_two_people_make_a_round_and_nobody_decides_for_their_own(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        await office.proposes(
            line(EAST, 100), line(WEST, 100, recipient={"name": "Oslo", "organisation_number": OSLO[2]})
        )
        office.may_all(KARI)
        told = await office.refused(KARI, "PUT", "/approval", json=approval())
        assert [each["code"] for each in told["refused"]] == ["same-person-twice"] * 2
        assert (await office.refused(LIV, "PUT", "/approval", json=approval()))["code"] == "tied-to-organisation"
        again: dict[str, Any] = {"recipient": {"name": "Oslo", "organisation_number": OSLO[2]}}
        told = await office.refused(OLA, "POST", "/lines", json={"lines": [line(WEST, 1, **again)]})
        assert told["code"] == "tied-to-organisation"
        assert (await office.approves()).is_success

    open_year(database, FUNDS)
    record(database, f"organisation-{OSLO[2]}", *(tie(person) for person in (LIV, OLA)))
    at_work(database, tmp_path, story)


def tie(person: str) -> TieRecorded:
    return TieRecorded(
        organisation_number=OSLO[2], person=person, kind="board-member", recorded_on=NEW_YEAR, recorded_by=KARI
    )


def test_a_line_is_decided_in_its_round_and_nowhere_else(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        await office.proposes(line(EAST, 100))
        (case_id,) = await office.list_cases()
        alone = {"approved_on": DAY, "disposal_authority": "Instruks 4.2"}
        headers = office.headers(INGRID) | {"If-Match": '"1"'}
        answer = await office.client.put(f"/v1/cases/{case_id}/award/approval", json=alone, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "decided-in-round")

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_a_promise_past_the_year_needs_an_authority(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        later = line(EAST, 100, instalments=[{"number": 1, "amount_ore": 100, "due_on": "2021-02-01"}])
        told = await office.refused(KARI, "POST", "/lines", json={"lines": [later]})
        assert [each["code"] for each in told["refused"]] == ["commitment-across-years"]
        await office.proposes(line(EAST, 100))
        told = await office.refused(INGRID, "PUT", "/approval", json=approval(approved_on="2021-01-02"))
        assert [each["code"] for each in told["refused"]] == ["commitment-across-years"]

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_the_same_approval_again_is_answered_the_same_and_an_old_version_is_told(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        await office.opens(BY_NAME)
        await office.proposes(line(EAST, 100))
        first = await office.asks(INGRID, "PUT", "/approval", key="once", json=approval())
        before = recorded(database)
        again = await office.asks(INGRID, "PUT", "/approval", key="once", json=approval())
        assert (first.status_code, first.content, first.headers["ETag"]) == (200, again.content, again.headers["ETag"])
        assert recorded(database) == before
        assert (await office.refused(INGRID, "PUT", "/approval", json=approval()))["code"] == "stale-version"

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_lines_and_rounds_are_read_in_pages(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        for _ in range(2):
            await office.opens(BY_NAME)
        await office.proposes(*(line(EAST, nth) for nth in (1, 2, 3)))
        first = await office.reads("/lines", limit=2)
        second = await office.reads("/lines", limit=2, cursor=first["next"])
        assert [each["amount_ore"] for page in (first, second) for each in page["items"]] == [1, 2, 3]
        assert second["next"] is None
        assert (await office.reads("/lines", state="approved"))["items"] == []
        rounds = await office.client.get("/v1/rounds?year=2020&limit=1", headers=office.headers(LIV))
        rest = await office.client.get(
            "/v1/rounds", params={"year": 2020, "cursor": rounds.json()["next"]}, headers=office.headers(LIV)
        )
        ids = [each["round_id"] for answer in (rounds, rest) for each in answer.json()["items"]]
        assert len(set(ids)) == 2
        assert office.round.endswith(ids[0])

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_a_file_is_taken_whole_and_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        content = as_csv(batch_line(), batch_line(period="2020-Q2"))
        before = recorded(database)
        tried = await office.asks(KARI, "POST", "/batches?dry_run=true", **csv(content))
        assert (tried.status_code, tried.json()["proposed_ore"], recorded(database)) == (200, 493_800, before)
        taken = await office.asks(KARI, "POST", "/batches?name=kvartal.csv", key="file", **csv(content))
        assert taken.json()["proposed_ore"] == tried.json()["proposed_ore"]
        assert [(file["name"], file["lines"]) for file in taken.json()["files"]] == [("kvartal.csv", 2)]
        assert recorded(database) == before + 4, "two awards, their lines in the round, and the numbers of the cases"
        again = await office.asks(KARI, "POST", "/batches?name=kvartal.csv", key="file", **csv(content))
        assert (again.status_code, again.content) == (200, taken.content)
        office.version = taken.headers["ETag"]
        assert (await office.asks(KARI, "POST", "/batches", **csv(content))).json()["proposed"] == 2
        assert recorded(database) == before + 4, "two awards, their lines in the round, and the numbers of the cases"
        case = await office.case((await office.list_cases())[0])
        assert case["proposed"]["basis"] == {"kind": "per-capita", "count": 2, "rate_ore": 123_450, "rule": "år 1"}
        assert (await office.approves()).json()["approved_ore"] == 493_800

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_a_workbook_is_taken_as_the_text_is(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        workbook = {"content": as_xlsx(batch_line(), batch_line(BERGEN)), "headers": {"Content-Type": XLSX}}
        taken = await office.does(KARI, "POST", "/batches", **workbook)
        assert ((taken["proposed"], taken["proposed_ore"]), taken["files"][0]["kind"]) == ((2, 493_800), "xlsx")
        broken = {"content": as_xlsx(batch_line())[:-100], "headers": {"Content-Type": XLSX}}
        assert (await office.refused(KARI, "POST", "/batches", **broken))["code"] == "workbook-unreadable"

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_a_line_awarded_in_another_round_is_a_bad_line_here(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        for _ in range(2):
            await office.opens(PER_CAPITA)
            answer = await office.asks(KARI, "POST", "/batches", **csv(as_csv(batch_line())))
        assert (answer.status_code, answer.json()["code"]) == (422, "batch-has-faults")
        assert [(fault["line"], fault["code"]) for fault in answer.json()["faults"]] == [(2, "award-already-proposed")]

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_months_paid_by_another_file_are_not_paid_by_a_longer_or_shorter_period(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        await office.does(KARI, "POST", "/batches", **csv(as_csv(batch_line(period="2020-Q2"))))
        await office.opens(PER_CAPITA)
        for period in ("2020", "2020-H1", "2020-05"):
            refusal = await office.refused(KARI, "POST", "/batches", **csv(as_csv(batch_line(period=period))))
            assert [(fault["line"], fault["column"], fault["code"]) for fault in refusal["faults"]] == [
                (2, "period", "months-awarded-already")
            ]
        await office.does(KARI, "POST", "/batches", **csv(as_csv(batch_line(period="2020-H2"))))

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)


def test_every_bad_line_is_told_up_to_a_thousand_and_nothing_is_taken(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        await office.opens(PER_CAPITA)
        before = recorded(database)
        lines = [batch_line(), *(batch_line(count="x") for _ in range(1_500)), batch_line(due_on="2021-01-05")]
        for query in ("", "?dry_run=true"):
            told = await office.refused(KARI, "POST", f"/batches{query}", **csv(as_csv(*lines)))
            assert (told["code"], told["faults_total"], len(told["faults"])) == ("batch-has-faults", 1_501, 1_000)
            assert told["faults"][0] == {
                "line": 3, "column": "count", "code": "not-whole", "what": "Write a whole number, in digits alone.",
            }  # fmt: skip
        assert recorded(database) == before
        wrong_kind = await office.asks(KARI, "POST", "/batches", content=b"x", headers={"Content-Type": "text/plain"})
        assert wrong_kind.status_code == 415
        elsewhere = as_csv(batch_line(due_on="2021-01-05"))
        told = await office.refused(KARI, "POST", "/batches", **csv(elsewhere))
        assert [fault["code"] for fault in told["faults"]] == ["commitment-across-years"]

    open_year(database, FUNDS)
    at_work(database, tmp_path, story)
