"""What a supplement adds to a case that is held over takes nothing that covers another case already."""

from alembic import op

from migrations.redefining import redefine

revision = "0023"
down_revision = "0022"

COVERED = (
    "        FOR part IN SELECT * FROM grants.coverage("
    "h.post, greatest(h.since, make_date(into_, 1, 1)), effect) AS c\n"
)
KEPT = """        -- However old the promise it adds to, what covered others before it covers them still.
        IF NOT must THEN
            FOR part IN SELECT k.* FROM (
                    SELECT c.stream, c.effective_on,
                           sum(c.committed) OVER (PARTITION BY c.stream ORDER BY c.effective_on) AS changed
                    FROM grants.coverage(h.post, greatest(h.since, make_date(into_, 1, 1)), effect) AS c) AS k
                    WHERE k.changed < 0 AND NOT origins ? k.stream ORDER BY k.changed, k.effective_on LIMIT 1 LOOP
                RAISE EXCEPTION 'what covers % from % on is taken by no other', part.stream, part.effective_on
                    USING ERRCODE = 'TL002', DETAIL = jsonb_build_array(jsonb_build_object('fund_id', h.post,
                        'name', (SELECT f.name FROM grants.fund f WHERE f.id = h.post), 'since', part.effective_on,
                        'short_ore', -part.changed))::text;
            END LOOP;
        END IF;
"""


def upgrade() -> None:
    redefine(op.get_bind(), "grants.carry", COVERED, KEPT + COVERED)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
