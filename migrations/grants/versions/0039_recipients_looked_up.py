"""What cases have had of a name and a number is looked up before an answer is given, so it is found by an index: by
organisation number, by municipality, and by a name as it is compared (services/grants/recipient_remarks.py)."""

from alembic import op

revision = "0039"
down_revision = "0038"

INDEXES = """
CREATE INDEX case_row_number ON grants_view.case_row (edition, organisation_number);
CREATE INDEX case_row_municipality ON grants_view.case_row (edition, municipality_number);
CREATE INDEX case_row_reads ON grants_view.case_row
    (edition, (regexp_replace(grants.folded(recipient), 'kommune$', '')));
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(INDEXES)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
