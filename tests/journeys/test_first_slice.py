"""Født Fri's six million of 2020, from the real letter to the second half withheld, let go and withheld again.

Over HTTP, by the people who do it; after each step the post is read as of a day, and at the end as it was known then.
"""

from pathlib import Path

from tests.conftest import Database
from tests.faults.service import (
    APPROVAL,
    DECIDED_OUTSIDE,
    INGRID,
    KARI,
    PER,
    ROOT,
    open_funds,
    proposal,
)
from tests.journeys.first_slice import FODT_FRI, KRONE_ORE, MILLION_ORE, YEARS_END, Year, play

LETTER = (ROOT / "data" / "letters" / "2020" / "00-tildelingsbrev.yaml").read_bytes()
REASONS = [{"code": "accounts-unsound", "text": "Regnskapet viser ikke hva tilskuddet er brukt til."}]

"""Committed, disbursed and withheld of 291/71, in millions of kroner."""


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
