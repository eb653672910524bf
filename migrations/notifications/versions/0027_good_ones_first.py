"""Deliveries to receivers that take what they are sent are begun before those to receivers that fail, whose oldest has
always waited longer. One second in ten it goes by age alone: those that fail are tried however much there is to do."""

from alembic import op

from migrations.redefining import redefine

revision = "0027"
down_revision = "0026"

BY_AGE = "WHERE NOT (e.deleted OR e.paused OR e.disabled) ORDER BY first.next_at"
GOOD_ONES_FIRST = """JOIN notifications.endpoint_count c ON c.endpoint_id = e.id
        WHERE NOT (e.deleted OR e.paused OR e.disabled)
        ORDER BY c.failing_since IS NOT NULL AND floor(extract(second FROM at))::integer % 10 > 0, first.next_at"""


def upgrade() -> None:
    redefine(op.get_bind(), "notifications.begin_deliveries", BY_AGE, GOOD_ONES_FIRST)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
