"""House decision 12: a service whose role may do anything does not start."""

import asyncio
from pathlib import Path

import pytest

from services.eventlog.connections.rights import RunsAsSuperuser
from services.grants.main import create_app
from services.grants.settings import Settings
from tests.conftest import Database


def starts(dsn: str, key_file: Path) -> None:
    async def start() -> None:
        app = create_app(Settings(environment="test", database_url=dsn, dev_issuer_key=key_file))
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(start())


def test_a_superuser_is_refused_and_the_service_s_own_role_is_not(database: Database, tmp_path: Path) -> None:
    with pytest.raises(RunsAsSuperuser):
        starts(database.admin_dsn, tmp_path / "key")
    starts(database.service_dsn, tmp_path / "key")
