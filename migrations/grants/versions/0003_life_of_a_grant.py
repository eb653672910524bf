"""What the rooms of a case keep beside the log: erasable persons and accounts, frozen letters, a round's look ahead,
and the lists that follow the log."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

SQL = Path(__file__).parent.parent / "sql"
FILES = ("contact", "application", "payee", "letter_file", "round", "case_list", "complaint", "recipient_report")


def upgrade() -> None:
    for name in FILES:
        op.get_bind().exec_driver_sql((SQL / f"{name}.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError(
        "Frozen letters and erasable persons are not thrown away by a step back; restore a backup."
    )
