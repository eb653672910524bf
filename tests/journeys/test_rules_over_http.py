"""The domain's rules 1, 2, 3 and 5, once each over HTTP. The other rules are tried where their rooms are.

Rule 3 is told here as one story; every clash of duties stands in `test_two_duties.py`.
"""

import asyncio
from pathlib import Path

from tests.conftest import Database
from tests.faults.service import open_funds
from tests.journeys.office import APPROVED, FUND, KARI, LIV, OLA, PER, Office, work


def test_rule_1_a_commitment_beyond_what_remains_is_refused_also_at_the_same_instant(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=700)

    async def story(office: Office) -> None:
        rivals = []
        for _ in range(2):
            await office.proposes(400)
            rival = Office(office.client, office.settings)
            rival.case, rival.version = office.case, office.version
            rivals.append(rival)
        answers = await asyncio.gather(
            *(
                rival.send(person, "PUT", "award/approval", APPROVED)
                for rival, person in zip(rivals, (OLA, LIV), strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (told,) = [answer.json() for answer in answers if answer.status_code == 409]
        assert told["code"] == "post-exhausted"
        assert told["refused_by"][0]["remaining_ore"] == 300

        await office.proposes(301)
        told = await office.refused(OLA, "PUT", "award/approval", **APPROVED)
        assert [level["fund_id"] for level in told["refused_by"]] == [FUND]
        await office.proposes(300)
        await office.does(OLA, "PUT", "award/approval", **APPROVED)

    work(database, tmp_path, story)


def test_rule_2_a_commitment_across_a_budget_year_needs_a_commitment_authority(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.proposes(400)
        next_year = {**APPROVED, "approved_on": "2021-01-02"}
        told = await office.refused(OLA, "PUT", "award/approval", **next_year)
        assert (told["status"], told["code"]) == (409, "commitment-across-years")
        assert told["days"] == ["2021-01-02"]
        await office.does(OLA, "PUT", "award/approval", **APPROVED)

    work(database, tmp_path, story)


def test_rule_3_preparing_approving_and_attesting_are_three_duties(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.proposes(400)
        told = await office.refused(KARI, "PUT", "award/approval", **APPROVED)
        assert (told["code"], told["person"]) == ("same-person-twice", KARI)
        await office.grants(400)
        paid = {"amount_ore": 400, "paid_on": "2020-03-02", "reference": "B-1001"}
        told = await office.refused(OLA, "POST", "instalments/1/payments", **paid)
        assert (told["code"], told["person"]) == ("same-person-twice", OLA)
        await office.does(PER, "POST", "instalments/1/payments", **paid)

    work(database, tmp_path, story)


def test_rule_5_a_payment_never_exceeds_what_remains_of_its_commitment(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(400)
        await office.pays(1, 300)
        more = {"amount_ore": 101, "paid_on": "2020-03-03", "reference": "B-1002"}
        told = await office.refused(PER, "POST", "instalments/1/payments", **more)
        assert (told["status"], told["code"], told["unpaid_ore"]) == (409, "payment-beyond-commitment", 100)
        rest = await office.does(PER, "POST", "instalments/1/payments", **{**more, "amount_ore": 100})
        assert (rest["disbursed_ore"], rest["outstanding_ore"]) == (400, 0)

    work(database, tmp_path, story)
