"""How letters name those who prepare and decide them: a register of staff in rows that can be erased. What waits for
one person alone says for whom."""

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0026"

SQL = Path(__file__).parent.parent / "sql" / "staff.sql"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(SQL.read_text(encoding="utf-8").replace("%", "%%"))
    connection.exec_driver_sql("ALTER TABLE grants_view.task ADD COLUMN only_by text")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
