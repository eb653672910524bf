"""Messages wait in the order they were put by the clock: a sequence is a row that somebody could set."""

from alembic import op

from migrations.redefining import redefine

revision = "0018"
down_revision = "0017"

PUT = "INSERT INTO notifications.message_waiting (id) VALUES (which);"
PUT_BY_THE_CLOCK = """INSERT INTO notifications.message_waiting (nth, id)
        VALUES (floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, which);"""


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.message_waiting ALTER COLUMN nth DROP IDENTITY")
    op.execute("ALTER TABLE notifications.message_waiting DROP CONSTRAINT message_waiting_pkey")
    op.execute("ALTER TABLE notifications.message_waiting ADD PRIMARY KEY (nth, id)")
    redefine(op.get_bind(), "notifications.put_message", PUT, PUT_BY_THE_CLOCK)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
