"""What was promised after a letter is told by the letter that was frozen since, and by no receipt of the one before it;
to its recipient as to the ministry. A log that holds facts says from where on."""

from alembic import op

from migrations.log import rules_of_grants
from migrations.redefining import redefine

revision = "0068"
down_revision = "0067"

ANY_LETTER = """r.position > v.position
          AND r.topic IN ('award.letter-released.v1', 'award.letter-left.v1', 'award.letter-release-imported.v1', \
'award.letter-delivered.v1'))"""
ITS_LETTER = """r.position > v.position
          AND (r.topic IN ('award.letter-released.v1', 'award.letter-release-imported.v1')
               OR r.topic IN ('award.letter-left.v1', 'award.letter-delivered.v1')
               AND (v.topic = 'award.approved.v1' OR EXISTS (
                   SELECT FROM grants.event z WHERE z.stream = o.stream AND z.position > v.position
                   AND z.topic = 'award.letter-frozen.v1' AND convert_from(z.data, 'UTF8')::jsonb ->> 'sha256'
                       = convert_from(r.data, 'UTF8')::jsonb ->> 'sha256'))))"""


def upgrade() -> None:
    connection = op.get_bind()
    redefine(connection, "grants.untold_of", ANY_LETTER, ITS_LETTER)
    connection.exec_driver_sql(rules_of_grants(8))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
