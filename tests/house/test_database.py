"""The database the tests stand on is closed as the real one is (house.md, decision 12)."""

import psycopg
import pytest

from tests.conftest import Database


def test_the_service_is_an_ordinary_role_and_finds_its_own_schema(database: Database) -> None:
    with psycopg.connect(database.service_dsn) as connection:
        found = connection.execute(
            "SELECT current_user::text, current_schema()::text, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert found == ("grants_service", "grants", False, False, False, False)


@pytest.mark.parametrize("role", ["service_dsn", "reader_dsn"])
@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TABLE grants.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "SET ROLE tilsagn_owner",
        "SET ROLE tilsagn_migrator",
        "CREATE ROLE mine",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_a_role_that_logs_in_makes_nothing_of_its_own(database: Database, role: str, attempt: str) -> None:
    with psycopg.connect(getattr(database, role)) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(attempt)
    assert refused.value.sqlstate in {"42501", "25006"}


def test_no_password_no_entry(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(database.service_dsn, password="wrong")
    with psycopg.connect(database.admin_dsn) as connection:
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert rules == [("scram-sha-256",)]


def test_a_stranger_may_not_even_connect(database: Database) -> None:
    with psycopg.connect(database.admin_dsn, autocommit=True) as connection:
        connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'known'")
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(database.admin_dsn, user="stranger", password="known")
        finally:
            connection.execute("DROP ROLE stranger")
