"""Who asks for a clock's correction and who confirms it are two people, however their names are written."""

from alembic import op

from migrations.two_of_a_correction import take_two_to_correct

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    take_two_to_correct(op.get_bind(), "notifications")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
