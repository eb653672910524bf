"""Født Fri's six million of 2020, from the real letter to the second half withheld, let go and withheld again.

Over HTTP, by the people who do it; after each step the post is read as of a day, and at the end as it was known then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from services.grants.settings import Settings
from tests.conftest import Database
from tests.faults.service import (
    ANNE,
    APPROVAL,
    DECIDED_OUTSIDE,
    INGRID,
    KARI,
    PER,
    ROOT,
    open_funds,
    proposal,
    serving,
    settings_of,
    signed_in,
)

LETTER = (ROOT / "data" / "letters" / "2020" / "00-tildelingsbrev.yaml").read_bytes()
MILLION_ORE, KRONE_ORE = 100_000_000, 100
AT_DISPOSAL_ORE = 12_544_000_000
YEARS_END = "2020-12-31"
FODT_FRI = "2020/291/71/nasjonale-ressursmiljo/fodt-fri"
REASONS = [{"code": "accounts-unsound", "text": "Regnskapet viser ikke hva tilskuddet er brukt til."}]

Standing = tuple[int, int, int]
"""Committed, disbursed and withheld of 291/71, in millions of kroner."""


class Year:
    """The people of the year at their desks, and what they have read of 291/71 so far."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.case = ""
        self.seen = '"0"'
        self.acts = 0
        self.remembered: list[tuple[str, Standing]] = []

    async def sends(self, person: str, method: str, path: str, **sent: Any) -> httpx.Response:
        """One act with a key of its own, on the case as it was last seen."""
        self.acts += 1
        headers = {"Idempotency-Key": f"act {self.acts}", "If-Match": self.seen, **sent.pop("headers", {})}
        return await self.client.request(method, path, headers=headers | signed_in(self.settings, person), **sent)

    async def registers(self, letter: bytes) -> None:
        yaml = {"Content-Type": "application/yaml"}
        answer = await self.sends(ANNE, "POST", "/v1/letters", content=letter, headers=yaml)
        assert answer.is_success, answer.text

    async def opens(self, asked: dict[str, Any], path: str = "/v1/cases") -> None:
        opened = await self.sends(KARI, "POST", path, json=asked)
        assert opened.status_code == 201, opened.text
        self.case, self.seen = opened.headers["Location"], opened.headers["ETag"]

    async def does(self, person: str, method: str, path: str, **body: Any) -> None:
        """An act on the case that goes well."""
        answer = await self.sends(person, method, f"{self.case}/{path}", json=body)
        assert answer.is_success, answer.text
        self.seen = answer.headers["ETag"]

    async def refused(self, person: str, method: str, path: str, **body: Any) -> dict[str, Any]:
        """An act on the case that does not, and what is told of it."""
        answer = await self.sends(person, method, f"{self.case}/{path}", json=body)
        assert answer.is_client_error, answer.text
        return dict(answer.json())

    async def reads(self, address: str, **query: str) -> Any:
        answer = await self.client.get(address, params=query, headers=signed_in(self.settings, PER))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def standing(self, on: str, **known: str) -> Standing:
        """What stood on 291/71 on a day. What is withheld or paid is a part of what is committed, never beside it."""
        post = await self.reads("/v1/posts/2020/291/71", valid_at=on, **known)
        assert post["at_disposal_ore"] == AT_DISPOSAL_ORE
        assert post["remaining_ore"] == AT_DISPOSAL_ORE - post["committed_ore"]
        whole, rests = zip(
            *(divmod(post[f"{name}_ore"], MILLION_ORE) for name in ("committed", "disbursed", "withheld")), strict=True
        )
        assert rests == (0, 0, 0)
        return (whole[0], whole[1], whole[2])

    async def moves(self, day_before: str, before: Standing, day: str, after: Standing) -> None:
        """The last act counts from its day and not from the day before; the year's end follows, and is remembered."""
        assert await self.standing(day_before) == before
        assert await self.standing(day) == after
        assert await self.standing(YEARS_END) == after
        timeline = await self.reads(f"{self.case}/timeline")
        self.remembered.append((timeline["items"][-1]["recorded_at"], after))


def play(database: Database, folder: Path, story: Callable[[Year], Awaitable[None]]) -> None:
    settings = settings_of(database, folder)

    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Year(client, settings))

    asyncio.run(go())


async def promise_and_pay_the_first_half(year: Year) -> None:
    halves = [{"number": n, "amount_ore": 3 * MILLION_ORE} for n in (1, 2)]
    outside = {"instalments": halves} | DECIDED_OUTSIDE
    await year.opens(proposal(FODT_FRI, 6 * MILLION_ORE) | outside, "/v1/award-imports")
    await year.moves("2020-01-01", (0, 0, 0), YEARS_END, (0, 0, 0))

    told = await year.refused(KARI, "PUT", "award/import/confirmation")
    assert told["code"] == "role-missing"
    await year.does(INGRID, "PUT", "award/import/confirmation")
    await year.moves("2020-02-02", (0, 0, 0), "2020-02-03", (6, 0, 0))

    payment = {"amount_ore": 3 * MILLION_ORE, "paid_on": "2020-02-28", "reference": "B-1001"}
    told = await year.refused(PER, "POST", "instalments/1/payments", **payment)
    assert told["code"] == "letter-not-released"
    await year.does(KARI, "PUT", "letter-release", released_on="2020-02-10", document="20/00123-4")
    await year.does(INGRID, "PUT", "letter-release/confirmation")
    await year.does(PER, "POST", "instalments/1/payments", **payment)
    await year.moves("2020-02-27", (6, 0, 0), "2020-02-28", (6, 3, 0))


async def withhold(year: Year, *, warned_on: str, reply_by: str, day_before: str, decided_on: str) -> None:
    """The second half, by two people, with a warning of its own."""
    held = {"amount_ore": 3 * MILLION_ORE, "reasons": REASONS}
    told = await year.refused(INGRID, "POST", "withholdings", instalment=2, decided_on=decided_on, **held)
    assert told["code"] == "prior-warning-missing"
    await year.does(KARI, "PUT", "instalments/2/warning", warned_on=warned_on, reply_by=reply_by, **held)
    assert await year.standing(YEARS_END) == (6, 3, 0)
    await year.does(INGRID, "POST", "withholdings", instalment=2, decided_on=decided_on, **held)
    await year.moves(day_before, (6, 3, 0), decided_on, (6, 3, 3))


def test_the_second_half_of_fodt_fri_withheld_let_go_and_withheld_again(database: Database, tmp_path: Path) -> None:
    async def story(year: Year) -> None:
        await year.registers(LETTER)
        await promise_and_pay_the_first_half(year)
        await withhold(
            year, warned_on="2020-08-11", reply_by="2020-09-01", day_before="2020-11-01", decided_on="2020-11-02"
        )
        again = {"amount_ore": 3 * MILLION_ORE, "paid_on": "2020-11-03", "reference": "B-1002"}
        assert (await year.refused(PER, "POST", "instalments/2/payments", **again))["code"] == "instalment-withheld"

        letting_go = {"amount_ore": 3 * MILLION_ORE, "reason": "Revidert regnskap er mottatt."}
        await year.does(INGRID, "POST", "withholdings/1/releases", released_on="2020-12-01", **letting_go)
        await year.moves("2020-11-30", (6, 3, 3), "2020-12-01", (6, 3, 0))
        assert await year.standing("2020-11-02") == (6, 3, 3)

        await withhold(
            year, warned_on="2020-12-02", reply_by="2020-12-10", day_before="2020-12-10", decided_on="2020-12-11"
        )
        for known_at, stood in year.remembered:
            assert await year.standing(YEARS_END, known_at=known_at) == stood
        assert [stood for _, stood in year.remembered] == [
            (0, 0, 0), (6, 0, 0), (6, 3, 0), (6, 3, 3), (6, 3, 0), (6, 3, 3),
        ]  # fmt: skip

    play(database, tmp_path, story)


def test_a_krone_more_than_a_fund_holds_is_refused_by_the_fund_and_the_post_alike(
    database: Database, tmp_path: Path
) -> None:
    open_funds(database, post_ore=6 * MILLION_ORE, fodt_fri=6 * MILLION_ORE)
    fund = "2020/291/71/fodt_fri"

    async def story(year: Year) -> None:
        await year.opens(proposal(fund, 6 * MILLION_ORE + KRONE_ORE))
        told = await year.refused(INGRID, "PUT", "award/approval", **APPROVAL)
        assert told["code"] == "post-exhausted"
        lacking = [(level["fund_id"], level["remaining_ore"]) for level in told["refused_by"]]
        assert lacking == [(fund, 6 * MILLION_ORE), ("2020/291/71", 6 * MILLION_ORE)]
        assert (await year.reads("/v1/posts/2020/291/71"))["committed_ore"] == 0

        await year.opens(proposal(fund, 6 * MILLION_ORE))
        await year.does(INGRID, "PUT", "award/approval", **APPROVAL)
        await year.opens(proposal(fund, KRONE_ORE))
        told = await year.refused(INGRID, "PUT", "award/approval", **APPROVAL)
        assert [(level["fund_id"], level["remaining_ore"]) for level in told["refused_by"]] == [
            (fund, 0), ("2020/291/71", 0),
        ]  # fmt: skip
        post = await year.reads("/v1/posts/2020/291/71")
        assert (post["committed_ore"], post["remaining_ore"]) == (6 * MILLION_ORE, 0)

    play(database, tmp_path, story)
