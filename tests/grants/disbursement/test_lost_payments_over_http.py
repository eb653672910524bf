"""A payment that a restored log has lost, and that accounting has paid: booked by one, found by another, over HTTP."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from services.eventlog.command import Write
from services.grants.case.events.disbursement import BatchLine, InstalmentPaid
from services.grants.case.events.lost_payment import LostPaymentSettled, PaymentBatchLost
from services.grants.disbursement.lost.rules import STREAM
from tests.conftest import Database
from tests.faults.meanwhile import meanwhile
from tests.faults.service import open_funds, serving, settings_of
from tests.grants.application.desk import record
from tests.grants.disbursement.payments_over_http import Paying
from tests.journeys.office import ANNE, PER

PAYMENT, BATCH = UUID(int=1), UUID(int=2)
BOOKING = {"amount_ore": 300, "paid_on": "2020-03-02", "reference": "B-7"}
PAID = {"outcome": "paid", "reason": "Regnskapet viser bilag B-7.", "voucher": "B-7"}
ADDRESS = f"/v1/lost-payments/{PAYMENT}/settlement"


def lost_of(case_id: UUID) -> PaymentBatchLost:
    """A batch of one payment of this case, which the log has lost."""
    return PaymentBatchLost(
        batch_id=BATCH, lines=(BatchLine(payment_id=PAYMENT, case_id=case_id, amount_ore=300),),
        control_total_ore=300, file_name="tilsagn.jsonl", sha256="ab" * 32, made_on=date(2020, 3, 1), position=57,
    )  # fmt: skip


def test_what_accounting_paid_is_booked_by_one_and_found_by_another(database: Database, tmp_path: Path) -> None:
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    settings = replace(settings_of(database, tmp_path), system_began_on=date(2020, 3, 1))

    async def story(office: Paying) -> None:
        await office.grants(300, 300)
        early = await office.refused(PER, "POST", "instalments/1/payments", **BOOKING)
        assert early["code"] == "payment-not-history"
        case_id = UUID(office.case.removeprefix("/v1/cases/"))
        await asyncio.to_thread(record, database, STREAM, lost_of(case_id))
        other = await office.refused(PER, "POST", "instalments/1/payments", **BOOKING | {"amount_ore": 299})
        assert other["code"] == "payment-not-history"
        for voucher in ({}, {"voucher": "B-7"}):
            told = await office.calls(ANNE, "PUT", ADDRESS, {**PAID, "voucher": None} | voucher)
            assert told.json()["code"] == "lost-payment-not-booked", told.text
        await office.does(PER, "POST", "instalments/1/payments", **BOOKING)
        mine = await office.calls(PER, "PUT", ADDRESS, PAID)
        assert (mine.status_code, mine.json()["code"]) == (409, "same-person-twice")
        [waits] = (await office.reads("/v1/lost-payments"))["items"]
        assert (waits["outcome"], waits["deviation"]) == (None, None)
        for _ in range(2):
            told = await office.calls(ANNE, "PUT", ADDRESS, PAID)
            assert told.json() == {"payment_id": str(PAYMENT), "outcome": "paid"}, told.text
        [shown] = (await office.reads("/v1/lost-payments"))["items"]
        assert (shown["outcome"], shown["voucher"], shown["deviation"]) == ("paid", "B-7", None)

    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Paying(client, settings))

    asyncio.run(go())


def test_what_is_said_of_a_lost_payment_in_that_moment_is_not_overlooked(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody finds that it was not paid between the reading and the recording of its booking."""
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    settings = replace(settings_of(database, tmp_path), system_began_on=date(2020, 3, 1))
    unpaid = LostPaymentSettled(payment_id=PAYMENT, outcome="not-paid", reason="Aldri mottatt.", settled_by="anne")

    async def go() -> None:
        async with serving(settings) as (_, client):
            office = Paying(client, settings)
            await office.grants(300, 300)
            await asyncio.to_thread(record, database, STREAM, lost_of(UUID(office.case.removeprefix("/v1/cases/"))))
            meanwhile(monkeypatch, lambda event: isinstance(event, InstalmentPaid), Write(STREAM, 1, (unpaid,)))
            told = await office.refused(PER, "POST", "instalments/1/payments", **BOOKING)
            assert told["code"] == "stale-version"
            told = await office.refused(PER, "POST", "instalments/1/payments", **BOOKING)
            assert told["code"] == "payment-not-history"

    asyncio.run(go())
