"""Whether a deadline was over long before it was known is decided when it is first known; and each case of a notice has
its number beside it, so that those that wait are named alone. The register is made anew by the service."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.execute("ALTER TABLE notifications_view.deadline ADD COLUMN history boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE notifications_view.deadline ADD COLUMN item_numbers text[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
