"""Writers of the log take turns on a table that only its owner may lock; who reads holds up nobody."""

from alembic import op

from migrations.log import LOCKS, log_change
from migrations.redefining import redefine

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(log_change("notifications", "log_turn.sql"))
    lock = f"pg_advisory_xact_lock({LOCKS['notifications']})"
    for function in ("append", "recall", "correct_clock"):
        redefine(connection, f"notifications.{function}", lock, "notifications.take_turn()")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
