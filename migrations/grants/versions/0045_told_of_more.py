"""Of money that was added before the letter is out the ministry is told as of the award: its letter has to say it.

Whether a supplement has a letter of its own says nothing of that. An award on no scheme has none, and what was added to
it after the notice was seen at once.
"""

from alembic import op

from migrations.redefining import redefine

revision = "0045"
down_revision = "0044"

OWED = "coalesce((convert_from(v.data, 'UTF8')::jsonb ->> 'letter_owed')::boolean, v.topic = 'award.approved.v1')\n"
OWED_BY_THE_AWARD = f"""({OWED}           OR EXISTS (
               SELECT FROM grants.event a WHERE a.stream = o.stream AND a.position < v.position
               AND a.topic = 'award.approved.v1'
               AND coalesce((convert_from(a.data, 'UTF8')::jsonb ->> 'letter_owed')::boolean, true))
              AND NOT EXISTS (
               SELECT FROM grants.event r WHERE r.stream = o.stream AND r.position < v.position
               AND r.topic IN ('award.letter-released.v1', 'award.letter-release-imported.v1',
                               'award.letter-delivered.v1')))
"""


def upgrade() -> None:
    redefine(op.get_bind(), "grants.untold_of", OWED, OWED_BY_THE_AWARD)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
