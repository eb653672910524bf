"""What was not paid when a year ended is found among what was not paid in its own year or has moved since; and the
tasks of one kind are read in the order they are shown in. Every promise of every year was looked at, and every task of
that kind."""

from alembic import op

revision = "0062"
down_revision = "0061"

INDEXES = """
CREATE INDEX fund_unpaid ON grants.fund (id, year)
    WHERE kind = 'commitment' AND (committed_ore <> disbursed_ore OR last_on >= make_date(year + 1, 1, 1));
CREATE INDEX task_of_kind ON grants_view.task (edition, role, task, since_position, case_id, part);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(INDEXES)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
