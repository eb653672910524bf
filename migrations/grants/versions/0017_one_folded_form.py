"""Texts that read alike are the same where sameness refuses; no sum on a fund goes beyond a stated bound."""

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for file in ("folding.sql", "sums.sql"):
        op.get_bind().exec_driver_sql((SQL / file).read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
