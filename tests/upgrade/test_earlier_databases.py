"""Databases of earlier releases, as their users left them: each is upgraded to this release, and everything verifies.

A dump is of the whole database, made with `pg_dump -Fc` and compressed, beside the signed checkpoints of its day. One
that ends in `-run` is what `make run` left, one in `-demo` what `make demo` left, and `fa5cbcc-waiting` a run in which
one caseworker exempted a scheme and let a letter out on it, and other letters waited at the gate: one on that policy,
one untold, one with its days running, one objected to. `fa5cbcc` is from before the gate's second rules; `de4ddcb` has
permits, staff, numbers of cases, promises held over, deadlines and endpoints too. `4cf0e24` is the last from before
grants' sixth rules: its letters count as out once they were let out.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from dev.verifying.heard import check_heard
from dev.verifying.log import verify
from dev.verifying.shipped import DEMONSTRATION, check_schema
from dev.verifying.views import compare_views
from migrations import LOGS
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from services.eventlog.epoch.rules import FIFTH, SIXTH
from services.eventlog.epoch.view import find_rules_hold_from
from tests.conftest import Cluster, copied
from tests.upgrade.earlier_databases import BEFORE_THE_SECOND_RULES, DATABASES, NAMES, restored, upgraded

CHECKPOINTS = {"grants": "checkpoints", "notifications": "checkpoints-notifications"}


def faults_of(name: str, dsns: Mapping[str, str]) -> list[str]:
    """What `make verify` finds wrong with both logs and all that follows from them."""
    found = []
    for service, folder in CHECKPOINTS.items():
        signed = DATABASES / name / folder
        of_their_day = not name.endswith("-demo")
        counts, faults = verify(
            dsns[f"{service}_reader"], signed, signed / PUBLIC_KEY, schema=service, dated=of_their_day, told=True
        )
        assert counts["events"] > 0
        found += [f"{service}: {fault}" for fault in faults]
    readers = {service: dsns[f"{service}_reader"] for service in LOGS}
    for service, (counts, wrong) in check_heard(readers).items():
        if name in BEFORE_THE_SECOND_RULES:
            assert counts["places held against the other log"] == 0
        elif service == "notifications":  # grants hears of notices and letters, where there are any
            assert counts["places held against the other log"] > 0
        found += [f"{service}: {fault}" for fault in wrong]
    faults, told = check_schema(readers, demonstration=name.endswith("-demo"))
    assert told[1:] == ([DEMONSTRATION] if name.endswith("-demo") else [])
    return found + [str(fault) for fault in faults]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_upgraded_and_verifies(cluster: Cluster, tmp_path: Path, name: str) -> None:
    with restored(cluster, name, tmp_path) as dsns:
        upgraded(dsns)
        assert faults_of(name, dsns) == []


def test_every_database_is_there() -> None:
    assert NAMES == ["4cf0e24-demo", "de4ddcb-demo", "de4ddcb-run", "fa5cbcc-demo", "fa5cbcc-run", "fa5cbcc-waiting"]


NOT_YET = ("award-sums",)
"""Read models that no release before had."""


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BEFORE_THE_SECOND_RULES])
def test_its_read_models_are_as_its_log_gives_or_filled_anew(cluster: Cluster, tmp_path: Path, name: str) -> None:
    """Those whose code has not changed since; the others are filled anew when the service starts, and so are those that
    the earlier release had not."""
    compared = 0
    with restored(cluster, name, tmp_path) as dsns, copied(cluster) as scratch:
        upgraded(dsns)
        for service in LOGS:
            counts, faults, told = compare_views(dsns[f"{service}_reader"], scratch.admin_dsn, service)
            assert faults == []
            compared += counts.total()
            new = {f"{name}: no edition is live yet; not compared" for name in NOT_YET}
            old = [each for each in told if each not in new]
            assert all("filled by version" in each or "compared as of position" in each for each in old), told
    assert compared > 0


def test_a_letter_that_waits_on_a_policy_of_one_person_needs_a_notice_and_one_that_left_on_it_left_lawfully(
    cluster: Cluster, tmp_path: Path
) -> None:
    with restored(cluster, "fa5cbcc-waiting", tmp_path) as dsns:
        with psycopg.connect(dsns["notifications_reader"]) as reader:
            asked = "SELECT item, released FROM notifications.item WHERE exempt_source IS NOT NULL"
            freed: dict[str, bool] = dict(reader.execute(asked).fetchall())
        [waits] = [item for item, released in freed.items() if not released]
        upgraded(dsns)
        with psycopg.connect(dsns["notifications_reader"]) as reader:
            assert reader.execute("SELECT code FROM notifications.standing(%s)", (waits,)).fetchall() == [
                ("notice-missing",)
            ]
            due = "SELECT count(*) FROM notifications.item WHERE opens_at = '-infinity' AND NOT released"
            assert reader.execute(due).fetchone() == (0,)
        signed = DATABASES / "fa5cbcc-waiting" / CHECKPOINTS["notifications"]
        counts, faults = verify(dsns["notifications_reader"], signed, signed / PUBLIC_KEY, schema="notifications")
        assert faults == []
        assert counts["releases on a policy of one person"] == len(freed) - 1 > 0
        with psycopg.connect(dsns["notifications_reader"]) as reader:
            held = "SELECT count(DISTINCT stream) FROM notifications.event WHERE topic = 'letter.held.v1'"
            [(letters,)] = reader.execute(held).fetchall()
        assert counts["letters held before their manifest's bytes were kept"] == letters > len(freed)


def test_letters_that_counted_as_out_once_they_were_let_out_are_told_as_such(cluster: Cluster, tmp_path: Path) -> None:
    with restored(cluster, "4cf0e24-demo", tmp_path) as dsns:
        upgraded(dsns)
        with psycopg.connect(dsns["grants_reader"]) as reader:
            fifth, sixth = (find_rules_hold_from(reader, "grants", rules) for rules in (FIFTH, SIXTH))
        assert fifth == 0 < sixth
        counts, faults = check_heard({service: dsns[f"{service}_reader"] for service in LOGS})["grants"]
        assert faults == []
        assert counts["letters that counted as out once they were let out"] > 0


OPENS = """
    SELECT i.item, i.opens_at FROM notifications.item i WHERE NOT i.released AND i.opens_at > '-infinity' ORDER BY 1
"""


def test_notices_under_way_keep_their_days(cluster: Cluster, tmp_path: Path) -> None:
    """To the microsecond; and they are judged anew by what they were ordered under."""
    with restored(cluster, "fa5cbcc-waiting", tmp_path) as dsns:

        def opening() -> list[tuple[str, datetime]]:
            with psycopg.connect(dsns["notifications_reader"]) as reader:
                return reader.execute(OPENS).fetchall()

        before = opening()
        upgraded(dsns)
        assert opening() == before != []
