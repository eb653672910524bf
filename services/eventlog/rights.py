"""What a service's own database role must not be."""

from psycopg_pool import AsyncConnectionPool


class RunsAsSuperuser(Exception):
    """The service's database role may do anything, so no right would hold it back. It must not start."""


async def refuse_superuser(pool: AsyncConnectionPool, role: str) -> None:
    """Raises RunsAsSuperuser unless rights hold for whoever the pool logs in as. `role` is whom it should be."""
    async with pool.connection() as connection:
        query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        found = await (await connection.execute(query)).fetchone()
    if found is None or found[0]:
        raise RunsAsSuperuser(f"Connect as {role} (docs/operations.md).")
