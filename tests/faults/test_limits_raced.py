"""Limits that hang on more than one case hold however many people reach them at once.

Both were once asked about before the decision and not when it was recorded: a limit of 1,000,000 øre was passed five
times over by forty approvals at once, and overlapping periods brought at once in six rounds were both taken.
"""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import open_funds, proposal, signed_in
from tests.grants.round.rounds import (
    BERGEN,
    BY_NAME,
    KARI,
    NAMED,
    OSLO,
    PER_CAPITA,
    SETTLING,
    as_csv,
    at_work,
    batch_line,
    line,
    open_year,
)
from tests.grants.round.rounds import INGRID as APPROVER
from tests.grants.round.rounds import Office as Rounds
from tests.journeys.office import ANNE, APPROVED, FUND, OLA, Office, work

LIMIT_ORE, EACH_ORE, MANY = 1_000_000, 125_000, 40
PERIODS = ("2020", "2020-H1", "2020-Q1", "2020-01", "2020-02", "2020-Q1")
USED = "SELECT promised_ore FROM grants.authority_use WHERE post_id = %s"
MONTHS = "SELECT month, count(*) FROM grants.month_taken WHERE standing GROUP BY paid_for, month HAVING count(*) > 1"


def promise(ore: int) -> dict[str, Any]:
    """An award that is paid in the year after its own."""
    return proposal(FUND, ore) | {"instalments": [{"number": 1, "amount_ore": ore, "due_on": "2021-02-01"}]}


async def registers(client: Any, settings: Any, *, year_post: str, key: str, **other: Any) -> None:
    asked = {"fund_id": year_post, "until_year": 2021, "limit_ore": LIMIT_ORE, "letter_number": 0, "cite": "5.1"}
    headers = signed_in(settings, ANNE, Role.controller) | {"Idempotency-Key": key}
    answer = await client.post("/v1/authorities/2020/commitment", json=asked | other, headers=headers)
    assert answer.is_success, answer.text


def test_forty_approvals_at_once_do_not_pass_the_limit_of_a_commitment_authority(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=100_000_000, fodt_fri=100_000_000)

    async def story(office: Office) -> None:
        await registers(office.client, office.settings, year_post="2020/291/71", key="a")
        cases = []
        for _ in range(MANY):
            office.case, office.version = "", '"0"'
            await office.does("kari", "POST", "", **promise(EACH_ORE))
            cases.append((office.case, office.version))

        async def approves(case: str, version: str) -> Any:
            headers = office.signed(OLA) | {"If-Match": version}
            return await office.client.put(f"{case}/award/approval", json=APPROVED, headers=headers)

        answers = await asyncio.gather(*(approves(*each) for each in cases))
        codes = Counter(answer.json().get("code", "approved") for answer in answers)
        assert codes == {"approved": LIMIT_ORE // EACH_ORE, "commitment-across-years": MANY - LIMIT_ORE // EACH_ORE}

        # A supplement to one of them leans on the same authority.
        at = next(case for case, answer in zip(cases, answers, strict=True) if answer.is_success)
        office.case, office.version = at[0], answers[cases.index(at)].headers["ETag"]
        more = {"number": 2, "amount_ore": 1, "due_on": "2021-02-01"}
        ground = {"code": "more-granted", "text": "Mer."}
        told = await office.refused("kari", "POST", "award/changes", kind="supplementary", added=[more], ground=ground)
        assert told["code"] == "commitment-across-years"

    work(database, tmp_path, story)
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute(USED, ("2020/291/71",)).fetchone() == (LIMIT_ORE,)


def test_rounds_approved_at_once_do_not_pass_it_either(database: Database, tmp_path: Path) -> None:
    """Eight rounds of two lines, each pair a quarter of the limit."""
    open_year(database, {NAMED: 100_000_000, SETTLING: 1_000})

    async def story(office: Rounds) -> None:
        office.may_all(APPROVER)
        asked = {"fund_id": NAMED, "until_year": 2021, "limit_ore": LIMIT_ORE, "letter_number": 0, "cite": "5.1"}
        given = await office.client.post(
            "/v1/authorities/2020/commitment", json=asked, headers=office.headers(APPROVER)
        )
        assert given.is_success, given.text
        rounds = []
        plan = [{"number": 1, "amount_ore": EACH_ORE, "due_on": "2021-02-01"}]
        for number in range(8):
            await office.opens(BY_NAME)
            await office.proposes(*(line(NAMED, EACH_ORE, f"{number}{each}", instalments=plan) for each in "ab"))
            rounds.append((office.round, office.version))

        async def approves(address: str, version: str) -> Any:
            headers = office.headers("liv") | {"If-Match": version}
            body = {"approved_on": "2020-03-02", "disposal_authority": "Instruks 4.2"}
            return await office.client.put(f"{address}/approval", json=body, headers=headers)

        answers = await asyncio.gather(*(approves(*each) for each in rounds))
        taken = [answer for answer in answers if answer.is_success]
        assert len(taken) == LIMIT_ORE // (2 * EACH_ORE), [answer.text for answer in answers]

    at_work(database, tmp_path, story)
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute(USED, (NAMED,)).fetchone() == (LIMIT_ORE,)


def test_of_overlapping_periods_brought_at_once_in_six_rounds_one_is_taken(database: Database, tmp_path: Path) -> None:
    open_year(database, {SETTLING: 100_000_000, NAMED: 1_000})

    async def story(office: Rounds) -> None:
        rounds = []
        for period in PERIODS:
            await office.opens(PER_CAPITA)
            rounds.append((office.round, office.version, period))

        async def brings(address: str, version: str, period: str, municipality: tuple[str, str, str]) -> Any:
            headers = office.headers(KARI) | {"If-Match": version, "Content-Type": "text/csv"}
            content = as_csv(batch_line(municipality, period=period))
            return await office.client.post(f"{address}/batches", content=content, headers=headers)

        answers = await asyncio.gather(*(brings(*each, OSLO) for each in rounds))
        codes = Counter(answer.json().get("code", "taken") for answer in answers)
        whole = [period for (_, _, period), answer in zip(rounds, answers, strict=True) if answer.is_success]
        assert whole, codes  # that nobody got them would be no lock but a wall
        assert overlapping(whole) == []
        assert codes.keys() <= {"taken", "months-awarded-already", "batch-has-faults", "stale-version"}, codes
        # Another municipality's months are nobody's yet.
        at = next(each for each, answer in zip(rounds, answers, strict=True) if not answer.is_success)
        assert (await brings(*at, BERGEN)).is_success

    at_work(database, tmp_path, story)
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute(MONTHS).fetchall() == []


def test_months_are_free_once_nothing_is_promised_of_them_and_taken_again_with_the_promise(
    database: Database, tmp_path: Path
) -> None:
    open_year(database, {SETTLING: 100_000_000, NAMED: 1_000})

    async def story(office: Rounds) -> None:
        office.may_all(KARI)
        office.may_all(APPROVER)

        async def brings(period: str) -> Any:
            await office.opens(PER_CAPITA)
            content = as_csv(batch_line(period=period))
            answer = await office.asks(KARI, "POST", "/batches", content=content, headers={"Content-Type": "text/csv"})
            office.version = answer.headers.get("ETag", office.version)
            return answer

        async def acts(person: str, case: str, method: str, path: str, **body: Any) -> Any:
            version = (await office.client.get(f"/v1/cases/{case}", headers=office.headers(person))).headers["ETag"]
            headers = office.headers(person) | {"If-Match": version}
            return await office.client.request(method, f"/v1/cases/{case}/{path}", json=body, headers=headers)

        assert (await brings("2020-Q1")).is_success
        await office.does(KARI, "POST", "/returns", json={"reason": "Feil periode."})
        assert (await brings("2020-H1")).is_success
        (half,) = await office.list_cases()
        assert (await office.approves()).is_success
        assert (await brings("2020-02")).json()["code"] == "batch-has-faults"

        ground = {"code": "reversal-invalid", "text": "Feil antall."}
        exempt = {"warned_on": "2020-03-03", "exemption": {"code": "fvl-16-3-c", "ground": "Kjent."}}
        gone = {"kind": "annulment", "ground": ground, "hearing": exempt}
        assert (await acts(KARI, half, "POST", "award/changes", **gone)).is_success
        decided = {"approved_on": "2020-03-04", "disposal_authority": "Instruks 4.2"}
        annulled = await acts(APPROVER, half, "PUT", "award/changes/approval", **decided)
        assert annulled.is_success, annulled.text
        assert (await brings("2020-02")).is_success

        ground = {"code": "reversal-to-benefit", "text": "Det var likevel riktig."}
        added = [{"number": 2, "amount_ore": 100}]
        anew = {"kind": "supplementary", "added": added, "ground": ground}
        assert (await acts(KARI, half, "POST", "award/changes", **anew)).is_success
        refused = await acts(APPROVER, half, "PUT", "award/changes/approval", **decided)
        assert (refused.status_code, refused.json()["code"]) == (409, "months-awarded-already"), refused.text
        await office.does(KARI, "POST", "/returns", json={"reason": "Omgjøres likevel."})
        allowed = await acts(APPROVER, half, "PUT", "award/changes/approval", **decided)
        assert allowed.is_success, allowed.text

    at_work(database, tmp_path, story)
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute(MONTHS).fetchall() == []


def overlapping(periods: list[str]) -> list[tuple[str, str]]:
    """The pairs that have a month in common."""
    months = {
        "2020": range(12), "2020-H1": range(6), "2020-Q1": range(3), "2020-01": range(1), "2020-02": range(1, 2),
    }  # fmt: skip
    return [
        (one, other)
        for nth, one in enumerate(periods)
        for other in periods[nth + 1 :]
        if set(months[one]) & set(months[other])
    ]
