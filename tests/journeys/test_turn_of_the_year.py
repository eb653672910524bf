"""The turn of 2020 to 2021 over HTTP, as it went wrong: more paid than was released, released money promised once more,
money attested for a day before its letter, and a payment of the new year in the old year's books."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from dev.verifying.log import verify
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import ROOT, issuer_of, serving, settings_of
from tests.journeys.office import ANNE, KARI, LIV, OLA, PER, SIRI, Office
from tests.paged import in_pages
from tests.patience import until

LETTERS = [
    letter.read_bytes()
    for letter in (
        *sorted((ROOT / "data" / "letters" / "2020").glob("*.yaml")),
        ROOT / "dev" / "demo" / "letters" / "2021-00.yaml",
    )
]
RELEASE = (ROOT / "dev" / "demo" / "letters" / "2021-01.yaml").read_bytes()  # 3 million on 291/71, from 15 March 2021
MILLION = 100_000_000
POST, NEXT = "2020/291/71", "2021/291/71"
FODT_FRI = f"{POST}/nasjonale-ressursmiljo/fodt-fri"
VOLUNTARY = f"{POST}/frivillige-organisasjoner"
ACCOUNT = {"account_number": "86011117947", "organisation_number": "974760673", "registered_on": "2020-02-11"}
PERIOD = {"year": 2020}


class Turning(Office):
    """Two cases: Født Fri's six million with three paid, and twenty million to voluntary organisations."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.cases: dict[str, str] = {}

    async def calls(self, person: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Something that is not on a case; what is answered, whatever it is."""
        headers = self.signed(person) | more.pop("headers", {})
        return await self.client.request(method, path, headers=headers, json=body, **more)

    async def is_offered(self, on: str, expected: dict[str, int]) -> None:
        """What the attestor's inbox offers to pay on a day, by case (øre), once it has caught up."""

        async def found() -> dict[str, int]:
            told = (await self.calls(PER, "GET", "/v1/inbox", params={"task": "attest-payment", "on": on})).json()
            return {each["case_id"]: each["amount_ore"] for each in told["items"]}

        by_id = {self.cases[name].rpartition("/")[2]: ore for name, ore in expected.items()}
        await until(found, lambda it: it == by_id)

    async def reads(self, path: str, **query: str) -> Any:
        answer = await self.calls(LIV, "GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def registers(self, letter: bytes) -> None:
        headers = self.signed(ANNE) | {"Content-Type": "application/yaml"}
        answer = await self.client.post("/v1/letters", headers=headers, content=letter)
        assert answer.is_success, answer.text

    async def opens(self) -> None:
        for letter in LETTERS:
            await self.registers(letter)
        await self.grants(3 * MILLION, 3 * MILLION, fund_id=FODT_FRI)
        await self.pays(1, 3 * MILLION)
        await self.keeps_account()
        self.cases["fodt-fri"] = self.case
        await self.grants(20 * MILLION, fund_id=VOLUNTARY)
        await self.keeps_account()
        self.cases["voluntary"] = self.case

    async def keeps_account(self) -> None:
        shown = await self.does(KARI, "PUT", "payee-account", **ACCOUNT)
        account_id = shown["disbursement"]["account"]["account_id"]
        looked_at = {"account_id": account_id, "source": "Brev fra banken", "verified_on": "2020-02-12"}
        await self.does(SIRI, "PUT", "payee-account/verification", **looked_at)

    async def turns_to(self, name: str) -> None:
        self.case = self.cases[name]
        self.version = (await self.calls(LIV, "GET", self.case)).headers["ETag"]

    async def ends_the_year(self) -> None:
        for name in self.cases:
            await self.turns_to(name)
            await self.does(ANNE, "POST", "turn-of-year", **PERIOD)

    async def attests(self, name: str, amount_ore: int, *, on: str, pay_on: str = "") -> str:
        """What becomes of an attestation: the id of the payment, or the code it is refused with."""
        await self.turns_to(name)
        number = 2 if name == "fodt-fri" else 1
        asked = {"amount_ore": amount_ore, "attested_on": on, "pay_on": pay_on or on}
        answer = await self.send(PER, "POST", f"instalments/{number}/attestations", asked)
        told = answer.json()
        return str(told["disbursement"]["payments"][-1]["payment_id"] if answer.is_success else told["code"])

    async def asks_accounting(self, made_on: str, *, ids: int = 1) -> dict[str, Any]:
        """A batch, once the list of what is attested has caught up: so many payments in it or left out of it."""

        async def told() -> dict[str, Any]:
            return dict((await self.calls(ANNE, "POST", "/v1/payment-batches", {"made_on": made_on})).json())

        return await until(told, lambda it: len(it.get("left_out", ())) + len(it.get("lines", ())) >= ids)

    async def answers(self, batch: dict[str, Any], paid_on: str) -> None:
        """Accounting has paid all of the batch on a day."""
        receipts = [
            {
                "outcome": "paid",
                "payment_id": line["payment_id"],
                "amount_ore": line["amount_ore"],
                "voucher": f"B-{line['payment_id'][:8]}",
                "answered_on": paid_on,
            }
            for line in batch["lines"]
        ]
        path = f"/v1/payment-batches/{batch['batch_id']}/receipts"
        answer = await self.calls(ANNE, "POST", path, {"receipts": receipts})
        assert answer.is_success, answer.text

    async def stands(self, post: str, on: str, **known: str) -> dict[str, float]:
        """What a post shows that is not nothing, in millions of kroner."""
        shown = await self.reads(f"/v1/posts/{post}", valid_at=on, **known)
        names: tuple[str, ...] = (
            "at_disposal",
            "carried_over",
            "committed",
            "disbursed",
            "remaining",
            "claims",
            "claims_covered",
        )
        names += ("claims_disbursed", "held_over")
        return {name: shown[f"{name}_ore"] / MILLION for name in names if shown[f"{name}_ore"]}

    async def deviates(self, on: str, year: str = "2021") -> list[tuple[str, int]]:
        path = "/v1/turn-of-year/deviations"
        found = await self.reads(path, year=year, valid_at=on)
        assert await in_pages(lambda page: self.reads(path, year=year, valid_at=on, **page)) == found["items"]
        return [(each["kind"], each["amount_ore"] // MILLION) for each in found["items"]]

    async def reconciles(self, year: str, **expected: int) -> None:
        """What stands on 291/71, in millions, once the list has caught up."""

        async def found() -> dict[str, int]:
            posts = (await self.reads("/v1/payments/reconciliation", year=year))["items"]
            [post] = [post for post in posts if (post["chapter"], post["post"]) == (291, 71)]
            return {name: ore // MILLION for name, ore in post.items() if name.endswith("_ore") and ore}

        await until(found, lambda it: it == expected)


def play(database: Database, folder: Path, story: Callable[[Turning], Awaitable[None]]) -> None:
    outbox = folder / "outbox"
    outbox.mkdir()
    settings: Settings = replace(settings_of(database, folder), accounting_outbox=outbox)

    async def go() -> None:
        async with serving(settings) as (_, client):
            turning = Turning(client, settings)
            await turning.opens()
            await story(turning)

    asyncio.run(go())
    assert verify(database.reader_dsn, None, None)[1] == []


def test_three_million_released_pay_three_million_and_cannot_be_promised_once_more(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Turning) -> None:
        await office.ends_the_year()
        assert await office.stands(POST, "2021-03-15") == {
            "at_disposal": 145.443, "committed": 26, "disbursed": 3, "remaining": 119.443, "held_over": 23,
        }  # fmt: skip
        assert await office.stands(NEXT, "2021-03-14") == {"at_disposal": 100, "remaining": 100, "claims": 23}
        await office.registers(RELEASE)
        bound = {
            "at_disposal": 103,
            "carried_over": 3,
            "committed": 3,
            "remaining": 100,
            "claims": 23,
            "claims_covered": 3,
        }
        assert await office.stands(NEXT, "2021-03-15") == bound

        await office.is_offered("2021-03-16", {"fodt-fri": 3 * MILLION})
        await office.is_offered("2021-03-14", {})
        assert await office.attests("voluntary", 20 * MILLION, on="2021-03-16") == "beyond-carry-over"
        assert await office.attests("voluntary", 1, on="2021-03-16") == "beyond-carry-over"
        await office.attests("fodt-fri", 3 * MILLION, on="2021-03-16")
        batch = await office.asks_accounting("2021-03-16")
        assert (batch["count"], batch["left_out"], batch["moved"]) == (1, [], [])
        line = json.loads(
            (await office.calls(ANNE, "GET", f"/v1/payment-batches/{batch['batch_id']}/file")).text.split("\n")[1]
        )
        assert line["dimensions"]["budget_year"] == 2021
        await office.answers(batch, "2021-03-18")
        assert await office.stands(NEXT, "2021-03-17") == bound
        assert await office.stands(NEXT, "2021-03-18") == bound | {"disbursed": 3, "claims_disbursed": 3}
        assert (await office.stands(POST, "2021-03-18"))["disbursed"] == 3

        entries = (await office.reads(f"/v1/posts/{NEXT}/entries", valid_at="2021-12-31"))["items"]
        [paid] = [entry for entry in entries if entry["disbursed_ore"]]
        assert (paid["held_over_from"], paid["case_id"]) == (FODT_FRI, office.cases["fodt-fri"].rpartition("/")[2])
        assert paid["ground"] == "disbursement.instalment-paid.v2"

        office.case, office.version = "", '"0"'
        await office.does(KARI, "POST", "", **office.plan((100 * MILLION + 1,), NEXT))
        approval = {"approved_on": "2021-03-19", "disposal_authority": "Instruks 4.2"}
        assert (await office.refused(OLA, "PUT", "award/approval", **approval))["code"] == "post-exhausted"
        await office.does(KARI, "POST", "award/returns", reason="For mye.")
        await office.does(KARI, "PUT", "award", **office.plan((100 * MILLION,), NEXT))
        await office.does(OLA, "PUT", "award/approval", **approval)
        assert await office.deviates("2021-12-31") == []
        await office.reconciles("2020", imported_ore=3, ledger_disbursed_ore=3)
        await office.reconciles("2021", paid_ore=3, paid_of_earlier_years_ore=3, ledger_disbursed_ore=3)
        series = (await office.reads("/v1/series/2021/291/71", valid_at="2021-12-31"))["items"]
        assert [(each["year"], each["disbursed_ore"] // MILLION) for each in series] == [(2021, 3)]

    play(database, tmp_path, story)


def test_nothing_is_payable_on_a_day_before_the_letter_that_releases_it_counts(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Turning) -> None:
        await office.ends_the_year()
        await office.registers(RELEASE)
        early = {"on": "2021-01-20", "pay_on": "2021-02-01"}
        assert await office.attests("fodt-fri", 3 * MILLION, **early) == "beyond-carry-over"
        assert (
            await office.attests("fodt-fri", 3 * MILLION, on="2021-01-20", pay_on="2021-03-14") == "beyond-carry-over"
        )
        shown = await office.reads(f"{office.case}/instalments", on="2021-02-01")
        [block] = shown["items"][1]["blocks"]
        assert (block["code"], block["covered_ore"]) == ("beyond-carry-over", 0)
        assert len(await office.attests("fodt-fri", 3 * MILLION, on="2021-01-20", pay_on="2021-03-15")) == 36

    play(database, tmp_path, story)


def test_what_was_attested_for_the_old_year_is_left_out_of_a_batch_of_the_new_until_it_is_covered_there(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Turning) -> None:
        payment = await office.attests("fodt-fri", 3 * MILLION, on="2020-12-31")
        told = await office.asks_accounting("2021-01-11")
        assert told["code"] == "nothing-to-request"
        assert [(each["payment_id"], each["codes"]) for each in told["left_out"]] == [
            (payment, ["outside-budget-year"])
        ]
        await office.ends_the_year()
        told = await office.asks_accounting("2021-01-12")
        assert told["left_out"][0]["codes"] == ["beyond-carry-over"]
        await office.registers(RELEASE)
        batch = await office.asks_accounting("2021-03-16")
        assert batch["moved"] == [
            {
                "payment_id": payment,
                "case_id": office.cases["fodt-fri"].rpartition("/")[2],
                "from_year": 2020,
                "to_year": 2021,
                "charged_post_id": NEXT,
            }
        ]
        assert (await office.reads(f"/v1/payment-batches/{batch['batch_id']}"))["moved"] == batch["moved"]
        await office.answers(batch, "2021-03-17")
        assert (await office.stands(POST, "2021-12-31"))["disbursed"] == 3
        assert (await office.stands(NEXT, "2021-12-31"))["disbursed"] == 3

    play(database, tmp_path, story)


def test_what_accounting_paid_in_the_new_year_of_an_old_years_batch_is_taken_and_told(
    database: Database, tmp_path: Path
) -> None:
    async def story(office: Turning) -> None:
        await office.attests("fodt-fri", 3 * MILLION, on="2020-12-31")
        batch = await office.asks_accounting("2020-12-31")
        before = await office.stands(POST, "2021-01-12")
        await office.answers(batch, "2021-01-12")
        assert await office.stands(POST, "2021-01-12") == before | {"held_over": 3}
        assert (await office.stands(NEXT, "2021-01-12"))["disbursed"] == 3
        assert (await office.reads(office.cases["fodt-fri"]))["disbursed_ore"] == 6 * MILLION
        assert await office.deviates("2021-01-12") == [("paid-beyond-carry-over", 3), ("paid-not-held-over", 3)]
        await office.reconciles("2020", imported_ore=3, ledger_disbursed_ore=3)
        await office.reconciles("2021", paid_ore=3, paid_of_earlier_years_ore=3, ledger_disbursed_ore=3)
        await office.ends_the_year()
        assert await office.deviates("2021-01-12") == [("paid-beyond-carry-over", 3)]
        await office.registers(RELEASE)
        assert await office.deviates("2021-03-15") == []
        assert (await office.stands(NEXT, "2021-03-15"))["committed"] == 3

    play(database, tmp_path, story)


def test_a_controller_sets_which_claims_are_covered_first(database: Database, tmp_path: Path) -> None:
    async def story(office: Turning) -> None:
        await office.ends_the_year()
        await office.registers(RELEASE)
        path = f"/v1/posts/{NEXT}/held-over"
        first, second = (office.cases[name].rpartition("/")[2] for name in ("fodt-fri", "voluntary"))

        async def covered(on: str, **known: str) -> list[tuple[str, int]]:
            items = (await office.reads(path, valid_at=on, **known))["items"]
            assert await in_pages(lambda page: office.reads(path, valid_at=on, **known, **page)) == items
            return [(each["case_id"], each["covered_ore"] // MILLION) for each in items]

        assert await covered("2021-03-15") == [(first, 3), (second, 0)]
        order = {"case_ids": [second], "reason": "Departementet har bedt om det.", "ranked_on": "2021-03-20"}
        token = issuer_of(office.settings).mint(KARI, [Role.caseworker])
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "not hers"}
        refused = await office.client.put(f"{path}/order", headers=headers, json=order)
        assert refused.json()["code"] == "role-missing"
        stranger = order | {"case_ids": ["00000000-0000-4000-8000-000000000009"]}
        assert (await office.calls(ANNE, "PUT", f"{path}/order", stranger)).json()["code"] == "claim-unknown"
        known_at = (await office.reads(f"/v1/posts/{NEXT}/entries", valid_at="2021-12-31"))["items"][-1]["recorded_at"]
        assert (await office.calls(ANNE, "PUT", f"{path}/order", order)).is_success
        assert await covered("2021-03-19") == [(first, 3), (second, 0)]
        assert await covered("2021-03-20") == [(second, 3), (first, 0)]
        assert await covered("2021-03-20", known_at=known_at) == [(first, 3), (second, 0)]
        assert await office.attests("fodt-fri", MILLION, on="2021-03-21") == "beyond-carry-over"
        assert len(await office.attests("voluntary", 3 * MILLION, on="2021-03-21")) == 36

    play(database, tmp_path, story)
