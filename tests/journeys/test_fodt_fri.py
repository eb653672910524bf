"""Stiftelsen Født Fri from commitment to the ministry's word, on the real letters of 2020; and as it would have ended
on a post without «kan overføres».

After every step 291/71, the earmark, the named fund and the case's own line are read in both times: as of the day
before and the day itself, and, at the end, once more as each was known then.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import ANNE, DECIDED_OUTSIDE, INGRID, KARI, PER, ROOT, proposal, signed_in
from tests.journeys.first_slice import FODT_FRI, MILLION_ORE, YEARS_END, Year, play
from tests.patience import until

NEW_YEAR, RELEASE = ((ROOT / "dev" / "demo" / "letters" / f"2021-0{number}.yaml").read_bytes() for number in (0, 1))
LETTERS = sorted((ROOT / "data" / "letters" / "2020").glob("*.yaml"))
POST, EARMARK = "2020/291/71", "2020/291/71/nasjonale-ressursmiljo"
HALF_ORE = 3 * MILLION_ORE
REASONS = [{"code": "terms-broken", "text": "Vilkårene for tilskuddet er ikke oppfylt."}]
NOTHING = (0, 0, 0)
MINISTRY = "departementet"
Books = tuple[int, int, int, int, int]
"""What stands on the new year's post, in millions: claimed of it, committed, disbursed, withheld; and what is left."""


@dataclass(frozen=True)
class Seen:
    """What stood on each level: committed, disbursed, withheld, in millions of kroner; and what was left of the
    post."""

    levels: dict[str, tuple[int, int, int]]
    remaining_ore: int
    at_disposal_ore: int


class Journey(Year):
    """The year, read on every level."""

    def __init__(self, *of_the_year: Any) -> None:
        super().__init__(*of_the_year)
        self.steps: list[tuple[str, str, Seen]] = []
        self.turned: list[tuple[str, str, Books]] = []

    async def sees(self, on: str, **known: str) -> Seen:
        """Every level on a day; what is left is what is at disposal less what is committed, on each of them."""
        post = await self.reads("/v1/posts/2020/291/71", valid_at=on, **known)
        funds = await self.reads("/v1/posts/2020/291/71/funds", valid_at=on, limit="200", **known)
        rows = {row["fund_id"]: row for row in funds["items"]}
        levels = {}
        for fund_id in (
            POST,
            EARMARK,
            FODT_FRI,
            self.case.rpartition("/")[2] and f"case-{self.case.rpartition('/')[2]}",
        ):
            row = rows.get(fund_id)
            if row is None:
                levels[fund_id] = NOTHING
                continue
            whole = [divmod(row[f"{name}_ore"], MILLION_ORE) for name in ("committed", "disbursed", "withheld")]
            assert [rest for _, rest in whole] == [0, 0, 0]
            levels[fund_id] = (whole[0][0], whole[1][0], whole[2][0])
        assert post["remaining_ore"] == post["at_disposal_ore"] - post["committed_ore"]
        return Seen(levels, post["remaining_ore"], post["at_disposal_ore"])

    async def stands(self, on: str, expected: tuple[int, int, int]) -> Seen:
        """The same on every level: Født Fri is all that is promised on the post."""
        seen = await self.sees(on)
        assert set(seen.levels.values()) == {expected}, (on, seen)
        return seen

    async def steps_to(self, day: str, before: tuple[int, int, int], after: tuple[int, int, int]) -> None:
        """The last act counts from its day, and from no day before it; and it is remembered when that was known."""
        eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        await self.stands(eve, before)
        seen = await self.stands(day, after)
        timeline = await self.reads(f"{self.case}/timeline")
        self.steps.append((day, timeline["items"][-1]["recorded_at"], seen))

    async def new_year(self, on: str, **known: str) -> Books:
        """2021's post. Of the claims, what is covered is what is committed: nothing else is promised there."""
        post = await self.reads("/v1/posts/2021/291/71", valid_at=on, **known)
        assert post["claims_covered_ore"] == post["committed_ore"]
        assert post["claims_disbursed_ore"] == post["disbursed_ore"]
        assert post["remaining_ore"] == post["at_disposal_ore"] - post["committed_ore"]
        claims, committed, disbursed, withheld, left = (
            post[f"{name}_ore"] // MILLION_ORE for name in ("claims", "committed", "disbursed", "withheld", "remaining")
        )
        return claims, committed, disbursed, withheld, left

    async def turns_to(self, day: str, before: Books, after: Books) -> None:
        """The last act counts in the new year's books from its day, and from no day before it; the old year's stand as
        they were closed."""
        eve = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
        assert await self.new_year(eve) == before
        assert await self.new_year(day) == after
        assert set((await self.sees(day)).levels.values()) == {(6, 3, 3)}
        entries = await self.reads("/v1/posts/2021/291/71/entries", valid_at="2021-12-31", limit="200")
        self.turned.append((day, entries["items"][-1]["recorded_at"], after))

    async def remembers_the_new_year(self) -> None:
        """Asked again at the end: each day as it was known then, and later days without what came later."""
        for day, known_at, seen in self.turned:
            assert await self.new_year(day, known_at=known_at) == seen
        for (_, known_at, seen), (later, _, _) in zip(self.turned, self.turned[1:], strict=False):
            assert await self.new_year(later, known_at=known_at) == seen

    async def remembers(self) -> None:
        """Asked again at the end: each day as it was known then, and nothing of what came later."""
        for day, known_at, seen in self.steps:
            assert await self.sees(day, known_at=known_at) == seen
        for (_, known_at, seen), (later, _, _) in zip(self.steps, self.steps[1:], strict=False):
            then = await self.sees(later, known_at=known_at)
            assert then.levels == seen.levels, "a day seen with older knowledge holds nothing that was recorded later"

    async def as_ministry(self, method: str, path: str, **body: Any) -> Any:
        """An act of the ministry's own."""
        return await self.as_one(MINISTRY, Role.ministry, method, path, **body)

    async def as_one(self, person: str, role: Role, method: str, path: str, **body: Any) -> Any:
        """An act on the case of somebody who is not at a desk every day."""
        self.acts += 1
        headers = {"Idempotency-Key": f"act {self.acts}", "If-Match": self.seen}
        headers |= signed_in(self.settings, person, role)
        answer = await self.client.request(method, f"{self.case}/{path}", headers=headers, json=body)
        assert answer.is_success, answer.text
        self.seen = answer.headers["ETag"]
        return answer.json()


async def promised_and_half_paid(year: Journey) -> None:
    halves = [{"number": number, "amount_ore": HALF_ORE} for number in (1, 2)]
    await year.opens(proposal(FODT_FRI, 2 * HALF_ORE) | {"instalments": halves} | DECIDED_OUTSIDE, "/v1/award-imports")
    await year.stands(YEARS_END, NOTHING)
    await year.does(INGRID, "PUT", "award/import/confirmation")
    await year.steps_to("2020-02-03", NOTHING, (6, 0, 0))
    await year.does(KARI, "PUT", "letter-release", released_on="2020-02-10", document="20/00123-4")
    await year.does(INGRID, "PUT", "letter-release/confirmation")
    paid = {"amount_ore": HALF_ORE, "paid_on": "2020-02-28", "reference": "B-1001"}
    await year.does(PER, "POST", "instalments/1/payments", **paid)
    await year.steps_to("2020-02-28", (6, 0, 0), (6, 3, 0))


async def warned_withheld_and_complained_of(year: Journey) -> None:
    held = {"amount_ore": HALF_ORE, "reasons": REASONS}
    early = await year.refused(INGRID, "POST", "withholdings", instalment=2, decided_on="2020-11-02", **held)
    assert early["code"] == "prior-warning-missing"
    await year.does(KARI, "PUT", "instalments/2/warning", warned_on="2020-08-11", reply_by="2020-09-01", **held)
    await year.stands("2020-08-11", (6, 3, 0))  # a warning moves nothing
    await year.does(INGRID, "POST", "withholdings", instalment=2, decided_on="2020-11-02", **held)
    await year.steps_to("2020-11-02", (6, 3, 0), (6, 3, 3))
    again = {"amount_ore": HALF_ORE, "paid_on": "2020-11-03", "reference": "B-1002"}
    assert (await year.refused(PER, "POST", "instalments/2/payments", **again))["code"] == "instalment-withheld"

    complaint = {
        "disputed": "withholding",
        "decision_number": 1,
        "decision_arrived_on": "2020-11-02",
        "lodged_on": "2020-11-23",
        "grounds": "Vilkårene er oppfylt.",
    }
    await year.does(KARI, "POST", "complaints", **complaint)
    [shown] = (await year.reads(year.case))["complaint"]["complaints"]
    assert (shown["last_day_on"], shown["late"]) == ("2020-11-23", False)  # day 21 of 21
    own = {"statement": "Opprettholdt.", "forwarded_on": "2020-12-14"}
    assert (await year.refused(INGRID, "PUT", "complaints/1/forwarding", **own))["code"] in (
        "role-missing",
        "same-person-twice",
    )
    await year.does(KARI, "PUT", "complaints/1/forwarding", **own)
    await year.stands("2020-12-14", (6, 3, 3))  # neither does a complaint


async def across_the_year_to_the_estate(year: Journey, outcome: str = "upheld") -> None:
    estate = {"name": "Født Fri, konkursboet", "organisation_number": "974760673"}
    change = {"party": estate, "capacity": "bankruptcy-estate", "document": "20/00123-19", "changed_on": "2021-01-20"}
    await year.does(KARI, "PUT", "party", **change)
    await year.as_ministry(
        "PUT", "complaints/1/outcome", outcome=outcome, document="20/00123-24", decided_on="2021-03-15"
    )


def test_fodt_fri_from_commitment_to_the_ministrys_word_held_over_the_turn_of_the_year(
    database: Database, tmp_path: Path
) -> None:
    async def story(year: Year) -> None:
        journey = Journey(year.client, year.settings)
        for letter in LETTERS:
            await journey.registers(letter.read_bytes())
        await promised_and_half_paid(journey)
        await warned_withheld_and_complained_of(journey)
        before = await journey.sees(YEARS_END)
        assert before.at_disposal_ore == 14_544_300_000  # all nine letters
        await journey.does(ANNE, "POST", "turn-of-year", year=2020)
        assert await journey.sees(YEARS_END) == before  # «kan overføres»: the disputed money stays reserved
        await across_the_year_to_the_estate(journey)
        case = await journey.reads(journey.case)
        assert (case["committed_ore"], case["disbursed_ore"], case["withheld_ore"]) == (
            2 * HALF_ORE,
            HALF_ORE,
            HALF_ORE,
        )
        assert (await journey.sees("2021-03-15")).levels == before.levels  # upheld: the withholding stands
        assert case["complaint"]["complaints"][0]["outcome"] == "upheld"
        told = [line["what"] for line in (await journey.reads(f"{journey.case}/timeline?limit=100"))["items"]]
        assert told.index("withholding.decided.v1") < told.index("complaint.received.v1")
        assert told[-3:] == ["award.commitment-held-over.v2", "complaint.party-changed.v1", "complaint.decided.v1"]
        await journey.remembers()

    play(database, tmp_path, story)


async def the_estate_is_paid(year: Journey) -> None:
    """Attested, asked of accounting, and paid on 29 March 2021."""
    account = {"account_number": "86011117947", "organisation_number": "974760673", "registered_on": "2021-03-22"}
    await year.does(KARI, "PUT", "payee-account", **account)
    kept = (await year.reads(year.case))["disbursement"]["account"]["account_id"]
    seen = {"account_id": kept, "source": "Brev fra boet", "verified_on": "2021-03-23"}
    await year.as_one("siri", Role.caseworker, "PUT", "payee-account/verification", **seen)
    attested = {"amount_ore": HALF_ORE, "attested_on": "2021-03-24", "pay_on": "2021-03-25"}
    await year.does(PER, "POST", "instalments/2/attestations", **attested)
    made = await until(  # the list of what is attested follows within moments
        lambda: year.sends(ANNE, "POST", "/v1/payment-batches", json={"made_on": "2021-03-25"}),
        lambda it: it.is_success,
    )
    [line] = made.json()["lines"]
    paid = {"outcome": "paid", "payment_id": line["payment_id"], "amount_ore": HALF_ORE, "voucher": "B-2101"}
    receipts = {"receipts": [paid | {"answered_on": "2021-03-29"}]}
    taken = await year.sends(ANNE, "POST", f"{made.headers['Location']}/receipts", json=receipts)
    assert taken.is_success, taken.text
    year.seen = (await year.sends(PER, "GET", year.case)).headers["ETag"]


async def into_the_new_year(year: Journey, outcome: str) -> None:
    """The year is turned, 2021's letter opens the post with a hundred million, and 15 March three million are released
    on it; the same day the ministry decides."""
    for letter in LETTERS:
        await year.registers(letter.read_bytes())
    await promised_and_half_paid(year)
    await warned_withheld_and_complained_of(year)
    await year.does(ANNE, "POST", "turn-of-year", year=2020)
    await year.registers(NEW_YEAR)
    assert await year.new_year("2021-01-04") == await year.new_year("2021-03-14") == (3, 0, 0, 0, 100)
    await year.registers(RELEASE)
    await year.turns_to("2021-03-15", (3, 0, 0, 0, 100), (3, 3, 0, 3, 100))
    await across_the_year_to_the_estate(year, outcome)
    assert await year.new_year("2021-03-15") == (3, 3, 0, 3, 100)


def test_the_ministry_upholds_and_the_money_that_was_held_over_is_free_on_the_new_years_post(
    database: Database, tmp_path: Path
) -> None:
    async def story(year: Year) -> None:
        journey = Journey(year.client, year.settings)
        await into_the_new_year(journey, "upheld")
        ground = {"code": "terms-broken", "text": "Vilkårene er ikke oppfylt, slik departementet har stadfestet."}
        known = {"code": "fvl-16-3-c", "ground": "Boet er hørt i klagesaken."}
        hearing = {"warned_on": "2021-03-22", "exemption": known}
        fallen = [{"instalment": 2, "amount_ore": HALF_ORE, "withholding": 1}]
        change = {"kind": "reduction", "reductions": fallen, "ground": ground, "hearing": hearing}
        await journey.does(KARI, "POST", "award/changes", **change)
        approval = {"approved_on": "2021-04-06", "disposal_authority": "Instruks 4.2"}
        await journey.does(INGRID, "PUT", "award/changes/approval", **approval)
        await journey.turns_to("2021-04-06", (3, 3, 0, 3, 100), (0, 0, 0, 0, 103))
        case = await journey.reads(journey.case)
        assert (case["committed_ore"], case["disbursed_ore"], case["withheld_ore"]) == (HALF_ORE, HALF_ORE, 0)
        await journey.remembers_the_new_year()
        await journey.remembers()

    play(database, tmp_path, story)


def test_the_ministry_changes_it_and_the_estate_is_paid_of_the_new_years_post(
    database: Database, tmp_path: Path
) -> None:
    async def story(year: Year) -> None:
        journey = Journey(year.client, year.settings)
        await into_the_new_year(journey, "changed")
        free = {"amount_ore": HALF_ORE, "reason": "Departementet har omgjort vedtaket.", "released_on": "2021-03-22"}
        await journey.does(INGRID, "POST", "withholdings/1/releases", **free)
        await journey.turns_to("2021-03-22", (3, 3, 0, 3, 100), (3, 3, 0, 0, 100))
        await the_estate_is_paid(journey)
        await journey.turns_to("2021-03-29", (3, 3, 0, 0, 100), (3, 3, 3, 0, 100))
        funds = await journey.reads("/v1/posts/2021/291/71/funds", valid_at="2021-12-31")
        [line] = [each for each in funds["items"] if each["held_over_from"]]
        assert (line["held_over_from"], line["disbursed_ore"]) == (FODT_FRI, HALF_ORE)
        back = {"instalment": 2, "amount_ore": MILLION_ORE, "voucher": "T-2101", "received_on": "2021-05-03"}
        await journey.does(KARI, "POST", "repayments", **back)
        await journey.turns_to("2021-05-03", (3, 3, 3, 0, 100), (2, 2, 2, 0, 101))
        case = await journey.reads(journey.case)
        assert (case["committed_ore"], case["disbursed_ore"]) == (5 * MILLION_ORE, 5 * MILLION_ORE)
        await journey.remembers_the_new_year()
        await journey.remembers()

    play(database, tmp_path, story)


def test_on_a_post_that_cannot_be_carried_over_the_reserved_money_lapses_at_the_turn_of_the_year(
    database: Database, tmp_path: Path
) -> None:
    """The same without supplement 8, which is what gives 291/71 its keyword."""

    async def story(year: Year) -> None:
        journey = Journey(year.client, year.settings)
        for letter in LETTERS[:-1]:
            await journey.registers(letter.read_bytes())
        await promised_and_half_paid(journey)
        await warned_withheld_and_complained_of(journey)
        await journey.does(ANNE, "POST", "turn-of-year", year=2020)
        await journey.steps_to(YEARS_END, (6, 3, 3), (3, 3, 0))
        await across_the_year_to_the_estate(journey)
        case = await journey.reads(journey.case)
        assert (case["committed_ore"], case["disbursed_ore"], case["withheld_ore"]) == (HALF_ORE, HALF_ORE, 0)
        assert "award.commitment-lapsed.v1" in [
            line["what"] for line in (await journey.reads(f"{journey.case}/timeline?limit=100"))["items"]
        ]
        await journey.remembers()

    play(database, tmp_path, story)
