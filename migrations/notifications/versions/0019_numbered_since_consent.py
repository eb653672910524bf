"""Once a receiver has consented, everything its endpoint lets through is numbered and waits, whatever state the
endpoint is in meanwhile: awaiting consent at another address too."""

from alembic import op

from migrations.redefining import redefine

revision = "0019"
down_revision = "0018"

CONSENTED = "UPDATE notifications.endpoint SET consented = (url = d ->> 'url') WHERE id = which;"
CONSENTED_ONCE = """UPDATE notifications.endpoint SET consented = (url = d ->> 'url'),
                numbered = numbered OR url = d ->> 'url' WHERE id = which;"""
REGISTERED = "secret_id, consented, paused, disabled, deleted)"
REGISTERED_UNNUMBERED = "secret_id, consented, numbered, paused, disabled, deleted)"
VALUES = "(d #>> '{secret,id}')::uuid, false, false, false, false);"
MORE_VALUES = "(d #>> '{secret,id}')::uuid, false, false, false, false, false);"
WANTS = "JOIN notifications.endpoint e ON e.consented AND NOT e.deleted"
WANTS_NUMBERS = "JOIN notifications.endpoint e ON e.numbered AND NOT e.deleted"


def upgrade() -> None:
    op.execute("ALTER TABLE notifications.endpoint ADD COLUMN numbered boolean")
    op.execute("""
        UPDATE notifications.endpoint e SET numbered = EXISTS (
            SELECT FROM notifications.event f
            WHERE f.stream = 'endpoint-' || e.id AND f.topic = 'endpoint.consented.v1')
    """)
    op.execute("ALTER TABLE notifications.endpoint ALTER COLUMN numbered SET NOT NULL")
    connection = op.get_bind()
    redefine(connection, "notifications.tell_endpoint", CONSENTED, CONSENTED_ONCE)
    redefine(connection, "notifications.tell_endpoint", REGISTERED, REGISTERED_UNNUMBERED)
    redefine(connection, "notifications.tell_endpoint", VALUES, MORE_VALUES)
    redefine(connection, "notifications.hand_on_messages", WANTS, WANTS_NUMBERS)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
