"""Deliveries to endpoints: what each is told, numbered without gaps, and every try of it."""

from pathlib import Path

from alembic import op

from migrations.redefining import redefine

revision = "0016"
down_revision = "0015"

SQL = Path(__file__).parent.parent / "sql"
ENDPOINT = "PERFORM notifications.tell_endpoint(fact.topic, fact.stream, fact.position, data, now_at);\n"
DELIVERIES = "            PERFORM notifications.tell_deliveries(fact.topic, fact.stream, data, now_at);\n"


def upgrade() -> None:
    statements = (SQL / "delivery.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
    redefine(op.get_bind(), "notifications.apply_effects", ENDPOINT, ENDPOINT + DELIVERIES)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
