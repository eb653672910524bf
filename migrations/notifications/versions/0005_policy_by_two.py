"""A scheme's notice policy takes two people, and frees only what was decided after it was confirmed."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "policy.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
