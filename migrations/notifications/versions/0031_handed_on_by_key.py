"""A message that is handed on is looked up by its key before endpoints are asked whether they want it.

PostgreSQL joined every message there had ever been with every endpoint first, and asked each pair: with 300 messages
and a thousand endpoints, 600,000 questions to hand on two.
"""

from alembic import op

from migrations.redefining import redefine

revision = "0031"
down_revision = "0030"

JOINED = "FROM numbered n JOIN notifications.message m ON m.id = n.id"
BY_KEY = """FROM numbered n
        CROSS JOIN LATERAL (SELECT x.* FROM notifications.message x WHERE x.id = n.id OFFSET 0) AS m  -- by key"""


def upgrade() -> None:
    redefine(op.get_bind(), "notifications.hand_on_messages", JOINED, BY_KEY)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
