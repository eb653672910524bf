"""Two people whose names differ by a sign drawn as nothing count as one."""

from alembic import op

from migrations.blank_signs import leave_out_blank_signs

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    leave_out_blank_signs(op.get_bind(), "notifications")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
