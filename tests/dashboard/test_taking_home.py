"""The auditor's page: what it leads to is downloaded, and each command runs on it as it stands there."""

import shlex
import subprocess
import sys
from pathlib import Path

import httpx

from tests.browser.reading import Element, read_page
from tests.conftest import Database
from tests.dashboard.office import Itself, opened, settings_of
from tests.dashboard.through import Through
from tests.eventlog.played import KEY, played
from tests.faults.service import serving
from tests.faults.service import settings_of as grants_settings_of
from tests.notifications.office import INGRID, KARI, MINISTRY, Office, at_the_office
from tests.notifications.release.over_http import ROUND, address, of_round
from tests.notifications.world import letter


def links(page: Element, under: str) -> list[str]:
    found = {each.attributes["href"] for each in page.all("a")}
    return sorted(each for each in found if each.startswith(under))


def runs(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as it is written, but for which Python is meant."""
    program, *arguments = shlex.split(command)
    assert program == "python3"
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_every_command_runs_as_it_is_written_on_what_the_page_leads_to(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        year.live_through(1)
        assert year.checkpointer.sign()
        year.checkpoints.publish(KEY)
    folder = tmp_path / "home"
    folder.mkdir()

    async def story(office: Office) -> None:
        office.world.record(letter("a"), of_round("a"))
        notice = await office.notifies("round", str(ROUND))
        await office.does(MINISTRY, "PUT", f"{notice}/acknowledgement")
        await office.does(INGRID, "PUT", f"{address('a')}/release", {"when_open": True})
        office.move(days=14, hours=15)
        await office.until(address("a"), "dispatched")
        await office.does(KARI, "GET", f"{address('a')}/certificate")
        settings = grants_settings_of(database, tmp_path)
        async with serving(type(settings)(**{**vars(settings), "checkpoint_dir": tmp_path / "checkpoints"})) as (
            _,
            grants,
        ):
            way = Itself(grants=Through(grants), notifications=Through(office.client))
            async with opened(settings_of(database, tmp_path), way) as dashboard:
                browser = dashboard.browser()
                page = read_page((await browser.sign_in("auditor", "/revisjon")).text)
                for link in links(page, "/revisjon/verktoy/") + links(page, "/revisjon/logg/"):
                    await fetch(await browser.open(link), folder)
                await fetch(await browser.open("/revisjon/nokkel/grants"), folder)
                [row] = page.one("table", id="tabell-brev").one("tbody").all("tr")
                assert "departementet er orientert" in row.text
                unsigned = await browser.open("/revisjon/nokkel/notifications")
                assert unsigned.status_code == 404, "this one signs nothing"
                certificate = await office.asks(KARI, "GET", f"{address('a')}/certificate")
                (folder / "bevis.json").write_bytes(certificate.content)
                said = [code.text for code in page.all("code")]
        whole, other, left, against = said
        assert runs(whole, folder).returncode == 0, runs(whole, folder).stdout
        chain = other.partition(" --public-key")[0] + " --chain-only"
        assert runs(chain, folder).returncode == 0, runs(chain, folder).stdout
        assert runs(left, folder).returncode == 0, runs(left, folder).stdout
        assert runs(against, folder).returncode in (0, 1), "it reads both, and this log heard of nobody real"
        spoilt = (folder / "grants.jsonl").read_text().replace("Forening 1", "Forening 2", 1)
        (folder / "grants.jsonl").write_text(spoilt)
        assert runs(whole, folder).returncode == 1

    at_the_office(database, tmp_path, story)


async def fetch(answer: httpx.Response, folder: Path) -> None:
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    name = answer.headers["content-disposition"].split('filename="')[1].rstrip('"')
    (folder / name).write_bytes(answer.content)
