"""A database that `make run` left before notice policies took two people: played again, each scheme's is confirmed."""

import json
from pathlib import Path

import httpx

from dev.people import PEOPLE
from dev.play2020 import play
from services.grants.settings import Settings
from tests.conftest import Cluster
from tests.faults.service import issuer_of, running
from tests.upgrade.test_earlier_databases import restored, upgraded


def test_played_again_every_scheme_has_its_policy_confirmed_by_another_and_nothing_else_happens(
    cluster: Cluster, tmp_path: Path
) -> None:
    with restored(cluster, "fa5cbcc-run", tmp_path) as dsns:
        upgraded(dsns)
        settings = Settings(
            environment="test", database_url=dsns["grants_service"], dev_issuer_key=tmp_path / "issuer.json"
        )
        issuer = issuer_of(settings)
        tokens = {person: issuer.mint(person, roles) for person, roles in PEOPLE.items()}
        signed = {"Authorization": f"Bearer {tokens['riksrevisjonen']}"}
        with running(settings, tmp_path) as service, httpx.Client(base_url=service.address, headers=signed) as reader:
            before = topics(reader)
            play(service.address, tokens)
            schemes = reader.get("/v1/schemes", params={"year": "2020"}).json()["items"]
            confirmed = [scheme["notice_policy"]["confirmed"] for scheme in schemes]
            assert len(confirmed) == 14
            assert all(each["confirmed_by"] not in each["written_by"] for each in confirmed)
            new = topics(reader)[len(before) :]
            assert new == ["scheme.notice-policy-proposed.v1", "scheme.notice-policy-confirmed.v1"] * 14
            play(service.address, tokens)
            assert topics(reader) == [*before, *new]


def topics(reader: httpx.Client) -> list[str]:
    """What the log holds, in order."""
    lines = reader.get("/v1/export").text.splitlines()
    return [fact["topic"] for fact in map(json.loads, lines) if "topic" in fact]
