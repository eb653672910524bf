"""What is promised on a line is found a side at a time, by an index in the order it is shown in, which takes the place
of one without an order; and what a post was carried over from is found by index, not by reading all there ever was."""

from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.execute("CREATE INDEX fund_below ON grants.fund (parent_id, id)")
    op.execute("DROP INDEX grants.fund_parent")
    op.execute("CREATE INDEX held_over_from ON grants.held_over (from_post_id)")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
