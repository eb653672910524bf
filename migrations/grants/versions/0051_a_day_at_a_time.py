"""The days after a decision that is dated back are looked at one by one, each by its last entry alone.

What is left on each later day was found by sorting everything recorded on that day: with a million facts an approval
that was dated back read hundreds of entries for each fact it recorded, and more every year.
"""

from alembic import op

from migrations.redefining import redefine

revision = "0051"
down_revision = "0050"

ALL_OF_THE_DAY = """            WHERE e.fund_id = fund AND e.effective_on > day.on_
            ORDER BY e.effective_on, e.position DESC, e.line DESC LIMIT 1) AS next)"""
LAST_OF_THE_DAY = """            WHERE e.fund_id = fund AND e.effective_on = (
                SELECT min(l.effective_on) FROM grants.entry l WHERE l.fund_id = fund AND l.effective_on > day.on_)
            ORDER BY e.position DESC, e.line DESC LIMIT 1) AS next)"""


def upgrade() -> None:
    redefine(op.get_bind(), "grants.least_left_since", ALL_OF_THE_DAY, LAST_OF_THE_DAY)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
