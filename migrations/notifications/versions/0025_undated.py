"""What a letter asks for and names no day for stands in the register too, after what has a day. The register is made
anew by the service."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("ALTER TABLE notifications_view.deadline ALTER COLUMN due_on DROP NOT NULL")
    op.execute("ALTER TABLE notifications_view.deadline ALTER COLUMN due_at DROP NOT NULL")
    op.execute("DROP INDEX notifications_view.deadline_days")
    op.execute(
        "CREATE INDEX deadline_days ON notifications_view.deadline"
        " (edition, (coalesce(due_on, '9999-12-31'::date)), deadline_id)"
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
