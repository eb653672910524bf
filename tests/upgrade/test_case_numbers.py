"""The cases of a database of an earlier release have their numbers from the upgrade, in the order they were opened."""

import json
from itertools import groupby
from pathlib import Path

import psycopg
import pytest

from services.calendar.days import day_of
from tests.conftest import Cluster
from tests.upgrade.earlier_databases import BEFORE_THE_SECOND_RULES, restored, upgraded

OPENED = "SELECT substr(stream, 6)::uuid, recorded_at FROM grants.event WHERE version = 1 AND stream ^@ 'case-'"
TOLD = "SELECT stream, version, data, metadata FROM grants.event WHERE topic = 'case.numbered.v1' ORDER BY position"


@pytest.mark.parametrize("name", BEFORE_THE_SECOND_RULES)
def test_the_cases_that_stood_are_numbered_in_the_order_they_were_opened(
    cluster: Cluster, tmp_path: Path, name: str
) -> None:
    with restored(cluster, name, tmp_path) as dsns:
        with psycopg.connect(dsns["grants_reader"]) as reader:
            rows = reader.execute(OPENED + " ORDER BY position").fetchall()
            versions = (
                "SELECT stream, max(version) FROM grants.event WHERE stream ^@ 'case-' GROUP BY stream ORDER BY 1"
            )
            stood = reader.execute(versions).fetchall()
        upgraded(dsns)
        with psycopg.connect(dsns["grants_reader"]) as reader:
            given = reader.execute("SELECT year, number, case_id FROM grants.case_number ORDER BY 1, 2").fetchall()
            told = reader.execute(TOLD).fetchall()
            assert reader.execute(versions).fetchall() == stood, "no case has moved"
    years = [(day_of(at).year, case) for case, at in rows]
    of_years = {year: [case for _, case in each] for year, each in groupby(sorted(years, key=lambda row: row[0]),
                                                                           key=lambda row: row[0])}  # fmt: skip
    assert given == [(year, nth, case) for year, cases in of_years.items() for nth, case in enumerate(cases, 1)]
    assert [(stream, version) for stream, version, _, _ in told] == [(f"numbers-{year}", 1) for year in of_years]
    assert {json.loads(metadata)["actor"] for _, _, _, metadata in told} == {"upgrade"}
    assert sum(len(json.loads(data)["case_ids"]) for _, _, data, _ in told) == len(given) > 0
