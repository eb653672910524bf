"""From an approved award to a letter on its recipient's table, through both services over HTTP: the ministry is told,
fourteen days pass on every clock, and nothing leaves a microsecond before.

The clock is the test's: the service is given one, and the owner of this database replaces its function. A deployment
has neither.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import psycopg
import pytest
import uvicorn
from prometheus_client import CollectorRegistry

from dev.at_its_day import AtItsDay, acted_on
from services.eventlog.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.checkpointer import Checkpointer
from services.eventlog.sweeping import Sweeping
from services.grants.balance.digest import read_digest
from services.grants.main import create_app as create_grants
from services.grants.scheme.events import NoticePolicy, SchemeRegistered, SchemeTerms, Source
from services.grants.scheme.notice_policy.events import NoticePolicyConfirmed
from services.httpapi.app import Service
from services.httpapi.caller import Role
from services.httpapi.issuer import DevelopmentIssuer
from services.httpapi.server import Server
from services.notifications.channel.sender import Sender
from services.notifications.main import create_app as create_notifications
from services.notifications.settings import Settings
from tests.conftest import Database
from tests.eventlog.played import KEY
from tests.faults.service import ROOT, issuer_of, open_funds, settings_of
from tests.grants.award.grant_letters import TERMS
from tests.grants.award.test_change_routes import DECIDED, MORE
from tests.grants.award.test_letter_routes import FUND, PROPOSAL, SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.patience import PATIENCE_SECONDS, until

FREE = replace(TERMS, fund_ids=(FUND,))
DATED_ANEW = {"dated_on": "2020-09-01"}
"""A letter made of what was decided later than the first letter is dated."""
OWED = replace(
    FREE,
    notice=NoticePolicy(rule="notice", source=Source(document="Instruks", section="5.4"), valid_from=date(2020, 1, 1)),
)


def scheme(terms: SchemeTerms, scheme_id: str = SCHEME) -> SchemeRegistered:
    """The scheme, registered."""
    return SchemeRegistered(
        scheme_id=scheme_id, year=2020, terms=terms, registered_on=date(2020, 1, 2), registered_by="anne"
    )


def confirmed(terms: SchemeTerms) -> NoticePolicyConfirmed:
    """Its notice policy, found right by somebody who wrote none of it."""
    policy = replace(terms.notice, document_sha256="cd" * 32)
    return NoticePolicyConfirmed(policy=policy, written_by=("anne",), confirmed_by="liv")


BYTES = """
    SELECT FROM notifications.item i JOIN notifications.letter_file f ON f.sha256 = i.letter_sha256 WHERE i.item = %s
"""


@contextlib.contextmanager
def looking_often() -> Iterator[Counter[str]]:
    """Whoever looks every second or so looks ten times as often, and the sender tries again after half a second; how
    often each has looked, by name."""
    begin, swept = Sweeping.__init__, Counter[str]()

    def often(
        sweeping: Sweeping,
        name: str,
        sweep: Callable[[], Awaitable[object]],
        *,
        look_seconds: float,
        failed: Callable[[], object] | None = None,
        finishes: bool = False,
    ) -> None:
        async def counted() -> None:
            await sweep()
            swept[name] += 1

        begin(sweeping, name, counted, look_seconds=look_seconds / 10, failed=failed, finishes=finishes)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sweeping, "__init__", often)
        patched.setitem(Sender.__init__.__kwdefaults__ or {}, "patience_seconds", 0.5)
        yield swept


class Clock:
    """The time on every clock at once: this test's."""

    def __init__(self, database: Database) -> None:
        self.at = datetime.now(UTC)
        self._owner = psycopg.connect(database.migrator_dsn, autocommit=True)
        self._owner.execute("SET ROLE tilsagn_owner")
        self.set(self.at)

    def now(self) -> datetime:
        return self.at

    def of(self, _: str) -> Callable[[], datetime]:
        """The clock of a service."""
        return self.now

    def set(self, at: datetime, *, database_only: bool = False) -> None:
        """It is now then; with `database_only` the service's own clock is left behind."""
        self.at = self.at if database_only else at
        for schema in ("grants", "notifications"):
            self._owner.execute(
                f"CREATE OR REPLACE FUNCTION {schema}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE"
                f" SET search_path = pg_catalog, pg_temp AS $$ SELECT '{at.isoformat()}'::timestamptz $$"
            )

    def close(self) -> None:
        self._owner.close()


class Town:
    """Both services at their addresses, and people with every role at them."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        issuer: DevelopmentIssuer,
        grants: str,
        notifications: str,
        swept: Counter[str],
        database: Database,
    ) -> None:
        self.client, self.issuer, self.grants, self.notifications = client, issuer, grants, notifications
        self.swept, self.database = swept, database
        self.acts = 0

    async def ask(
        self, person: str, method: str, address: str, body: Any = None, *, seen: str = '"0"'
    ) -> httpx.Response:
        self.acts += 1
        token = self.issuer.mint(person, list(Role))
        headers = {"Authorization": f"Bearer {token}"}
        if method != "GET":
            headers |= {"Idempotency-Key": f"act {self.acts}", "If-Match": seen}
        return await self.client.request(method, address, json=body, headers=headers)

    async def acts_on(self, person: str, method: str, address: str, act: str, body: Any = None) -> httpx.Response:
        """An act on what stands at an address, as it stands."""
        seen = (await self.ask(person, "GET", address)).headers["ETag"]
        return await self.ask(person, method, f"{address}/{act}", body, seen=seen)

    async def comes(self, address: str, look: Callable[[Any], Any]) -> Any:
        """What comes within moments."""
        answer = await until(lambda: self.ask("reader", "GET", address), lambda it: it.is_success and look(it.json()))
        return answer.json()

    async def sweeps(self, name: str) -> None:
        """The sweep of that name has looked, all of it since now. One that was under way has not."""
        before = self.swept[name]
        await until(lambda: self.swept[name], lambda times: times >= before + 2)

    async def has_bytes(self, award: str) -> None:
        """The held letter's bytes are here: they come by themselves, a moment after it is told of."""
        item = f"letter-{award.rpartition('/')[2]}"
        with psycopg.connect(self.database.admin_dsn, autocommit=True) as reader:
            await until(lambda: reader.execute(BYTES, (item,)).rowcount)

    async def approved_award(self, *, approved_on: str = "2020-03-02", **more: Any) -> tuple[str, str]:
        """A case whose letter is frozen and whose award is approved: its address in each service."""
        opened = await self.ask("kari", "POST", f"{self.grants}/v1/cases", PROPOSAL | {"amount_ore": MILLION} | more)
        assert opened.status_code == 201, opened.text
        path = opened.headers["Location"]
        case = f"{self.grants}{path}"
        for person, act, body in (
            ("kari", "letter", {"dated_on": approved_on}),
            ("ola", "award/approval", {"approved_on": approved_on, "disposal_authority": "Instruks 4.2"}),
        ):
            done = await self.acts_on(person, "PUT", case, act, body)
            assert done.is_success, done.text
        return case, f"{self.notifications}{path.replace('cases', 'awards')}"


@contextlib.asynccontextmanager
async def listening(app: Any, port: int, service: Service) -> AsyncIterator[None]:
    """An application at a port, until whoever only waits at the service within is let go."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1)
    server = Server(service, config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started or task.done())
    assert not task.done()
    try:
        yield
    finally:
        server.should_exit = True
        await task


class Clocks(Protocol):
    """What tells both services the time."""

    def of(self, service: str) -> Callable[[], datetime]: ...
    def close(self) -> None: ...


T = TypeVar("T", bound=Clocks)


def town(
    database: Database, folder: Path, story: Callable[[Town, Clock], Awaitable[None]], ports: tuple[int, int]
) -> None:
    """Both services up, each following the other."""
    town_on(Clock(database), database, folder, story, ports)


def town_on(
    clock: T, database: Database, folder: Path, story: Callable[[Town, T], Awaitable[None]], ports: tuple[int, int]
) -> None:
    """The same, on that clock."""
    grants, notifications = (f"http://127.0.0.1:{port}" for port in ports)
    plain = settings_of(database, folder)
    issuer = issuer_of(plain)
    token = folder / "machine.token"
    token.write_text(issuer.mint("machine", [Role.service]))
    of_grants = replace(plain, notifications_feed=f"{notifications}/v1/feed", notifications_token=token)
    of_notifications = Settings(
        environment="test",
        database_url=database.notifications_dsn,
        outbox=folder / "outbox",
        grants_url=grants,
        grants_token=token,
        dev_issuer_key=plain.dev_issuer_key,
    )

    async def go(swept: Counter[str]) -> None:
        apps = (
            create_grants(of_grants, now=clock.of("grants"), acted_on=acted_on),
            create_notifications(of_notifications, now=clock.of("notifications")),
        )
        async with (
            listening(AtItsDay(apps[0]), ports[0], apps[0]),
            listening(apps[1], ports[1], apps[1]),
            httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client,
        ):
            await story(Town(client, issuer, grants, notifications, swept, database), clock)

    try:
        with looking_often() as swept:
            asyncio.run(go(swept))
    finally:
        clock.close()


def test_a_letter_leaves_when_the_ministry_has_had_its_days_and_not_a_microsecond_before(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    record(database, **{f"scheme_{SCHEME}": (scheme(OWED),)})

    async def story(here: Town, clock: Clock) -> None:
        case, award = await here.approved_award(instalments=[{"number": 1, "amount_ore": MILLION}])
        shown = await here.comes(award, lambda it: it["state"] == "held")
        assert shown["blocked"]["code"] == "notice-missing"
        assert shown["manifest"]["amount_ore"] == MILLION
        refused = await here.acts_on("ola", "PUT", award, "release", {})
        assert (refused.status_code, refused.json()["code"]) == (409, "notice-missing")

        about = {"about": {"kind": "letter", "id": award.rpartition("/")[2]}, "planned_on": "2030-01-01"}
        prepared = await here.ask("kari", "POST", f"{here.notifications}/v1/notices", about)
        assert prepared.status_code == 201, prepared.text
        notice = f"{here.notifications}{prepared.headers['Location']}"
        ordered = await here.acts_on("ola", "PUT", notice, "order", {"channel": "file-outbox"})
        assert ordered.is_success, ordered.text
        sent = await here.comes(notice, lambda it: it["state"] == "dispatched")
        told = json.loads(next((tmp_path / "outbox").glob("*/message.json")).read_text(encoding="utf-8"))
        assert told["kind"] == "notice"
        assert shown["manifest_sha256"] in told["text"]
        assert sent["opens_at"] is None  # sent starts no clock

        clock.set(clock.at + timedelta(days=3))
        taken = await here.acts_on("departementet", "PUT", notice, "acknowledgement")
        assert taken.is_success, taken.text
        opens = datetime.fromisoformat(taken.json()["opens_at"])
        young = (await here.acts_on("ola", "PUT", award, "release", {})).json()
        assert (young["code"], datetime.fromisoformat(young["opens_at"])) == ("notice-too-young", opens)
        kept = await here.acts_on("ola", "PUT", award, "release", {"when_open": True})
        assert kept.is_success, kept.text

        clock.set(opens - timedelta(microseconds=1))
        await here.sweeps("release-sweep")
        assert (await here.ask("r", "GET", award)).json()["state"] == "held"
        clock.set(opens + timedelta(days=1), database_only=True)  # one clock alone opens nothing
        await here.sweeps("release-sweep")
        apart = await here.acts_on("ola", "PUT", award, "release", {})
        assert apart.json()["code"] == "clocks-disagree"

        clock.set(opens + timedelta(days=1))
        gone = await here.comes(award, lambda it: it["state"] == "dispatched")
        assert gone["released"]["ground"]["kind"] == "notice"
        known = await here.comes(case, lambda it: it["letter"]["released"])
        assert known["letter"]["released"]["sha256"] == gone["letter_sha256"]
        letter = (await here.ask("r", "GET", f"{case}/letter")).content
        [file] = (tmp_path / "outbox").glob(f"{gone['dispatched']['reference']}/*.pdf")
        assert file.read_bytes() == letter

        (tmp_path / "outbox" / "receipts").mkdir()
        receipt = tmp_path / "outbox" / "receipts" / f"{gone['dispatched']['reference']}.json"
        receipt.write_text(json.dumps({"delivered_at": clock.at.isoformat(), "evidence": "SvarUt LEST"}))
        await here.comes(award, lambda it: it["state"] == "delivered")
        await here.comes(case, lambda it: it["letter"]["delivered"])
        await certified(here, award, tmp_path, letter)
        await held_against_grants(here, award, tmp_path, database, clock)

    town(database, tmp_path, story, free_ports)


async def held_against_grants(here: Town, award: str, folder: Path, database: Database, clock: Clock) -> None:
    """An outsider holds the certificate against an export of grants' log, whose checkpoints are signed: what was heard
    stands there, and an export in which it does not is none."""
    kept = Checkpoints(folder / "checkpoints")
    signing = Checkpointer(
        database.service_dsn, kept, KEY, log="grants", digest=read_digest, now=clock.now, registry=CollectorRegistry()
    )
    assert await asyncio.to_thread(signing.sign)
    export = await here.ask("r", "GET", f"{here.grants}/v1/export")
    (folder / "grants.jsonl").write_bytes(export.content)
    certificate = await here.ask("r", "GET", f"{award}/certificate")
    (folder / "certificate.json").write_bytes(certificate.content)

    def verify(script: str, *asked: str) -> tuple[int, str]:
        command = [sys.executable, str(ROOT / "contracts" / script), *(str(folder / name) for name in asked[:1])]
        told = subprocess.run([*command, *asked[1:]], cwd=folder, capture_output=True, text=True, check=False)
        return told.returncode, told.stdout

    signed = ("--public-key", f"checkpoints/{PUBLIC_KEY}", "--checkpoints", "checkpoints")
    assert verify("verify_export.py", "grants.jsonl", *signed)[0] == 0
    against = ("certificate.json", "--grants-export", "grants.jsonl")
    assert verify("verify_certificate.py", *against)[0] == 0
    places = [json.loads(fact["metadata"]).get("heard") for fact in certificate.json()["facts"]]
    assert len([place for place in places if place]) >= 3  # proposed, frozen, approved
    told = export.text.splitlines()
    for number, line in enumerate(told):
        if '"topic":"award.approved.v1"' in line:
            told[number] = line.replace(f'\\"amount_ore\\":{MILLION}', f'\\"amount_ore\\":{2 * MILLION}')
            assert told[number] != line
    (folder / "grants.jsonl").write_text("\n".join(told) + "\n", encoding="utf-8")
    code, said = verify("verify_certificate.py", *against)
    assert (code, "amount_ore: grants says otherwise" in said) == (1, True), said
    assert verify("verify_export.py", "grants.jsonl", *signed)[0] == 1


async def certified(here: Town, award: str, folder: Path, letter: bytes) -> None:
    """The certificate holds offline, with the letter and an export of the log; and a changed one does not."""
    certificate = folder / "certificate.json"
    certificate.write_bytes((await here.ask("r", "GET", f"{award}/certificate")).content)
    (folder / "letter.pdf").write_bytes(letter)
    (folder / "export.jsonl").write_bytes((await here.ask("r", "GET", f"{here.notifications}/v1/export")).content)
    script = ROOT / "contracts" / "verify_certificate.py"

    def verify(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(script), str(certificate), *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    whole = verify("--letter", str(folder / "letter.pdf"), "--export", str(folder / "export.jsonl"))
    assert whole.returncode == 0, whole.stdout
    (folder / "letter.pdf").write_bytes(letter + b" ")
    assert verify("--letter", str(folder / "letter.pdf")).returncode == 1
    told = json.loads(certificate.read_text(encoding="utf-8"))
    for fact in told["facts"]:
        if fact["topic"] == "notice.received.v1":
            data = json.loads(fact["data"])
            earlier = datetime.fromisoformat(data["received_at"].replace("Z", "+00:00")) + timedelta(days=2)
            fact["data"] = json.dumps(data | {"received_at": earlier.isoformat()})
    certificate.write_text(json.dumps(told))
    assert "before" in verify().stdout
    assert verify("--export", str(folder / "export.jsonl")).returncode == 1


def test_an_exempt_scheme_s_letter_leaves_at_once_on_its_policy_and_a_policy_of_tomorrow_frees_nothing_today(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    later = replace(FREE, notice=replace(FREE.notice, valid_from=date(2199, 3, 3)))
    tomorrow = (scheme(later, "i-morgen-2020"), confirmed(later))
    record(database, **{f"scheme_{SCHEME}": (scheme(FREE), confirmed(FREE)), "scheme_i_morgen_2020": tomorrow})

    async def story(here: Town, clock: Clock) -> None:
        assert clock.at
        one: dict[str, Any] = {"instalments": [{"number": 1, "amount_ore": MILLION}]}
        _, award = await here.approved_award(**one)
        await here.comes(award, lambda it: it["state"] == "held" and it["exemption"])
        await here.has_bytes(award)
        out = await here.acts_on("ola", "PUT", award, "release", {})
        assert out.is_success, out.text
        assert out.json()["released"]["ground"] == {"source": "Instruks: 5.4", "kind": "scheme-policy"}
        _, other = await here.approved_award(**one, scheme_id="i-morgen-2020")
        waits = await here.comes(other, lambda it: it["state"] == "held")
        assert (waits["exemption"], waits["blocked"]["code"]) == (None, "notice-missing")

    town(database, tmp_path, story, free_ports)


def test_a_changed_awards_letter_is_set_anew_and_told_of_anew_and_the_others_of_its_notice_go_on(
    database: Database, tmp_path: Path, free_ports: tuple[int, int]
) -> None:
    open_funds(database, post_ore=100 * MILLION, fodt_fri=100 * MILLION)
    record(database, **{f"scheme_{SCHEME}": (scheme(OWED),)})
    one: dict[str, Any] = {"instalments": [{"number": 1, "amount_ore": MILLION}]}

    async def notify(here: Town, about: dict[str, str]) -> str:
        prepared = await here.ask("kari", "POST", f"{here.notifications}/v1/notices", {"about": about})
        assert prepared.status_code == 201, prepared.text
        notice = f"{here.notifications}{prepared.headers['Location']}"
        await here.acts_on("ola", "PUT", notice, "order", {"channel": "file-outbox"})
        await here.comes(notice, lambda it: it["state"] == "dispatched")
        assert (await here.acts_on("departementet", "PUT", notice, "acknowledgement")).is_success
        return notice

    async def story(here: Town, clock: Clock) -> None:
        _, stays = await here.approved_award(**one)
        case, changes = await here.approved_award(**one)
        for award in (stays, changes):
            await here.comes(award, lambda it: it["state"] == "held")
        await notify(here, {"kind": "scheme", "id": SCHEME})
        first = (await here.ask("r", "GET", changes)).json()["letter_sha256"]
        await here.comes(f"{case}/notices", lambda it: [each["state"] for each in it["items"]] == ["received"])

        more = {"kind": "supplementary", "added": [{"number": 2, "amount_ore": MILLION}], "ground": MORE}
        assert (await here.acts_on("kari", "POST", case, "award/changes", more)).is_success
        assert (await here.acts_on("ola", "PUT", case, "award/changes/approval", DECIDED)).is_success
        await here.comes(changes, lambda it: it["blocked"]["code"] == "letter-outdated")
        frozen = await here.acts_on("kari", "PUT", case, "letter", DATED_ANEW)
        assert frozen.is_success, frozen.text
        anew = await here.comes(changes, lambda it: it["state"] == "held" and it["letter_sha256"] != first)
        assert (anew["manifest"]["amount_ore"], len(anew["manifest"]["plan"])) == (2 * MILLION, 2)
        assert anew["blocked"]["code"] == "notice-changed"

        clock.set(clock.at + timedelta(days=16))
        await here.comes(changes, lambda it: it["blocked"]["code"] == "notice-changed")
        out = await here.acts_on("ola", "PUT", stays, "release", {})
        assert out.is_success, out.text
        await notify(here, {"kind": "letter", "id": changes.rpartition("/")[2]})
        young = await here.acts_on("ola", "PUT", changes, "release", {})
        assert young.json()["code"] == "notice-too-young"
        clock.set(clock.at + timedelta(days=16))
        assert (await here.acts_on("ola", "PUT", changes, "release", {})).is_success
        gone = await here.comes(changes, lambda it: it["state"] == "dispatched")
        known = await here.comes(case, lambda it: it["letter"] and it["letter"]["released"])
        assert known["letter"]["released"]["sha256"] == gone["letter_sha256"] != first
        letter = (await here.ask("r", "GET", f"{case}/letter")).content
        [file] = (tmp_path / "outbox").glob(f"{gone['dispatched']['reference']}/*.pdf")
        assert file.read_bytes() == letter

    town(database, tmp_path, story, free_ports)
