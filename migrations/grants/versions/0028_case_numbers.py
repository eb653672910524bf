"""Each case has a number people can say, given as it is opened; those that stand have theirs in order of opening."""

from pathlib import Path

from alembic import op

from migrations.redefining import redefine

revision = "0028"
down_revision = "0027"

SQL = Path(__file__).parent.parent / "sql"

TOGETHER = "            PERFORM grants.record(ids,"
TOGETHER_UPTO = "            SELECT r.head INTO after FROM grants.record(ids,"
ANSWERS = """heads.nth_hash);
            RETURN QUERY
"""
# Where cases were opened and numbered, there are facts more than were given, and answers that say so.
ANSWERS_NUMBERED = """heads.nth_hash) AS r;
            IF after.head > heads.head + cardinality(streams) THEN
                RETURN QUERY
                    SELECT 'recorded', k.id, k.first_position, k.last_position, k.recorded_at, k.request_hash, k.answer,
                           NULL::text, NULL::jsonb
                    FROM unnest(ids) WITH ORDINALITY AS c (id, nth) JOIN grants.command k ON k.id = c.id ORDER BY c.nth;
                RETURN;
            END IF;
            RETURN QUERY
"""
GOES = "                first_position := heads.head + 1; last_position := after.head;\n"
TOLD = """                -- Where a case was opened and numbered, the answer says so, otherwise than it was asked.
                IF after.head > heads.head + event_counts[c] THEN
                    answer := (SELECT k.answer FROM grants.command k WHERE k.id = ids[c]);
                END IF;
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql((SQL / "case_number.sql").read_text(encoding="utf-8").replace("%", "%%"))
    redefine(connection, "grants.append", TOGETHER, TOGETHER_UPTO)
    redefine(connection, "grants.append", ANSWERS, ANSWERS_NUMBERED)
    redefine(connection, "grants.append", GOES, GOES + TOLD)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
