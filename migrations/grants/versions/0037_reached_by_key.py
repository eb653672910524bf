"""What a command moves is looked up by key, whatever PostgreSQL believes of how many funds there are.

Its planner takes a list of movements for ten thousand, and so read every fund there is, with every append: with a
thousand funds an append of sixteen commands took the processor 1.4 times as long. Running sums of øre are added as
whole numbers (a sum of bigint is a numeric, turned back for each of twelve columns), and what is asked of every fact by
a pattern is first asked once of all of them.
"""

from alembic import op

from migrations.redefining import redefine

revision = "0037"
down_revision = "0036"

TOTAL = """
CREATE AGGREGATE grants.total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0');
REVOKE ALL ON FUNCTION grants.total(bigint) FROM PUBLIC;
"""
FUNDS = "    LEFT JOIN grants.fund f ON f.id = m.fund\n"
FUNDS_BY_KEY = (
    "    LEFT JOIN LATERAL (SELECT f.kind, f.path FROM grants.fund f WHERE f.id = m.fund LIMIT 1) AS f ON true\n"
)
MOVED = "            WHERE f.id = r.fund_id\n"
MOVED_BY_KEY = (
    "            WHERE f.id = r.fund_id AND f.id = ANY (ARRAY(SELECT DISTINCT reached.fund_id FROM reached))\n"
)
BUCKETS = """        day_bucket AS MATERIALIZED (
            SELECT x.fund_id, x.effective_on, (SELECT p.day_totals FROM grants.entry p
                WHERE p.fund_id = x.fund_id AND p.effective_on = x.effective_on
                ORDER BY p.position DESC, p.line DESC LIMIT 1) AS dt
            FROM (SELECT DISTINCT fund_id, effective_on FROM reached) AS x),
        month_bucket AS MATERIALIZED (
            SELECT x.fund_id, x.month, (SELECT p.month_totals FROM grants.entry p
                WHERE p.fund_id = x.fund_id AND p.effective_month = x.month
                ORDER BY p.position DESC, p.line DESC LIMIT 1) AS mt
            FROM (SELECT DISTINCT fund_id, date_trunc('month', effective_on)::date AS month FROM reached) AS x),
"""
BUCKET = """        bucket AS MATERIALIZED (
            SELECT x.fund_id, x.effective_on,
                (SELECT p.day_totals FROM grants.entry p
                 WHERE p.fund_id = x.fund_id AND p.effective_on = x.effective_on
                 ORDER BY p.position DESC, p.line DESC LIMIT 1) AS dt,
                (SELECT p.month_totals FROM grants.entry p
                 WHERE p.fund_id = x.fund_id AND p.effective_month = date_trunc('month', x.effective_on)::date
                 ORDER BY p.position DESC, p.line DESC LIMIT 1) AS mt
            FROM (SELECT DISTINCT fund_id, effective_on FROM reached) AS x),
"""
JOINED = "LEFT JOIN day_bucket USING (fund_id, effective_on) LEFT JOIN month_bucket USING (fund_id, month)"
JOINED_ONCE = "LEFT JOIN bucket USING (fund_id, effective_on)"
SUMS = [f"sum({column}) OVER" for column in "aoecdw"]
WHOLE = "]::bigint[],"
ORDERED = "ORDER BY nth_position, line)"
OWN = "EXISTS (SELECT FROM unnest(streams) AS s (name) WHERE s.name = 'log' OR s.name ^@ 'numbers-')"
OWN_AT_ONCE = "array_to_string(streams, E'\\n') ~ '(?n)^(log$|numbers-)'"
DECLARED = "    topic_of bytea;\nBEGIN"
DECLARED_TOO = """    topic_of bytea;
    begins  boolean := array_to_string(streams, E'\\n') ~ '(?n)^case-[0-9a-f]{8}-';  -- whether any may open a case
BEGIN"""
OPENS = "IF versions[i] = 1 AND streams[i] ~"
LATER = "    later   boolean := false;  -- whether any"
LATER_AT_ONCE = "    later   boolean := 1 < ANY (versions);  -- whether any"
LATER_EACH = "            later := later OR versions[i] > 1;\n"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(TOTAL)
    redefine(connection, "grants.reach", FUNDS, FUNDS_BY_KEY)
    redefine(connection, "grants.move", MOVED, MOVED_BY_KEY)
    for was, becomes in (
        (BUCKETS, BUCKET),
        (JOINED, JOINED_ONCE),
        *((was, was.replace("sum(", "grants.total(")) for was in SUMS),
        (WHOLE, "],"),
        (ORDERED, ORDERED.replace(")", " ROWS UNBOUNDED PRECEDING)")),
    ):
        redefine(connection, "grants.move", was, becomes)
    for was, becomes in (
        (OWN, OWN_AT_ONCE),
        (DECLARED, DECLARED_TOO),
        (OPENS, "IF begins AND versions[i] = 1 AND streams[i] ~"),
        (LATER, LATER_AT_ONCE),
        (LATER_EACH, ""),
    ):
        redefine(connection, "grants.record", was, becomes)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
