"""From an approved award to a letter on its recipient's table, through both services over HTTP: the ministry is told,
fourteen days pass on every clock, and nothing leaves a microsecond before.

The clock is the test's: the service is given one, and the owner of this database replaces its function. A deployment
has neither.
"""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.grants.balance.digest import read_digest
from tests.conftest import Database
from tests.eventlog.played import KEY
from tests.faults.service import ROOT, open_funds
from tests.grants.award.change_routes import DECIDED, MORE
from tests.grants.award.letter_routes import SCHEME, record
from tests.grants.fodt_fri import MILLION
from tests.journeys.two_services import DATED_ANEW, FREE, OWED, Clock, Town, confirmed, scheme, town

"""A letter made of what was decided later than the first letter is dated."""


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
        known = await here.comes(case, lambda it: it["letter"]["left"])
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
        known = await here.comes(case, lambda it: it["letter"] and it["letter"]["left"])
        assert known["letter"]["released"]["sha256"] == gone["letter_sha256"] != first
        letter = (await here.ask("r", "GET", f"{case}/letter")).content
        [file] = (tmp_path / "outbox").glob(f"{gone['dispatched']['reference']}/*.pdf")
        assert file.read_bytes() == letter

    town(database, tmp_path, story, free_ports)
