"""The cases of a post and those in a state, of one year, are read in the order they are shown in: every case of the
year was read until there was a page of them."""

from alembic import op

revision = "0067"
down_revision = "0066"

INDEXES = """
CREATE INDEX case_row_post ON grants_view.case_row (edition, year, chapter, post, opened_position);
CREATE INDEX case_row_year_state ON grants_view.case_row (edition, year, state, opened_position);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(INDEXES)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
