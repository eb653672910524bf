"""What must not be lost with the database is kept beside the checkpoints: whoever was erased stays erased when a backup
from before is brought back, and what accounting may have been asked for is not asked for again until somebody says."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev.verifying.log import verify
from services.eventlog.checkpoints.behind import LogBehind
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.outside.kept_outside import FOLDER, KeptFact, KeptOutside
from services.grants.balance.digest import read_digest
from services.grants.restoring import left, take_up
from services.grants.settings import Settings
from services.httpapi.restoration.acting import Restoration
from tests.conftest import Database
from tests.eventlog.played import KEY
from tests.faults.restored_gate import restored
from tests.faults.service import open_funds, serving, settings_of
from tests.grants.application.desk import ANNE, KARI, SCHEMES, SOUGHT_ORE, Desk, record
from tests.grants.disbursement.payments_over_http import Paying
from tests.journeys.office import LIV
from tests.patience import until

WHY = "reason=Personen%20ba%20om%20det."
STAFF = {"subject": "per", "name": "Per Betaler", "title": "seniorrådgiver", "valid_from": "2020-01-01"}
CONTACT = "SELECT count(*) FROM grants.contact WHERE name IS NOT NULL"
ACCOUNT = "SELECT count(*) FROM grants.payee_account WHERE account_number IS NOT NULL"
NAMED = "SELECT count(*) FROM grants.staff WHERE name IS NOT NULL"


class Kept:
    """A service that signs, with an accounting folder, and a backup of its database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        key = folder / "checkpoint-key.pem"
        key.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.outbox, self.checkpoints = folder / "accounting", folder / "checkpoints"
        self.outbox.mkdir(exist_ok=True)

    def settings(self, database: Database) -> Settings:
        return replace(
            settings_of(database, self.folder),
            checkpoint_dir=self.checkpoints,
            checkpoint_key=self.folder / "checkpoint-key.pem",
            accounting_outbox=self.outbox,
            ledger_accounts={"291/71": "8500"},
        )

    def play(self, database: Database, story: Callable[[Any], Awaitable[None]], kind: Any = Paying) -> None:
        settings = self.settings(database)

        async def go() -> None:
            async with serving(settings) as (_, client):
                await story(kind(client, settings))

        asyncio.run(go())

    def restoration(self, database: Database) -> Restoration:
        return Restoration(
            database.service_dsn, Checkpoints(self.checkpoints), KEY, log="grants", digest=read_digest,
            outside=left(self.outbox), take_up=take_up,
        )  # fmt: skip

    def goes_on(self, database: Database) -> Restoration:
        """Two people say so."""
        self.restoration(database).propose(reason="Disken brant.", by="kari")
        restoration = self.restoration(database)
        restoration.confirm(by="ola")
        return restoration

    def holds(self, database: Database) -> list[str]:
        faults = verify(database.reader_dsn, self.checkpoints, self.checkpoints / PUBLIC_KEY)[1]
        return [str(each) for each in faults]

    @contextmanager
    def backed_up(self, after: Callable[[Any], Awaitable[None]], kind: Any = Paying) -> Iterator[Database]:
        """The database as it is now, once more has happened in the one that it is a copy of."""
        with restored(self.database) as backup:
            self.play(self.database, after, kind)
            yield backup


def count(database: Database, query: str) -> int:
    with psycopg.connect(database.admin_dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def service(database: Database, tmp_path: Path) -> Kept:
    open_funds(database, post_ore=100 * SOUGHT_ORE, jobbsjansen=100 * SOUGHT_ORE, fodt_fri=10_000)
    return Kept(database, tmp_path)


def test_a_contact_person_who_was_erased_stays_erased(service: Kept) -> None:
    for scheme_id, facts in SCHEMES.items():
        record(service.database, f"scheme-{scheme_id}", *facts)
    ids: list[str] = []

    async def applied(desk: Desk) -> None:
        ids.append((await desk.opens()).json()["application"]["contact_id"])

    async def erased(desk: Desk) -> None:
        assert (await desk.sends(ANNE, "DELETE", f"/v1/contacts/{ids[0]}")).status_code == 200

    service.play(service.database, applied, Desk)
    with service.backed_up(erased, Desk) as backup:
        assert count(backup, CONTACT) == 1
        again = service.goes_on(backup).again
        assert [each.event.TOPIC for each in again] == ["application.contact-erased.v1"]
        assert count(backup, CONTACT) == 0

        async def goes_on(desk: Desk) -> None:
            desk.case = again[0].stream.replace("case-", "/v1/cases/")
            assert (await desk.reads(KARI, f"{desk.case}/contact"))["name"] is None

        service.play(backup, goes_on, Desk)
        assert service.holds(backup) == []


def test_a_member_of_staff_and_an_account_that_were_erased_stay_erased(service: Kept) -> None:
    ids: list[str] = []

    async def named(office: Paying) -> None:
        await office.grants(300, 300)
        await office.keeps_account()
        ids.append((await office.reads(f"{office.case}/payee-account"))["account_id"])
        ids.append((await office.calls(LIV, "POST", "/v1/staff", STAFF)).json()["entry_id"])

    async def erased(office: Paying) -> None:
        for address in (f"/v1/payee-accounts/{ids[0]}?{WHY}", f"/v1/staff/{ids[1]}?{WHY}"):
            assert (await office.calls(LIV, "DELETE", address)).is_success

    service.play(service.database, named)
    with service.backed_up(erased) as backup:
        assert (count(backup, ACCOUNT), count(backup, NAMED)) == (1, 1)
        assert len(service.goes_on(backup).again) == 2
        assert (count(backup, ACCOUNT), count(backup, NAMED)) == (0, 0)

        async def goes_on(_: Paying) -> None:
            return

        service.play(backup, goes_on)
        assert service.holds(backup) == []
        kept = KeptOutside(service.checkpoints, KEY, log="grants").list_all()
        with psycopg.connect(backup.admin_dsn) as connection:
            assert len(kept) == 4  # as they were recorded first, and again
            assert take_up(connection, kept) == []


def test_a_payment_that_accounting_may_have_is_not_asked_for_again_until_somebody_says(service: Kept) -> None:
    paid: list[str] = []

    async def attested(office: Paying) -> None:
        paid.append(await office.attests())

    async def asked_for(office: Paying) -> None:
        made = await office.makes_batch()
        assert made.status_code == 201, made.text
        await office.hands_over(made.headers["Location"])
        for file in service.outbox.iterdir():
            file.unlink()  # accounting took it

    service.play(service.database, attested)
    with service.backed_up(asked_for) as backup:
        restoration = service.goes_on(backup)
        assert [each.stream for each in restoration.again] == ["lost-batches"]

        async def goes_on(office: Paying) -> None:
            office.acts = 1_000  # other keys: the same would be the same batch
            refused = await office.makes_batch()
            assert refused.json()["code"] == "nothing-to-request"
            assert [each["codes"] for each in refused.json()["left_out"]] == [["lost-batch-unsettled"]]
            [shown] = (await office.reads("/v1/lost-payments"))["items"]
            assert (shown["payment_id"], shown["outcome"]) == (paid[0], None)
            address = f"/v1/lost-payments/{paid[0]}/settlement"
            found = {"outcome": "not-paid", "reason": "Regnskap fikk aldri lest fila."}
            for _ in range(2):
                assert (await office.calls(ANNE, "PUT", address, found)).status_code == 200
            other = await office.calls(ANNE, "PUT", address, found | {"outcome": "paid"})
            assert other.json()["code"] == "lost-payment-settled"
            assert (await office.makes_batch()).status_code == 201

        service.play(backup, goes_on)
        assert service.holds(backup) == []


def test_what_was_kept_and_not_yet_signed_for_is_taken_up_by_whoever_starts(service: Kept) -> None:
    """The last minute before a checkpoint: nothing says that the log lacks anything, and nobody is asked."""

    async def attested(office: Paying) -> None:
        await office.attests()

    async def asked_for(office: Paying) -> None:
        assert (await office.makes_batch()).status_code == 201

    service.play(service.database, attested)
    signed = {path.name for path in service.checkpoints.glob("*.json")}
    with service.backed_up(asked_for) as backup:
        for path in service.checkpoints.glob("*.json"):
            if path.name not in signed:
                path.unlink()

        async def goes_on(office: Paying) -> None:
            office.acts = 1_000
            await until(lambda: office.reads("/v1/lost-payments"), lambda it: len(it["items"]) == 1)
            assert (await office.makes_batch()).json()["code"] == "nothing-to-request"

        service.play(backup, goes_on)


def test_until_two_people_say_so_nothing_is_taken_up(service: Kept) -> None:
    async def attested(office: Paying) -> None:
        await office.attests()

    async def asked_for(office: Paying) -> None:
        assert (await office.makes_batch()).status_code == 201

    service.play(service.database, attested)
    with service.backed_up(asked_for) as backup:
        facts = count(backup, "SELECT max(position) FROM grants.event")

        async def waits(office: Paying) -> None:
            assert (await office.makes_batch()).json()["code"] == LogBehind.code

        service.play(backup, waits)
        assert count(backup, "SELECT max(position) FROM grants.event") == facts


def test_what_the_service_did_not_sign_is_nothing_that_was_kept(tmp_path: Path) -> None:
    fact = KeptFact(log="grants", position=7, hash="ab" * 32, stream="s", topic="t.v1", data="{}")
    kept = KeptOutside(tmp_path, KEY, log="grants")
    for _ in range(2):
        kept.add(fact)
    assert kept.list_all() == [fact]
    assert KeptOutside(tmp_path, KEY, log="notifications").list_all() == []
    [file] = (tmp_path / FOLDER).glob("[0-9]*.json")
    file.write_text(file.read_text().replace('"position": 7', '"position": 8'))
    assert kept.list_all() == []
