"""What the tests of payments over http build, for other tests to use as well."""

from typing import Any

import httpx

from services.httpapi.callers.caller import Role
from tests.described import check_described
from tests.faults.service import issuer_of
from tests.journeys.office import ANNE, KARI, LIV, PER, SIRI, Office
from tests.patience import until

ACCOUNT = {"account_number": "86011117947", "organisation_number": "974760673", "registered_on": "2020-02-11"}
ATTESTED = {"amount_ore": 300, "pay_on": "2020-03-02", "attested_on": "2020-03-01"}
MADE = {"made_on": "2020-03-01"}


class Paying(Office):
    """An office that also works on what is not a case."""

    async def calls(self, person: str, method: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        self.acts += 1
        token = issuer_of(self.settings).mint(person, list(Role))
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or f"{self.acts}"}
        return await self.client.request(method, path, headers=headers, json=body)

    async def reads(self, path: str) -> Any:
        answer = await self.calls(LIV, "GET", path)
        assert answer.status_code == 200, answer.text
        check_described("grants", answer)
        return answer.json()

    async def keeps_account(self) -> None:
        """Kari registers the recipient's account and Siri verifies it."""
        shown = await self.does(KARI, "PUT", "payee-account", **ACCOUNT)
        account_id = shown["disbursement"]["account"]["account_id"]
        looked_at = {"account_id": account_id, "source": "Brev fra banken", "verified_on": "2020-02-12"}
        await self.does(SIRI, "PUT", "payee-account/verification", **looked_at)

    async def attests(self, amount_ore: int = 300) -> str:
        """An award of two instalments whose first is attested. The id of the payment."""
        await self.grants(300, 300)
        await self.keeps_account()
        shown = await self.does(PER, "POST", "instalments/1/attestations", **(ATTESTED | {"amount_ore": amount_ore}))
        payment_id: str = shown["disbursement"]["payments"][-1]["payment_id"]
        return payment_id

    async def makes_batch(self, key: str = "") -> httpx.Response:
        """A batch of everything attested, also a moment ago."""
        return await self.calls(ANNE, "POST", "/v1/payment-batches", MADE, key)

    async def hands_over(self, address: str) -> None:
        """A worker does, and says so."""
        await until(lambda: self.reads(address), lambda it: it["handed_over_on"] is not None)

    async def reconciles(self, **expected: int) -> None:
        """What stands on 291/71 and nothing else, once the list has caught up."""

        async def found() -> list[dict[str, int]]:
            posts = (await self.reads("/v1/payments/reconciliation?year=2020"))["items"]
            found = [{name: ore for name, ore in post.items() if name.endswith("_ore") and ore} for post in posts]
            assert not any("difference_ore" in post for post in found)
            return found

        await until(found, lambda it: it == [expected])
