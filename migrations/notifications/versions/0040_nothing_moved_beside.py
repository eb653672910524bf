"""What a decision rests on beside the streams it writes has not moved when it is recorded: in the same moment, one
person could order a letter out and acknowledge its notice."""

from pathlib import Path

from alembic import op

from migrations.redefining import redefine

revision = "0040"
down_revision = "0039"

SQL = Path(__file__).parent.parent / "sql"
BEGINS = "\nBEGIN\n"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql((SQL / "unmoved.sql").read_text(encoding="utf-8").replace("%", "%%"))
    redefine(
        connection,
        "notifications.apply_effects",
        BEGINS,
        f"{BEGINS}    PERFORM notifications.keep_unmoved(befores, effects);\n",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
