"""The gate is asked at each try to send, not at release alone: what closes it before a letter left keeps it here. A log
that holds facts says from where on that is asked."""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection

from migrations.redefining import redefine

revision = "0036"
down_revision = "0035"

SQL = Path(__file__).parent.parent / "sql"
STANDING = "SELECT pg_get_functiondef('notifications.standing'::regproc)"
# Of what is released the same is asked: what stood in the way if it were not.
OF_RELEASED = (
    ("standing(asked text, OUT code", "standing(asked text, though_released boolean DEFAULT false, OUT code"),
    ("IF held.released THEN", "IF held.released AND NOT though_released THEN"),
)


def upgrade() -> None:
    connection = op.get_bind()
    statement: str = connection.exec_driver_sql(STANDING).scalar_one()
    for was, becomes in OF_RELEASED:
        assert was in statement, f"notifications.standing does not say: {was}"
        statement = statement.replace(was, becomes)
    connection.exec_driver_sql("DROP FUNCTION notifications.standing(text)")
    connection.exec_driver_sql(statement.replace("%", "%%"))
    _lay(connection, "open_still.sql")
    redefine(
        connection,
        "notifications.begin_permitted",
        "    PERFORM notifications.refuse_unless((p ->> 'attempt')::integer = tried",
        "    PERFORM notifications.refuse_closed(which, it.left_here);\n"
        "    PERFORM notifications.refuse_unless((p ->> 'attempt')::integer = tried",
    )
    _lay(connection, "fourth_rules.sql")


def _lay(connection: Connection, part: str) -> None:
    connection.exec_driver_sql((SQL / part).read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
