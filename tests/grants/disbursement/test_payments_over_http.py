"""From an attested instalment to money in the accounts, over HTTP: accounts, batches, files, receipts, deadlines."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from dev.verifying.log import verify
from services.grants.disbursement.payment_lists import PaymentsBehind, catch_up
from services.grants.settings import Settings
from services.httpapi.callers.caller import Role
from tests.conftest import Database
from tests.faults.service import ROOT, issuer_of, open_funds, serving, settings_of
from tests.grants.disbursement.payments_over_http import ACCOUNT, MADE, Paying
from tests.journeys.office import ANNE, KARI, LIV, OLA, PER, SIRI
from tests.patience import PATIENCE_SECONDS, until
from tests.probing_days import left_alone

ASKED_FOR = "reason=Mottakeren%20ba%20om%20det."
TIMES = 50


def play(settings: Settings, story: Callable[[Paying], Awaitable[None]]) -> None:
    async def go() -> None:
        async with serving(settings) as (_, client):
            await story(Paying(client, settings))

    asyncio.run(go())


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """A post with 10,000 øre, and an accounting system that takes files from a directory."""
    open_funds(database, post_ore=10_000, fodt_fri=10_000)
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    told = settings_of(database, tmp_path)
    return replace(told, accounting_outbox=outbox, ledger_accounts={"291/71": "8500"})


def paid(payment_id: str, **other: Any) -> dict[str, Any]:
    told = {
        "outcome": "paid",
        "payment_id": payment_id,
        "amount_ore": 300,
        "voucher": "B-1",
        "answered_on": "2020-03-02",
    }
    return told | other


def test_what_is_attested_is_in_a_batch_asked_for_at_once_and_the_batch_waits_no_longer_than_it_must(
    settings: Settings, database: Database
) -> None:
    async def story(office: Paying) -> None:
        for _ in range(4):
            payment_id = await office.attests()
            made = await office.makes_batch()
            assert made.status_code == 201, made.text
            assert [line["payment_id"] for line in made.json()["lines"]] == [payment_id]
        async with (
            AsyncConnectionPool(settings.database_url) as pool,
            await psycopg.AsyncConnection.connect(database.admin_dsn) as still,
        ):
            await still.execute("LOCK TABLE grants.event IN SHARE MODE")  # or a batch is handed over between the two
            await catch_up(pool, seconds=PATIENCE_SECONDS)
            await catch_up(pool, seconds=0)
        with psycopg.connect(settings.database_url) as held:
            held.execute("SELECT FROM grants_view.edition FOR UPDATE")
            await office.attests()
            async with AsyncConnectionPool(settings.database_url) as pool:
                with pytest.raises(PaymentsBehind):
                    await catch_up(pool, seconds=0.1)

    play(settings, story)


def test_a_batch_is_asked_for_paid_and_reconciled(settings: Settings) -> None:
    async def story(office: Paying) -> None:
        payment_id = await office.attests()
        made = await office.makes_batch()
        assert made.status_code == 201, made.text
        batch, address = made.json(), made.headers["Location"]
        assert (batch["count"], batch["control_total_ore"], batch["left_out"]) == (1, 300, [])
        await office.reconciles(unanswered_ore=300)

        fetched = await office.calls(ANNE, "GET", f"{address}/file")
        assert sha256(fetched.content).hexdigest() == batch["sha256"]
        assert settings.accounting_outbox is not None
        await office.hands_over(address)
        (there,) = settings.accounting_outbox.glob("[!.]*")
        assert (there.name, there.read_bytes()) == (batch["file_name"], fetched.content)
        line = json.loads(fetched.content.splitlines()[1])
        assert (line["account_number"], line["ledger_account"]) == ("86011117947", "8500")

        receipts = {"receipts": [paid(payment_id)]}
        taken = await office.calls(ANNE, "POST", f"{address}/receipts", receipts)
        assert taken.status_code == 200, taken.text
        assert (taken.json()["paid_ore"], taken.json()["unanswered_ore"]) == (300, 0)
        case = await office.reads(office.case)
        assert (case["disbursed_ore"], case["requested_ore"]) == (300, 0)
        assert case["disbursement"]["payments"][0]["voucher"] == "B-1"
        await office.reconciles(paid_ore=300, ledger_disbursed_ore=300)

        again = await office.calls(ANNE, "POST", f"{address}/receipts", receipts)
        assert again.status_code == 200
        wrong = {"receipts": [paid(payment_id, voucher="B-2")]}
        told = await office.calls(ANNE, "POST", f"{address}/receipts", wrong)
        assert (told.status_code, told.json()["code"]) == (422, "receipts-unusable")
        assert told.json()["problems"] == [{"place": 1, "payment_id": payment_id, "code": "answered-otherwise"}]
        (listed,) = (await office.reads("/v1/payment-batches"))["items"]
        assert listed["batch_id"] == batch["batch_id"]

    play(settings, story)


def test_nothing_of_a_file_of_receipts_is_taken_when_one_cannot_be_so(settings: Settings) -> None:
    async def story(office: Paying) -> None:
        payment_id = await office.attests()
        address = (await office.makes_batch()).headers["Location"]
        stranger = "00000000-0000-4000-8000-000000000009"
        told = await office.calls(
            ANNE, "POST", f"{address}/receipts", {"receipts": [paid(payment_id), paid(stranger, voucher="B-2")]}
        )
        assert told.json()["problems"] == [{"place": 2, "payment_id": stranger, "code": "unknown-payment"}]
        assert (await office.reads(address))["unanswered_ore"] == 300
        refused = {"outcome": "refused", "payment_id": payment_id, "amount_ore": 300, "code": "account-closed",
                   "reason": "Kontoen er avsluttet", "answered_on": "2020-03-02"}  # fmt: skip
        taken = await office.calls(ANNE, "POST", f"{address}/receipts", {"receipts": [refused]})
        assert taken.json()["refused_ore"] == 300
        first, _ = (await office.reads(f"{office.case}/instalments?on=2020-03-03"))["items"]
        assert (first["payable_ore"], first["blocks"]) == (300, [])

    play(settings, story)


def test_fifty_at_once_under_one_key_are_one_batch(settings: Settings, database: Database) -> None:
    async def story(office: Paying) -> None:
        await office.attests()
        await office.reconciles(attested_ore=300)
        answers = await asyncio.gather(*(office.makes_batch("once") for _ in range(TIMES)))
        assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
        await office.hands_over(answers[0].headers["Location"])

    play(settings, story)
    assert settings.accounting_outbox is not None
    assert len(list(settings.accounting_outbox.glob("[!.]*"))) == 1
    topics = "SELECT count(*) FROM grants.event WHERE topic LIKE 'disbursement.batch-%' GROUP BY topic ORDER BY topic"
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute(topics.encode()).fetchall() == [(1,), (1,)]


def test_killed_before_the_hand_over_the_next_start_hands_over(settings: Settings) -> None:
    """The outbox is gone when the batch is made, as after a crash: the batch stands, and waits to be handed over."""
    outbox = settings.accounting_outbox
    assert outbox is not None
    outbox.rmdir()
    batches: list[dict[str, Any]] = []

    async def made(office: Paying) -> None:
        await office.attests()
        answer = await office.makes_batch()
        batches.append(await office.reads(answer.headers["Location"]))

    async def handed_over(office: Paying) -> None:
        address = f"/v1/payment-batches/{batches[0]['batch_id']}"
        await until(lambda: office.reads(address), lambda it: it["handed_over_on"])

    play(settings, made)
    assert batches[0]["handed_over_on"] is None
    outbox.mkdir()
    play(settings, handed_over)
    (there,) = outbox.glob("[!.]*")
    assert sha256(there.read_bytes()).hexdigest() == batches[0]["sha256"]


def test_every_reason_that_an_instalment_waits_is_listed_over_http(settings: Settings) -> None:
    async def story(office: Paying) -> None:
        await office.proposes(300, 300)
        assert (await office.reads(f"{office.case}/instalments"))["items"] == []
        await office.does(OLA, "PUT", "award/approval", approved_on="2020-02-03", disposal_authority="Instruks 4.2")
        first, second = (await office.reads(f"{office.case}/instalments?on=2021-01-04"))["items"]
        codes = ["letter-not-released", "account-unverified", "outside-budget-year"]
        assert [block["code"] for block in first["blocks"]] == codes
        assert all(block["title"] and block["detail"] for block in second["blocks"])

    play(settings, story)


def test_an_account_is_seen_by_those_who_keep_it_and_erased_for_good(settings: Settings, database: Database) -> None:
    async def story(office: Paying) -> None:
        payment_id = await office.attests()
        account = await office.reads(f"{office.case}/payee-account")
        assert (account["account_number"], account["verified_by"]) == ("86011117947", SIRI)
        assert "86011117947" not in json.dumps(await office.reads(office.case))
        address = f"/v1/payee-accounts/{account['account_id']}"
        unexplained = await office.calls(LIV, "DELETE", address)
        assert unexplained.status_code == 422
        erased = [await office.calls(LIV, "DELETE", f"{address}?{ASKED_FOR}") for _ in range(2)]
        assert [answer.status_code for answer in erased] == [204, 204]
        assert (await office.reads(f"{office.case}/payee-account"))["account_number"] is None
        await office.reconciles(attested_ore=300)
        told = await office.calls(ANNE, "POST", "/v1/payment-batches", MADE)
        assert told.json()["code"] == "nothing-to-request"
        assert [(each["payment_id"], each["codes"]) for each in told.json()["left_out"]] == [
            (payment_id, ["account-erased"])
        ]
        taken = {"reason": "Kontoen er slettet", "taken_back_on": "2020-03-01"}
        case = await office.does(PER, "PUT", f"payments/{payment_id}/taken-back", **taken)
        assert case["requested_ore"] == 0

    play(settings, story)
    query = "SELECT count(*) FROM grants.event WHERE position(%s IN convert_from(data, 'UTF8')) > 0"
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute(query, ("86011117947",)).fetchall() == [(0,)]


def test_an_account_is_bound_by_the_log_until_it_is_erased_and_a_changed_one_is_found(
    settings: Settings, database: Database
) -> None:
    async def registered(office: Paying) -> None:
        await office.attests()

    play(settings, registered)
    [account] = ask(database, "SELECT id, octet_length(salt) FROM grants.payee_account")
    assert account[1] == 32
    assert [fault for fault in verify(database.reader_dsn, None, None)[1] if fault.kind == "row"] == []
    ask(database, "ALTER TABLE grants.payee_account DISABLE TRIGGER ALL")
    ask(database, "UPDATE grants.payee_account SET account_number = '12345678903'")
    ask(database, "ALTER TABLE grants.payee_account ENABLE ALWAYS TRIGGER payee_account_is_only_erased")
    [fault] = [fault for fault in verify(database.reader_dsn, None, None)[1] if fault.kind == "row"]
    assert f"{account[0]} is not the one that was bound" in fault.detail

    async def erased(office: Paying) -> None:
        told = await office.calls(LIV, "DELETE", f"/v1/payee-accounts/{account[0]}?{ASKED_FOR}")
        assert told.status_code == 204

    play(settings, erased)
    assert ask(database, "SELECT account_number, salt FROM grants.payee_account") == [(None, None)]
    counts, faults = verify(database.reader_dsn, None, None)
    assert [fault for fault in faults if fault.kind == "row"] == []
    assert (counts["accounts bound by a digest"], counts["accounts erased"]) == (1, 1)


def test_that_an_account_is_erased_is_a_fact_and_one_that_is_emptied_without_it_is_found(
    settings: Settings, database: Database
) -> None:
    async def registered(office: Paying) -> None:
        await office.attests()

    play(settings, registered)
    [(account,)] = ask(database, "SELECT id FROM grants.payee_account")
    with psycopg.connect(database.service_dsn) as service, pytest.raises(psycopg.errors.InsufficientPrivilege):
        service.execute("UPDATE grants.payee_account SET account_number = NULL, erased_at = clock_timestamp()")
    ask(database, "UPDATE grants.payee_account SET account_number = NULL, erased_at = clock_timestamp()")
    [fault] = [fault for fault in verify(database.reader_dsn, None, None)[1] if fault.kind == "row"]
    assert f"{account} is erased and no fact says so" in fault.detail

    async def erased(office: Paying) -> None:
        told = await office.calls(LIV, "DELETE", f"/v1/payee-accounts/{account}?{ASKED_FOR}")
        assert told.status_code == 204

    play(settings, erased)
    assert [fault for fault in verify(database.reader_dsn, None, None)[1] if fault.kind == "row"] == []
    query = f"SELECT convert_from(data, 'UTF8')::jsonb - 'erased_on' FROM grants.event WHERE stream ~ '{account}'"
    reason = "Mottakeren ba om det."
    assert ask(database, query) == [({"account_id": str(account), "reason": reason, "erased_by": LIV},)]


def ask(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """What whoever owns the database does."""
    with psycopg.connect(database.admin_dsn) as connection:
        done = connection.execute(statement.encode())
        return done.fetchall() if done.description else []


def test_an_account_that_is_refused_leaves_nothing_behind(settings: Settings, database: Database) -> None:
    async def story(office: Paying) -> None:
        await office.grants(300)
        for wrong, code in (
            ({"account_number": "86011117948"}, "account-number-invalid"),
            ({"organisation_number": "123456789"}, "organisation-number-invalid"),
            ({"registered_on": "1900-01-01"}, "before-what-it-builds-on"),
        ):
            with left_alone():
                told = await office.refused(KARI, "PUT", "payee-account", **(ACCOUNT | wrong))
            assert told["code"] == code

    play(settings, story)
    with psycopg.connect(database.admin_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM grants.payee_account").fetchall() == [(0,)]


def test_a_payment_of_the_systems_own_days_is_not_imported(settings: Settings) -> None:
    async def story(office: Paying) -> None:
        await office.grants(300)
        now = {"amount_ore": 300, "paid_on": "2021-01-01", "reference": "B-1"}
        assert (await office.refused(PER, "POST", "instalments/1/payments", **now))["code"] == "payment-not-history"
        await office.pays(1, 300)
        await office.reconciles(imported_ore=300, ledger_disbursed_ore=300)

    play(settings, story)


def test_the_pay_out_deadlines_of_2020_are_listed_and_told_once(database: Database, tmp_path: Path) -> None:
    async def story(office: Paying) -> None:
        token = issuer_of(office.settings).mint(ANNE, list(Role))
        for path in sorted((ROOT / "data" / "letters" / "2020").glob("0[0-4]-*.yaml")):
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": path.name}
            sent = await office.client.post(
                "/v1/letters",
                content=path.read_bytes(),
                headers=headers | {"Content-Type": "application/yaml"},
            )
            assert sent.is_success, sent.text
        listed = (await office.reads("/v1/pay-out-deadlines?year=2020&on=2020-10-17"))["items"]
        assert [(each["fund_id"], each["left_ore"], each["days_left"], each["state"]) for each in listed] == [
            ("2020/291/60/utvidet-programtid", 25_000_000_000, 14, "near"),
            ("2020/292/60/utvidet-norskopplaering", 16_100_000_000, 14, "near"),
        ]
        for day, passed in (("2020-10-17", [False, False]), ("2020-10-18", []), ("2020-11-01", [True, True])):
            asked = {"year": 2020, "on": day}
            answer = await office.calls(ANNE, "POST", "/v1/pay-out-deadlines/tellings", asked)
            assert [each["passed"] for each in answer.json()["told"]] == passed
        ahead = await office.calls(ANNE, "POST", "/v1/pay-out-deadlines/tellings", {"year": 2020, "on": "2199-01-01"})
        assert (ahead.status_code, ahead.json()["code"]) == (422, "telling-ahead")
        feed = await office.reads("/v1/feed?limit=500")
        told = [each for each in feed if each["type"] == "no.tilsagn.disbursement.pay-out-deadline-told.v1"]
        assert [each["data"]["passed"] for each in told] == [False, False, True, True]

    play(settings_of(database, tmp_path), story)


def test_neither_reader_nor_service_changes_accounts_or_files(database: Database) -> None:
    kept = "INSERT INTO grants.payee_account VALUES (gen_random_uuid(), '86011117947', '974760673')"
    file = (
        "INSERT INTO grants.payment_file (sha256, batch_id, content)"
        " VALUES (encode(sha256('x'), 'hex'), gen_random_uuid(), 'x')"
    )
    tables = ("grants.payee_account", "grants.payment_file")
    with psycopg.connect(database.service_dsn, autocommit=True) as service:
        service.execute(kept)
        service.execute(file.encode())
        for refused in (
            "UPDATE grants.payee_account SET account_number = '12345678911'",
            "UPDATE grants.payee_account SET organisation_number = '123456789'",
            "UPDATE grants.payment_file SET content = 'y'",
            *(f"DELETE FROM {table}" for table in tables),
            *(f"TRUNCATE {table}" for table in tables),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute(refused.encode())
    with psycopg.connect(database.reader_dsn, autocommit=True) as reader:
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"SELECT * FROM {table}".encode())
