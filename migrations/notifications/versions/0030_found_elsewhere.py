"""A deadline that what happened elsewhere ended, or began anew: how its history says it stands, and whether that was
found. The register is asked by what its deadlines are of, and the outbox by the deadline."""

from alembic import op

revision = "0030"
down_revision = "0029"

STATEMENTS = (
    "ALTER TABLE notifications_view.deadline ADD COLUMN stood text NOT NULL DEFAULT 'due'",
    "ALTER TABLE notifications_view.deadline ADD COLUMN changed_found boolean NOT NULL DEFAULT false",
    "CREATE INDEX deadline_items ON notifications_view.deadline USING gin (items) WHERE state = 'due'",
    "CREATE INDEX message_deadline ON notifications.message ((subject ->> 'deadline_id'))"
    " WHERE (subject ->> 'deadline_id') IS NOT NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
