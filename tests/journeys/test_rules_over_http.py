"""The domain's rules 1 to 8 and 14, by number, once each over HTTP. At the rule itself they are tried in their rooms.

Every clash of duties (rule 3) stands in `test_two_duties.py`, thirty-two rivals (rule 1) in
`tests/faults/test_thirty_two_clients.py`, and where an erased person might still be found (rule 14) in
`tests/faults/test_erased_person.py`.
"""

import asyncio
from pathlib import Path

from dev.verifying.log import verify
from tests.conftest import Database
from tests.faults.erased_person import balances
from tests.faults.service import ROOT, open_funds
from tests.grants.application.desk import APPLICATION, ASSESSMENT, CONTACT, EXTRA, IMPARTIAL, INGRID, Desk, at_the_desk
from tests.grants.award.letter_routes import DATED
from tests.grants.award.letter_routes import Desk as LetterDesk
from tests.grants.award.letter_routes import at_work as at_the_letter_desk
from tests.grants.fodt_fri import MILLION
from tests.journeys.office import ANNE, APPROVED, FUND, KARI, LIV, OLA, PER, Office, work


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


def test_rule_3_nobody_decides_for_an_organisation_they_are_recorded_as_tied_to(
    database: Database, tmp_path: Path
) -> None:
    async def story(desk: Desk) -> None:
        await desk.opens(APPLICATION | {"arrived_on": "2020-02-29"})
        tie = {"person": LIV, "kind": "board-member", "recorded_on": "2020-01-02"}
        assert (await desk.sends(LIV, "POST", "/v1/organisations/974760673/ties", tie)).is_success
        late = {"ground": "late", "reason": "Kom etter fristen.", "proposed_on": "2020-03-02"}
        await desk.does(KARI, "PUT", "application/dismissal-proposal", late)
        decided = {"dismissed_on": "2020-03-03"}
        assert await desk.refused(LIV, "PUT", "application/dismissal", decided) == "tied-to-organisation"
        assert (await desk.does(INGRID, "PUT", "application/dismissal", decided))["state"] == "dismissed"

    at_the_desk(database, tmp_path, story)


def test_rule_4_nobody_assesses_without_a_recorded_impartiality_statement(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.opens()
        assert await desk.refused(KARI, "POST", "assessments", ASSESSMENT) == "impartiality-missing"
        await desk.does(OLA, "PUT", "impartiality", IMPARTIAL)  # a colleague's statement is not Kari's
        assert await desk.refused(KARI, "POST", "assessments", ASSESSMENT) == "impartiality-missing"
        await desk.does(KARI, "PUT", "impartiality", IMPARTIAL)
        await desk.does(KARI, "POST", "assessments", ASSESSMENT)

    at_the_desk(database, tmp_path, story)


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


def test_rule_6_a_letter_that_lacks_a_part_cannot_go_to_approval_and_the_part_is_named(
    database: Database, tmp_path: Path
) -> None:
    """One part over HTTP; each of the eight is tried in `tests/grants/award/test_letter.py`."""

    async def story(desk: LetterDesk) -> None:
        case = await desk.open_case(reports=[])
        frozen = await desk.ask("PUT", f"{case}/letter", DATED, seen='"1"')
        assert (frozen.status_code, frozen.json()["code"]) == (422, "letter-incomplete")
        assert frozen.json()["missing"] == ["reporting"]
        approval = {"approved_on": "2020-02-10", "disposal_authority": "Instruks 4.2"}
        approved = await desk.ask("PUT", f"{case}/award/approval", approval, person=OLA, seen='"1"')
        assert (approved.status_code, approved.json()["code"]) == (409, "letter-missing")

    at_the_letter_desk(database, tmp_path, story)


def test_rule_7_money_not_paid_out_by_its_deadline_is_told_beforehand_and_when_it_passes(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Office) -> None:
        for path in sorted((ROOT / "data" / "letters" / "2020").glob("0[0-4]-*.yaml")):
            headers = office.signed(ANNE) | {"Content-Type": "application/yaml"}
            sent = await office.client.post("/v1/letters", content=path.read_bytes(), headers=headers)
            assert sent.is_success, sent.text
        told = {}
        for day in ("2020-10-16", "2020-10-17", "2020-10-31", "2020-11-01", "2020-11-02"):
            address, asked = "/v1/pay-out-deadlines/tellings", {"year": 2020, "on": day}
            answer = await office.client.post(address, json=asked, headers=office.signed(ANNE))
            told[day] = [(each["fund_id"], each["amount_ore"], each["passed"]) for each in answer.json()["told"]]
        funds = (("2020/291/60/utvidet-programtid", 250), ("2020/292/60/utvidet-norskopplaering", 161))
        assert told == {
            "2020-10-16": [],
            "2020-10-17": [(fund_id, millions * MILLION, False) for fund_id, millions in funds],
            "2020-10-31": [],
            "2020-11-01": [(fund_id, millions * MILLION, True) for fund_id, millions in funds],
            "2020-11-02": [],
        }

    work(database, tmp_path, story)


def test_rule_8_only_those_granted_in_the_first_round_apply_for_the_extra_jobbsjansen_money(
    database: Database, tmp_path: Path
) -> None:
    """Refused with both reasons; that they are let in once granted stands in `tests/grants/application`."""

    async def story(desk: Desk) -> None:
        extra = APPLICATION | {"call_id": f"{EXTRA}.mai"}
        for established, lacking in ((True, ["Only those granted"]), (False, ["Only an established", "Only those"])):
            told = await desk.sends(KARI, "POST", "/v1/applications", extra | {"established_project": established})
            assert (told.status_code, told.json()["code"]) == (409, "not-eligible")
            reasons = told.json()["reasons"]
            assert all(reason.startswith(start) for reason, start in zip(reasons, lacking, strict=True))

    at_the_desk(database, tmp_path, story)


def test_rule_14_a_person_is_erased_and_replay_and_balances_are_as_before(database: Database, tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        contact_id = (await desk.opens()).json()["application"]["contact_id"]
        before = balances(database)
        assert (await desk.reads(KARI, f"{desk.case}/contact"))["name"] == CONTACT["name"]
        assert (await desk.sends(KARI, "DELETE", f"/v1/contacts/{contact_id}")).status_code == 403
        assert (await desk.sends(ANNE, "DELETE", f"/v1/contacts/{contact_id}")).json()["erased"] is True
        told = await desk.reads(KARI, f"{desk.case}/contact")
        assert [told[name] for name in CONTACT] == [None, None, None]
        assert balances(database) == before

    at_the_desk(database, tmp_path, story)
    assert verify(database.reader_dsn, None, None, every_day=True)[1] == []
