"""A change of commands that changes none is refused as any other: it was let through, and whoever looks whether the
table is guarded would have found that it is not."""

from alembic import op

from migrations.redefining import redefine

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    connection = op.get_bind()
    redefine(connection, "grants.only_old_answers_go", "IF EXISTS (", "IF NOT EXISTS (SELECT FROM stood) OR EXISTS (")
    redefine(
        connection,
        "grants.clear_answers",
        "UPDATE grants.command SET",
        "IF gone = 0 THEN\n        RETURN upto - after;\n    END IF;\n    UPDATE grants.command SET",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
