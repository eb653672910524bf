"""Both services of this release on a database of an earlier one, together: each hears the other from where the earlier
one had read to, somebody acts in each, and everything verifies."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dev.verifying.heard import check_heard
from dev.verifying.log import verify
from migrations import LOGS
from services.eventlog.mapper import decode
from services.grants import wiring as grants
from services.inbox.rules import Place, evolve
from services.notifications import wiring as notifications
from tests.conftest import Cluster, Database
from tests.faults.planted.lived import MEMBER_OF_STAFF
from tests.journeys.changed_before_it_left import NEIGHBOUR
from tests.journeys.two_services import Clock, Town, town
from tests.notifications.publication.over_http import ASKED
from tests.patience import until
from tests.upgrade.earlier_databases import NAMES, restored, upgraded

HEAD = "SELECT coalesce(max(position), 0) FROM {}.event WHERE topic = ANY (%s)"
TOLD = {"grants": sorted(grants.MESSAGES), "notifications": sorted(notifications.MESSAGES)}


def reached(ways_in: Mapping[str, str], by: str, of: str) -> tuple[int, int]:
    """Where `by` has read the other's feed to, and where the last fact stands that is told to it."""
    with psycopg.connect(ways_in[f"{by}_reader"]) as ours, psycopg.connect(ways_in[f"{of}_reader"]) as theirs:
        asked = f"SELECT topic, data FROM {by}.event WHERE stream = 'inbox-{of}' ORDER BY version DESC LIMIT 1"
        row = ours.execute(asked.encode()).fetchone()
        place = evolve(Place(), decode(row[0], bytes(row[1]))) if row else Place()
        head = theirs.execute(HEAD.format(of).encode(), (TOLD[of],)).fetchone()
        assert head is not None
        return place.position, head[0]


async def notified_of(here: Town, case: str, award: str) -> None:
    """A letter that waited untold is told of, and grants hears that the ministry has it."""
    about = {"about": {"kind": "letter", "id": award.rpartition("/")[2]}}
    prepared = await here.ask("kari", "POST", f"{here.notifications}/v1/notices", about)
    assert prepared.status_code == 201, prepared.text
    notice = f"{here.notifications}{prepared.headers['Location']}"
    assert (await here.acts_on("ola", "PUT", notice, "order", {"channel": "file-outbox"})).is_success
    await here.comes(notice, lambda it: it["state"] == "dispatched")
    assert (await here.acts_on("departementet", "PUT", notice, "acknowledgement")).is_success
    await here.comes(f"{case}/notices", lambda it: "received" in [each["state"] for each in it["items"]])


@pytest.mark.parametrize("name", NAMES)
def test_both_services_go_on_with_it_together(
    cluster: Cluster, tmp_path: Path, free_ports: tuple[int, int], name: str
) -> None:
    with restored(cluster, name, tmp_path) as ways_in:
        upgraded(ways_in)
        database = Database(
            name=name,
            admin_dsn=psycopg.conninfo.make_conninfo(cluster.admin_dsn, dbname=dbname_of(ways_in)),
            migrator_dsn=ways_in["tilsagn_migrator"],
            service_dsn=ways_in["grants_service"],
            reader_dsn=ways_in["grants_reader"],
            notifications_dsn=ways_in["notifications_service"],
            notifications_reader_dsn=ways_in["notifications_reader"],
        )

        async def story(here: Town, clock: Clock) -> None:
            cases = (await here.comes(f"{here.grants}/v1/cases?year=2020", lambda it: it["items"]))["items"]
            granted = [each for each in cases if each["state"] in ("approved", "released", "settled")]
            of = f"/v1/cases/{granted[0]['case_id']}"
            complained = await here.acts_on("siri", "POST", f"{here.grants}{of}", "complaints", NEIGHBOUR)
            assert complained.is_success, complained.text
            named = await here.ask("liv", "POST", f"{here.grants}/v1/staff", MEMBER_OF_STAFF)
            assert named.is_success, named.text
            later = {"planned_on": str((clock.at + timedelta(days=90)).date())}
            planned = await here.ask("kari", "POST", f"{here.notifications}/v1/publications", ASKED | later)
            assert planned.status_code == 201, planned.text
            if waiting := untold(ways_in):
                case = f"{here.grants}/v1/cases/{waiting}"
                await notified_of(here, case, f"{here.notifications}/v1/awards/{waiting}")
            for by, other in (("notifications", "grants"), ("grants", "notifications")):
                await until(partial(reached, ways_in, by, other), lambda at: at[0] >= at[1])

        town(database, tmp_path, story, free_ports)
        for service in LOGS:
            counts, faults = verify(ways_in[f"{service}_reader"], None, None, schema=service, told=True)
            assert [fault for fault in faults if "log_clock" not in fault.detail] == []
            assert counts["events"] > 0
        readers = {service: ways_in[f"{service}_reader"] for service in LOGS}
        heard = check_heard(readers)
        assert [fault for _, wrong in heard.values() for fault in wrong] == []
        assert heard["notifications"][0]["places held against the other log"] > 0


def dbname_of(ways_in: Mapping[str, str]) -> Any:
    return psycopg.conninfo.conninfo_to_dict(ways_in["tilsagn_migrator"])["dbname"]


def untold(ways_in: Mapping[str, str]) -> str | None:
    """The case of a letter that waits for a notice, if there is one."""
    with psycopg.connect(ways_in["notifications_reader"]) as reader:
        items = reader.execute(
            "SELECT item FROM notifications.item WHERE NOT released AND item ^@ 'letter-' ORDER BY 1"
        )
        for (item,) in items.fetchall():
            codes = reader.execute("SELECT code FROM notifications.standing(%s)", (item,)).fetchall()
            if codes == [("notice-missing",)]:
                return str(item).removeprefix("letter-")
    return None
