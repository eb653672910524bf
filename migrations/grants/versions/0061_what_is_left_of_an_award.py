"""The list of cases keeps what is left of each award: the state of a case does not tell it. The draw for control, who
was granted before and what a file repeats ask for it. Until the list is filled by code that keeps it, they ask what is
promised."""

from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("ALTER TABLE grants_view.case_row ADD COLUMN left_ore bigint")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
