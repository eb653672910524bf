"""Recipients whose names meet are found in an index of a digest of each name as it is compared, and of the numbers.

Every case in the list was read, and its name folded anew, each time somebody asked; and an index with the names in it,
whole, does not hold a long one. The digest is of eight bytes whatever the name; of names that share one by chance the
names themselves are compared. Whoever changes what folding does lets the column be made anew.
"""

from alembic import op

revision = "0053"
down_revision = "0052"

NAMES = """
ALTER TABLE grants_view.case_row ADD COLUMN recipient_digest bigint
    GENERATED ALWAYS AS (hashtextextended(regexp_replace(grants.folded(recipient), 'kommune$', ''), 0)) STORED;
DROP INDEX grants_view.case_row_reads;
CREATE INDEX case_row_reads ON grants_view.case_row (edition, recipient_digest, organisation_number)
    WHERE organisation_number IS NOT NULL;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(NAMES)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
