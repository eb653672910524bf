"""Writers of the log take turns on a table that only its owner may lock; who reads holds up nobody."""

from alembic import op

from migrations.log import LOCKS, log_change
from migrations.redefining import redefine

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(log_change("grants", "log_turn.sql"))
    lock = LOCKS["grants"]
    for function in ("append", "recall", "correct_clock"):
        redefine(connection, f"grants.{function}", f"pg_advisory_xact_lock({lock})", "grants.take_turn()")
    redefine(connection, "grants.position_at", f"pg_advisory_xact_lock_shared({lock})", "grants.await_writers()")
    connection.exec_driver_sql(
        "ALTER FUNCTION grants.position_at SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
    )
    # The contact persons are tended by one process at a time, on a turn of their own.
    connection.exec_driver_sql("CREATE TABLE grants.tending_turn ()")
    redefine(
        connection,
        "grants.tend_contacts",
        "PERFORM pg_advisory_xact_lock(7402022);",
        "LOCK TABLE ONLY grants.tending_turn IN SHARE ROW EXCLUSIVE MODE;",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
