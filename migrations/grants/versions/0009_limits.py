"""Limits that hang on more than one case: commitment authorities, and the months of per-capita awards."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for part in ("limits.sql", "limits_so_far.sql"):
        op.get_bind().exec_driver_sql((SQL / part).read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("without them the limits would not hold; restore a backup instead")
