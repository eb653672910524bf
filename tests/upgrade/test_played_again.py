"""A second `make run` on a database of an earlier release finds its year: nothing is played twice, nothing fails."""

from collections import Counter
from pathlib import Path

import psycopg

from dev.people import PEOPLE
from dev.play2020 import play
from dev.verifying.log import verify
from dev.verifying.views import compare_views
from migrations import SERVICES, upgrade
from services.grants.settings import Settings
from tests.conftest import Cluster, copied
from tests.faults.service import issuer_of, running
from tests.upgrade.earlier_databases import restored

STOOD = "SELECT id, available_ore, committed_ore, disbursed_ore, withheld_ore FROM grants.fund ORDER BY id"


def test_the_year_of_the_release_before_is_found_and_not_played_again(cluster: Cluster, tmp_path: Path) -> None:
    with restored(cluster, "fa5cbcc-run", tmp_path) as ways_in:
        for name in SERVICES:
            upgrade(ways_in["tilsagn_migrator"], name)
        before, stood = facts(ways_in["grants_reader"])
        settings = Settings(
            environment="test", database_url=ways_in["grants_service"], dev_issuer_key=tmp_path / "issuer.json"
        )
        issuer = issuer_of(settings)
        tokens = {person: issuer.mint(person, roles) for person, roles in PEOPLE.items()}
        with running(settings, tmp_path) as service:
            play(service.address, tokens)
            once, stands = facts(ways_in["grants_reader"])
            play(service.address, tokens)
        assert stands == stood
        assert facts(ways_in["grants_reader"]) == (once, stood)
        new = once - before
        assert {topic.partition(".")[0] for topic in new} <= {"back-dating", "scheme", "decision"}, new
        # schemes of before say their texts in one language, and are revised; nothing else is decided anew
        assert new["decision.back-dated.v1"] == new["scheme.revised.v1"] > 0
        assert new["back-dating.bound-confirmed.v1"] == 1
        assert before["award.approved.v1"] == before["award.letter-release-imported.v1"] > 0
        assert verify(ways_in["grants_reader"], None, None)[1] == []
        with copied(cluster) as scratch:
            counts, faults, told = compare_views(ways_in["grants_reader"], scratch.admin_dsn, "grants")
        assert (faults, told) == ([], [])
        assert counts["rows of grants_view.case_row"] == before["award.approved.v1"], counts


def facts(dsn: str) -> tuple[Counter[str], list[tuple[object, ...]]]:
    """How many facts of each kind there are, and what stands on every fund."""
    with psycopg.connect(dsn) as connection:
        topics = Counter(row[0] for row in connection.execute("SELECT topic FROM grants.event"))
        return topics, connection.execute(STOOD).fetchall()
