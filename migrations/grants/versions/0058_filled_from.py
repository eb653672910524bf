"""How far a read model has come is kept with the hash that stands there: one that was filled from a log that went on
otherwise since is filled anew. What an earlier release keeps says nothing of it."""

from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("ALTER TABLE grants_view.edition ADD COLUMN kept_at bigint, ADD COLUMN hash bytea")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
