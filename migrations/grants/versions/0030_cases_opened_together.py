"""Whether each of a thousand facts opens a case is asked where it stands, without a call for each."""

from alembic import op

from migrations.redefining import redefine

revision = "0030"
down_revision = "0029"

OPENS = "streams[i] ~ '^case-[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'"


def upgrade() -> None:
    redefine(op.get_bind(), "grants.record", "grants.opens_case(streams[i], 1)", OPENS)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
