"""What stands on a post is found by its post, and each fund at its place in the tree; and an instant becomes a position
by the index of instants. Every fund of every year was looked at for the first page of one post and for what was paid
of each, and the log was read backwards from its end to the instant."""

from alembic import op

from migrations.redefining import redefine

revision = "0059"
down_revision = "0058"

PLACE = """
CREATE FUNCTION grants.place_of(path text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(p, '/' ORDER BY n DESC) FROM unnest(path) WITH ORDINALITY AS u (p, n)
$$;
REVOKE ALL ON FUNCTION grants.place_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.place_of TO grants_service, grants_reader, tilsagn_dashboard;
CREATE INDEX fund_place ON grants.fund (year, chapter, post, grants.place_of(path));
"""
BACKWARDS = "RETURN (SELECT coalesce(max(e.position), 0) FROM grants.event e WHERE e.recorded_at <= known);"
BY_INSTANT = """-- From one correction of the clock to the next, instants rise with positions: the last of
    -- each such stretch that had begun by then is looked up, and the last of those is the last of all.
    RETURN (SELECT coalesce(max(last.position), 0) FROM (
                SELECT 0::bigint AS begins
                UNION ALL SELECT e.position FROM grants.event e
                WHERE e.stream = 'log' AND e.topic = 'log.clock-corrected.v1' AND e.recorded_at <= known) AS stretch
            CROSS JOIN LATERAL (
                SELECT e.position FROM grants.event e
                WHERE e.recorded_at <= known AND e.position >= stretch.begins
                ORDER BY e.recorded_at DESC, e.position DESC LIMIT 1) AS last);"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(PLACE)
    redefine(connection, "grants.position_at", BACKWARDS, BY_INSTANT)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
