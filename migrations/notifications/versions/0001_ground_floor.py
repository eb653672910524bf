"""The event log, the gate, and who may do what."""

from pathlib import Path

from alembic import op

from migrations.log import log_sql

revision = "0001"
down_revision = None

SQL = Path(__file__).parent.parent / "sql"
LOCK = 7402021
PARTS = ("counting.sql", "gate.sql", "release.sql", "sending.sql", "effects.sql", "rights.sql")


def upgrade() -> None:
    log = log_sql("notifications", lock=LOCK)
    for statements in (log, *((SQL / part).read_text(encoding="utf-8") for part in PARTS)):
        op.get_bind().exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
