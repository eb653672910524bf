"""An append asks the database less."""

from alembic import op

from migrations.short_append import shorten_append

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    shorten_append(op.get_bind(), "notifications")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
