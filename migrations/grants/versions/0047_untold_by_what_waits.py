"""Which awards the ministry is not told of is asked of those whose letter is awaited, not of every award of the year.

The list of cases keeps from which promise a letter is awaited (services/grants/listed_case.py). It follows the log, so
what it has not read yet and what it could not read is asked of the log itself: what it lacks hides more, never less.
Until it is filled by code that keeps this, every award of the year is asked about, as before."""

from alembic import op

revision = "0047"
down_revision = "0046"

AWAITED = """
ALTER TABLE grants_view.case_row ADD COLUMN letter_awaited_from bigint;
CREATE INDEX case_row_letter_awaited ON grants_view.case_row (edition, case_id, letter_awaited_from)
    WHERE letter_awaited_from IS NOT NULL;
"""
UNTOLD = """
-- Of which cases with money in a budget year some promise may be untold: each whose letter is awaited since a promise
-- that no received notice has told of, and each that the list of cases is behind with.
CREATE FUNCTION grants.may_be_untold(of_year integer) RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keeps   CONSTANT integer := 5;  -- the version of that list from which on it keeps what is awaited
    live    grants_view.edition%ROWTYPE;
    notices integer := (SELECT edition FROM grants_view.edition WHERE projection = 'case-notices' AND state = 'live');
    found   text[];
BEGIN
    SELECT * INTO live FROM grants_view.edition WHERE projection = 'cases' AND state = 'live';
    IF live.version IS NULL OR live.version < keeps THEN
        RETURN ARRAY(SELECT DISTINCT split_part(f.id, '/', 1) FROM grants.fund f
                     WHERE f.kind = 'commitment' AND f.year = of_year AND f.id ^@ 'case-');
    END IF;
    found := ARRAY(
        SELECT 'case-' || c.case_id FROM grants_view.case_row c
        WHERE c.edition = live.edition AND c.letter_awaited_from IS NOT NULL AND NOT EXISTS (
            SELECT FROM grants_view.case_notice n WHERE n.edition = notices AND n.case_id = c.case_id
            AND n.position > c.letter_awaited_from AND n.received_at IS NOT NULL AND n.state <> 'withdrawn')
        UNION SELECT v.stream FROM grants.event v WHERE v.position > live.position
            AND v.topic IN ('award.approved.v1', 'award.supplement-approved.v1')
        UNION SELECT p.stream FROM grants_view.parked p WHERE p.projection = 'cases' AND p.edition = live.edition);
    RETURN ARRAY(SELECT s.stream FROM unnest(found) AS s (stream) WHERE EXISTS (
        SELECT FROM grants.fund f WHERE f.id IN (s.stream, s.stream || '/' || of_year) AND f.year = of_year));
END $$;
CREATE OR REPLACE FUNCTION grants.untold(of_year integer)
    RETURNS TABLE (line text, stream text, since bigint, whole boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.id, u.stream, u.since, u.whole
    FROM grants.untold_of(grants.may_be_untold(of_year)) AS u
    JOIN grants.fund l ON l.kind = 'commitment' AND l.year = of_year AND l.id IN (u.stream, u.stream || '/' || of_year)
$$;
REVOKE ALL ON FUNCTION grants.may_be_untold FROM PUBLIC;
"""


def upgrade() -> None:
    connection = op.get_bind()
    for statements in (AWAITED, UNTOLD):
        connection.exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
