"""Reclaims and repayments over HTTP: each address once, what it answers, and how a refusal reads."""

from pathlib import Path

from tests.conftest import Database
from tests.faults.service import open_funds
from tests.journeys.office import ANNE, KARI, LIV, MISUSED, OLA, Office, work

WARNING = {"amount_ore": 300, "reasons": MISUSED, "reply_by": "2020-09-01", "warned_on": "2020-08-11"}
CLAIM = {
    "instalment": 1, "amount_ore": 300, "reasons": MISUSED, "pay_by": "2020-11-30", "decided_on": "2020-11-02",
}  # fmt: skip


def test_paid_money_is_claimed_back_reduced_repaid_and_netted(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500, 500)
        await office.pays(1, 500)
        warned = await office.does(KARI, "PUT", "instalments/1/reclaim-warning", **WARNING)
        assert [waiting["reply_by"] for waiting in warned["withholding"]["reclaim_warnings"]] == ["2020-09-01"]
        claimed = await office.does(OLA, "POST", "reclaims", **CLAIM)
        assert claimed["withholding"]["reclaims"][0]["standing_ore"] == 300
        less = {"amount_ore": 50, "reason": "Dokumentert.", "reduced_on": "2020-11-10"}
        await office.does(OLA, "POST", "reclaims/1/reductions", **less)
        back = {"reclaim": 1, "amount_ore": 150, "voucher": "B-2001", "received_on": "2020-11-20"}
        repaid = await office.does(ANNE, "POST", "repayments", **back)
        assert repaid["withholding"]["repayments"][0]["credited"] is True
        against = [{"instalment": 2, "amount_ore": 100}]
        netted = await office.does(LIV, "POST", "reclaims/1/netting", against=against, netted_on="2020-12-01")
        (claim,) = netted["withholding"]["reclaims"]
        assert (claim["claimed_ore"], claim["repaid_ore"], claim["netted_ore"]) == (250, 150, 100)
        assert claim["standing_ore"] == 0
        assert (netted["committed_ore"], netted["disbursed_ore"], netted["outstanding_ore"]) == (750, 350, 400)

    work(database, tmp_path, story)


def test_a_reclaim_on_an_exemption_says_which(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500)
        await office.pays(1, 500)
        unheard = {name: value for name, value in WARNING.items() if name != "reply_by"}
        told = await office.refused(KARI, "PUT", "instalments/1/reclaim-warning", **unheard)
        assert (told["status"], told["code"]) == (422, "hearing-unclear")
        exemption = {"code": "fvl-16-3-a", "ground": "Kontoen tømmes."}
        await office.does(KARI, "PUT", "instalments/1/reclaim-warning", **unheard, exemption=exemption)
        claimed = await office.does(OLA, "POST", "reclaims", **CLAIM)
        assert claimed["withholding"]["reclaims"][0]["exemption"] == exemption

    work(database, tmp_path, story)


def test_a_refused_repayment_tells_how_much_the_claim_still_asks_for(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=1_000, fodt_fri=1_000)

    async def story(office: Office) -> None:
        await office.grants(500)
        await office.pays(1, 500)
        await office.does(KARI, "PUT", "instalments/1/reclaim-warning", **WARNING)
        await office.does(OLA, "POST", "reclaims", **CLAIM)
        back = {"reclaim": 1, "amount_ore": 301, "voucher": "B-2001", "received_on": "2020-11-20"}
        told = await office.refused(ANNE, "POST", "repayments", **back)
        assert (told["status"], told["code"], told["standing_ore"]) == (409, "beyond-reclaim", 300)
        unknown = await office.refused(ANNE, "POST", "repayments", **{**back, "reclaim": 2})
        assert (unknown["status"], unknown["code"]) == (404, "unknown-reclaim")

    work(database, tmp_path, story)
