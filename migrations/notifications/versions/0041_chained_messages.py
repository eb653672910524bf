"""What receivers outside are told is chained, so that they can say which message they stand at: after a restore a
number could be another message's, and nobody was told."""

from pathlib import Path

from alembic import op

from migrations.redefining import redefine

revision = "0041"
down_revision = "0040"

SQL = Path(__file__).parent.parent / "sql"
HANDED = "SELECT count(*) INTO handed FROM numbered;"
CHAINED = f"{HANDED}\n    PERFORM notifications.chain_messages(before);"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql((SQL / "chained_messages.sql").read_text(encoding="utf-8").replace("%", "%%"))
    redefine(connection, "notifications.hand_on_messages", HANDED, CHAINED)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
