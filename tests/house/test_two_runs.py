"""Two runs on one server, as two people's against one DATABASE_URL: neither shuts the other out."""

import psycopg
import pytest

from dev.passwords import agreed_password
from dev.state import State
from tests.conftest import Cluster, Database, begin


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
