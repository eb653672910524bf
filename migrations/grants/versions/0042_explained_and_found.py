"""What the pages that explain and find read: recipients and where their cases stand, looked up by the words of their
names; and of given cases which the ministry is not told of, asked by key and not for a whole year.

Which awards are not told of is worked out in one place: for a year it is asked of that year's cases.
"""

from alembic import op

revision = "0042"
down_revision = "0041"

UNTOLD_OF = """
-- Of these cases (streams), those that the ministry is not told of, as grants.untold says of a year.
CREATE FUNCTION grants.untold_of(streams text[]) RETURNS TABLE (stream text, since bigint, whole boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.stream, min(v.position), bool_or(v.topic = 'award.approved.v1')
    FROM unnest(streams) AS o (stream)
    JOIN grants.entry e ON e.fund_id = o.stream AND e.ground IN ('award.approved.v1', 'award.supplement-approved.v1')
    JOIN grants.event v ON v.position = e.position AND v.stream = o.stream
    WHERE coalesce((convert_from(v.data, 'UTF8')::jsonb ->> 'letter_owed')::boolean, v.topic = 'award.approved.v1')
      AND NOT EXISTS (
          SELECT FROM grants.event r WHERE r.stream = o.stream AND r.position > v.position
          AND r.topic IN ('award.letter-released.v1', 'award.letter-release-imported.v1', 'award.letter-delivered.v1'))
      AND NOT EXISTS (
          SELECT FROM grants_view.case_notice n WHERE n.case_id = substr(o.stream, 6)::uuid AND n.position > v.position
          AND n.received_at IS NOT NULL AND n.state <> 'withdrawn'
          AND n.edition = (SELECT m.edition FROM grants_view.edition m
                           WHERE m.projection = 'case-notices' AND m.state = 'live'))
    GROUP BY o.stream
$$;
CREATE OR REPLACE FUNCTION grants.untold(of_year integer)
    RETURNS TABLE (line text, stream text, since bigint, whole boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.id, u.stream, u.since, u.whole
    FROM grants.untold_of(ARRAY(SELECT DISTINCT split_part(f.id, '/', 1) FROM grants.fund f
        WHERE f.kind = 'commitment' AND f.year = of_year AND f.id ^@ 'case-')) AS u
    JOIN grants.fund l ON l.kind = 'commitment' AND l.year = of_year AND l.id IN (u.stream, u.stream || '/' || of_year)
$$;
REVOKE ALL ON FUNCTION grants.untold_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.untold_of TO tilsagn_dashboard;
"""
WORDS = r"""
-- The words of a name, each as it is compared (grants.folded), for whoever looks for some of them
-- (services/grants/overview/search/view.py splits alike). Of a very long name the beginning.
CREATE FUNCTION grants.words(given text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT left(word.read_as, 60)), '{}')) FROM (
        SELECT grants.folded(part) AS read_as
        FROM regexp_split_to_table(left(given, 400), U&'[\0001-\002F:-@\005B-`\007B-\00BF\2000-\206F\3000]+') AS part
    ) AS word WHERE word.read_as <> ''
$$;
REVOKE ALL ON FUNCTION grants.words FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.words TO grants_service, grants_reader, tilsagn_dashboard;
GRANT EXECUTE ON FUNCTION grants.folded TO tilsagn_dashboard;
CREATE INDEX case_row_words ON grants_view.case_row USING gin (grants.words(recipient)) WITH (fastupdate = off);
CREATE INDEX fund_words ON grants.fund USING gin (grants.words(name)) WITH (fastupdate = off)
    WHERE kind <> 'commitment';
"""
READ = """
GRANT USAGE ON SCHEMA grants_view TO tilsagn_dashboard;
GRANT SELECT (projection, edition, state) ON grants_view.edition TO tilsagn_dashboard;
GRANT SELECT (edition, case_id, opened_position, fund_id, year, chapter, post, recipient, organisation_number,
    municipality_number, scheme_id, state) ON grants_view.case_row TO tilsagn_dashboard;
"""


def upgrade() -> None:
    connection = op.get_bind()
    for statements in (UNTOLD_OF, WORDS, READ):
        connection.exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
