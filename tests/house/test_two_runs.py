"""Two runs on one server, as two people's against one DATABASE_URL: neither shuts the other out."""

import os
from pathlib import Path

import psycopg
import pytest

from dev import postgres
from dev.passwords import agreed_password
from dev.state import State
from tests.conftest import HOME, Cluster, Database, begin, remove_abandoned


def test_a_second_run_leaves_the_first_ones_roles_as_they_were(database: Database, cluster: Cluster) -> None:
    other = begin(cluster.admin_dsn)
    try:
        for dsn in (database.service_dsn, database.reader_dsn, database.migrator_dsn, database.notifications_dsn):
            psycopg.connect(dsn).close()
    finally:
        other.end()


def test_a_run_and_the_tests_agree_on_a_server_that_both_were_given(cluster: Cluster) -> None:
    assert set(State.of_this_checkout().passwords(cluster.admin_dsn).values()) == {cluster.password}


def test_the_roles_passwords_do_not_tell_the_administrators_and_are_another_servers_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    one, other = (agreed_password(f"postgresql://postgres:{word}@db/postgres") for word in ("eple", "pære"))
    assert one is not None
    assert other is not None
    assert len({one, other, "eple", "pære"}) == 4
    assert agreed_password("postgresql://postgres@db/postgres") is None


def test_a_run_removes_what_a_killed_one_left_and_nothing_of_one_at_work(tmp_path: Path) -> None:
    left, held, young, foreign = (tmp_path / name for name in (f"{HOME}a", f"{HOME}b", f"{HOME}c", "another"))
    for home in (left, held, young, foreign):
        (home / "postgres").mkdir(parents=True)
        (home / "postgres" / "lock").touch()
        if home != young:
            os.utime(home / "postgres" / "lock", (0, 0))
    with postgres.hold(held / "postgres"):
        remove_abandoned(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(each.name for each in (held, young, foreign))


@pytest.mark.parametrize(("spare_gigabytes", "chosen"), [(1, "/tmp"), (3, "memory")])
def test_data_that_is_thrown_away_stands_in_memory_only_where_there_is_room(
    spare_gigabytes: int, chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "MEMORY", tmp_path)
    monkeypatch.setattr(postgres, "spare_bytes", lambda _: spare_gigabytes * 1024**3)
    assert postgres.place_to_throw_away() == (tmp_path if chosen == "memory" else Path("/tmp"))


def test_without_memory_to_name_it_stands_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "MEMORY", tmp_path / "none")
    assert postgres.place_to_throw_away() == Path("/tmp")
