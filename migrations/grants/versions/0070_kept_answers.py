"""Answers to commands are kept for a term that two people set, and cleared once it is over, with a fact that tells of
it: they were kept for good, and are the largest part of what a log comes to weigh."""

from alembic import op

from migrations.log import log_change

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_change("grants", "kept_answers.sql"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
