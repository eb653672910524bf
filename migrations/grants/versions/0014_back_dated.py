"""A decision that is dated back says so beside itself, also while its letter is being sent."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"

SQL = Path(__file__).parent.parent / "sql" / "back_dated.sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SQL.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("facts may stand that the function before does not know; restore a backup instead")
