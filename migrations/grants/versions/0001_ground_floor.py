"""The event log, the balances with their hard stop, and who may do what."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for part in ("log.sql", "balance.sql", "rights.sql"):
        op.get_bind().exec_driver_sql((SQL / part).read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
