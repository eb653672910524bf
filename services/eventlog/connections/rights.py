"""What a service must not start on: a role that no right holds back or that somebody has given settings of its own, and
a clock that somebody has replaced."""

from collections.abc import Mapping

from psycopg_pool import AsyncConnectionPool

from services.eventlog.connections.connecting import POOLED, connect_query, is_pooled

OWNER = "tilsagn_owner"
_CLOCK = """
    SELECT pg_get_functiondef(p.oid), pg_get_userbyid(p.proowner)
    FROM pg_proc p WHERE p.pronamespace = %s::regnamespace AND p.proname = 'log_clock'
"""
_SETTINGS = """
    SELECT unnest(s.setconfig) FROM pg_db_role_setting s
    WHERE s.setrole = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
      AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
"""
SETTINGS = {"idle_in_transaction_session_timeout": "60s"}
"""What the migrations set for a role that writes, beside where it finds its tables."""
READS = {**SETTINGS, "default_transaction_read_only": "on"}
"""And for one that reads."""
OWN_CLOCK = """\
CREATE OR REPLACE FUNCTION {schema}.log_clock()
 RETURNS timestamp with time zone
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$SELECT clock_timestamp()$function$
"""
"""The log's clock as the migrations lay it, in PostgreSQL's own spelling: the server's clock and nothing else."""


class CannotStart(Exception):
    """The service must not begin on this database; the message says why, in a sentence for whoever runs it."""


class RunsAsSuperuser(CannotStart):
    """The service's database role may do anything, so no right would hold it back. It must not start."""


class RoleChanged(CannotStart):
    """Somebody has given the service's database role settings that the migrations did not. It must not start."""

    code = "role-changed"


class PoolerUnset(CannotStart):
    """The pooler opens sessions without what every session of ours depends on. Nothing starts."""

    code = "pooler-unset"


class ClockReplaced(CannotStart):
    """The database's clock is not the one the migrations laid, so nothing can be counted from it. Nothing starts."""

    code = "clock-replaced"


async def refuse_superuser(pool: AsyncConnectionPool, role: str) -> None:
    """Raises RunsAsSuperuser unless rights hold for whoever the pool logs in as. `role` is whom it should be."""
    async with pool.connection() as connection:
        query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        found = await (await connection.execute(query)).fetchone()
    if found is None or found[0]:
        raise RunsAsSuperuser(
            f"No right holds the service's database role back: connect as {role} (docs/operations.md)."
        )


async def refuse_changed_role(
    pool: AsyncConnectionPool, schema: str | None, settings: Mapping[str, str] = SETTINGS
) -> None:
    """Raises RoleChanged if the role the pool logs in as has settings that the migrations did not make.

    A role can change its own, and nothing in PostgreSQL forbids it. A session says what it depends on (connecting.py);
    what nobody has thought of yet is refused here, and told by `make verify`. `schema` is where it finds its tables,
    None for one that names each whole."""
    made = {f"{name}={value}" for name, value in settings.items()} | ({f"search_path={schema}"} if schema else set())
    async with pool.connection() as connection:
        found = {setting for (setting,) in await (await connection.execute(_SETTINGS)).fetchall()}
    if found - made:
        raise RoleChanged(
            f"{RoleChanged.code}: its database role has settings that no migration made: "
            f"{', '.join(sorted(setting.partition('=')[0] for setting in found - made))} (docs/operations.md)."
        )


async def refuse_unset_pooler(pool: AsyncConnectionPool, settings: Mapping[str, str] = POOLED) -> None:
    """Raises PoolerUnset if a pooler lies between, and the sessions it lends lack what ours depend on.
    What is meant is asked for in PostgreSQL's own spelling, in a transaction that leaves nothing."""
    if not is_pooled():
        return
    unset = []
    async with pool.connection() as connection:
        for name, value in settings.items():
            held = await (await connection.execute("SELECT current_setting(%s)", (name,))).fetchone()
            async with connection.transaction(force_rollback=True):
                await connection.execute("SELECT set_config(%s, %s, true)", (name, value))
                meant = await (await connection.execute("SELECT current_setting(%s)", (name,))).fetchone()
            if held != meant:
                unset.append(name)
    if unset:
        raise PoolerUnset(
            f"The pooler's sessions lack {', '.join(unset)}: give its database {connect_query()} (docs/operations.md)."
        )


async def refuse_replaced_clock(pool: AsyncConnectionPool, schema: str) -> None:
    """Raises ClockReplaced unless `<schema>.log_clock()` is the migrations' own, to the letter, and the owner's.

    Only the owner can replace it (gate.md: tests and the demonstration do, each in a database of its own)."""
    async with pool.connection() as connection:
        found = await (await connection.execute(_CLOCK, (schema,))).fetchall()
    if found != [(OWN_CLOCK.format(schema=schema), OWNER)]:
        raise ClockReplaced(
            f"{ClockReplaced.code}: {schema}.log_clock() is not the function the migrations laid. "
            "A database whose clock was ever replaced is a test's or a demonstration's (docs/operations.md)."
        )
