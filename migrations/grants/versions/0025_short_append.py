"""An append asks the database less."""

from alembic import op

from migrations.redefining import redefine
from migrations.short_append import shorten_append

revision = "0025"
down_revision = "0024"

CARRIED = "carried OR EXISTS (SELECT FROM grants.held_over) AND grants.carries(effects)"
ELSEWHERE = "'charges', 'funds', 'unmoved', 'marks', 'authorities', 'leans', 'months', 'freed', 'restands'"
HELD = "'holds', 'ranked', 'succeeded'"


def upgrade() -> None:
    connection = op.get_bind()
    shorten_append(connection, "grants")
    effects = "grants.apply_effects"
    redefine(
        connection,
        effects,
        "    months boolean := false;\n",
        "    months boolean := false;\n    carried boolean := false;\n",
    )
    redefine(
        connection,
        effects,
        "        IF effect ? 'funds' THEN\n",
        "        moves := moves OR coalesce(effect ? 'movements', false);\n"
        f"        CONTINUE WHEN (effect ?| ARRAY[{HELD}, {ELSEWHERE}]) IS NOT TRUE;  -- most have movements alone\n"
        f"        carried := carried OR effect ?| ARRAY[{HELD}, 'charges'];\n"
        "        IF effect ? 'funds' THEN\n",
    )
    redefine(connection, effects, "IF grants.carries(effects) THEN", f"IF {CARRIED} THEN")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
