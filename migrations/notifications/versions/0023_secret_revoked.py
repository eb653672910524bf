"""The secret before can be ended at once, beside the one that takes its place: it may have become known."""

from alembic import op

from migrations.redefining import redefine

revision = "0023"
down_revision = "0022"

DELETED = "        WHEN 'endpoint.deleted.v1' THEN\n            UPDATE notifications.endpoint SET deleted"
REVOKED = """        WHEN 'endpoint.former-secret-revoked.v1' THEN
            UPDATE notifications.endpoint SET previous_secret_id = NULL, previous_until = NULL WHERE id = which;
"""


def upgrade() -> None:
    redefine(op.get_bind(), "notifications.tell_endpoint", DELETED, REVOKED + DELETED)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
