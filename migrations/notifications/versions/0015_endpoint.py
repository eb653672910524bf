"""Endpoints of receivers outside: their rows follow from the facts, and what signs stands sealed."""

from pathlib import Path

from alembic import op

from migrations.redefining import redefine

revision = "0015"
down_revision = "0014"

SQL = Path(__file__).parent.parent / "sql"
FACT = "        data := convert_from(fact.data, 'UTF8')::jsonb;\n"
OF_ENDPOINTS = """        IF fact.stream ^@ 'endpoint-' THEN
            PERFORM notifications.tell_endpoint(fact.topic, fact.stream, fact.position, data, now_at);
            CONTINUE;
        END IF;
"""


def upgrade() -> None:
    statements = (SQL / "endpoint.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
    redefine(op.get_bind(), "notifications.apply_effects", FACT, FACT + OF_ENDPOINTS)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
