"""What is held over goes on to a post that carries the line on from a year further back, too: it was looked for on the
post of the year before alone, and a line that no letter gave money to in between was lost sight of."""

from alembic import op

from migrations.redefining import redefine

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    was = "o.from_post_id = predecessor AND"
    becomes = "o.from_post_id = (o.into_year - 1)::text || substr(predecessor, 5) AND"
    redefine(op.get_bind(), "grants.succeed", was, becomes)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
