"""Who is signed in to the dashboard: a store of its own, apart from every fact."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "session.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("whoever is signed in would be signed out; restore a backup instead")
