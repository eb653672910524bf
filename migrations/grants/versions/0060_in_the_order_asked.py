"""The inbox, the list of cases and the reports of a state are read in the order they are shown in, as far as they are
shown: every open task, every case and every report was read, and sorted, for each page."""

from alembic import op

revision = "0060"
down_revision = "0059"

INDEXES = """
CREATE INDEX task_in_order ON grants_view.task (edition, role, since_position, case_id, task, part);
CREATE INDEX case_row_newest ON grants_view.case_row (edition, opened_position);
CREATE INDEX case_row_chapter ON grants_view.case_row (edition, chapter, opened_position);
CREATE INDEX case_row_state ON grants_view.case_row (edition, state, opened_position);
CREATE INDEX report_row_state ON grants_view.report_row (edition, state, due_on, case_id, number);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(INDEXES)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
