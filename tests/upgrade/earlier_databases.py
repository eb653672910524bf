"""What the tests of earlier databases build, for other tests to use as well."""

import contextlib
import lzma
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from dev import account
from migrations import SERVICES, upgrade
from migrations.roles import LOGINS, close_to_strangers, make_schemas, url
from tests.conftest import Cluster, drop

DATABASES = Path(__file__).parent / "databases"
NAMES = sorted(folder.name for folder in DATABASES.iterdir() if folder.is_dir())
BEFORE_THE_SECOND_RULES = [name for name in NAMES if name.startswith("fa5cbcc")]


@contextlib.contextmanager
def restored(cluster: Cluster, name: str, folder: Path) -> Iterator[Mapping[str, str]]:
    """The database as it was, in this cluster; the way in for each role. Dropped afterwards."""
    file = folder / "tilsagn.dump"
    file.write_bytes(lzma.decompress((DATABASES / name / "tilsagn.dump.xz").read_bytes()))
    database = f"{cluster.template}_{name.replace('-', '_')}_{uuid4().hex[:8]}"
    with psycopg.connect(cluster.admin_dsn, autocommit=True) as connection:
        drop(connection, database)
        made = "CREATE DATABASE {} OWNER tilsagn_owner TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER builtin"
        made += " BUILTIN_LOCALE 'C.UTF-8'"
        connection.execute(sql.SQL(made).format(sql.Identifier(database)))
        try:
            program = account.programs(None) / "pg_restore"
            command: list[str | Path] = [
                program,
                "--exit-on-error",
                "-d",
                url(cluster.admin_dsn, database=database),
                file,
            ]
            told = subprocess.run(command, capture_output=True, text=True, check=False)
            assert told.returncode == 0, told.stderr
            close_to_strangers(connection, database)
            with psycopg.connect(url(cluster.admin_dsn, database=database), autocommit=True) as inside:
                make_schemas(inside)  # as `python -m migrations` does before it migrates
            yield {
                login.name: url(cluster.admin_dsn, database=database, user=login.name, password=cluster.password)
                for login in LOGINS
            }
        finally:
            drop(connection, database)


def upgraded(dsns: Mapping[str, str]) -> None:
    """Each service's part of it, brought to this release."""
    for service in SERVICES:
        upgrade(dsns["tilsagn_migrator"], service)
