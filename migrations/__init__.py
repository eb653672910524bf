"""Alembic owns every table. Each service has its own schema, its own history of revisions and its own version table.

Revisions run as `tilsagn_owner`, reached by the migrator through SET ROLE, so that no role that logs in owns anything.
"""

from functools import cache
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from migrations.roles import OWNER
from services.calendar.patience import at_most

# Two migrations at once take turns on this lock; the number is any constant nobody else uses.
TURN = 7_215_201_920_200_001
LOCK_SECONDS = at_most(5)
LOGS = ("grants", "notifications")
"""The services that keep a log."""
SERVICES = (*LOGS, "dashboard")


def configuration(service: str) -> Config:
    """Alembic's configuration for one service's history."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / service).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["service"] = service
    return config


def upgrade(dsn: str, service: str = "grants", *, revision: str = "head") -> None:
    """Bring one service's schema to a revision, all of it or nothing, waiting for a migration that is under way.

    `dsn` logs in as the migrator (or a superuser). A statement that cannot get its lock within five seconds gives up,
    so that a migration never queues behind a long reader with every writer behind it; run it again.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_lock(%s)", (TURN,))
        connection.exec_driver_sql(f"SET ROLE {OWNER}")
        connection.exec_driver_sql(f"SET search_path = {service}")
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        connection.commit()
        config = configuration(service)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
    engine.dispose()


@cache
def list_heads(service: str = "grants") -> tuple[str, ...]:
    """The newest revisions of a service's history; more than one means that two branches were never joined."""
    return tuple(ScriptDirectory.from_config(configuration(service)).get_heads())


def list_applied(dsn: str, service: str = "grants") -> tuple[str, ...]:
    """The revisions a database stands at."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table_schema": service})
        return tuple(context.get_current_heads())
