"""What one budget year leaves to the next: claims on carried-over money, and what is bound of the new year's posts."""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((SQL / "held_over.sql").read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("without it money carried over would be promised twice; restore a backup instead")
