"""What is paid beyond what letters release is told line by line, not of the post alone: the line the promise stands on,
after its own money and that of every line above it."""

from alembic import op

revision = "0050"
down_revision = "0049"

LINES = """
CREATE FUNCTION grants.lines_paid_beyond(of_post text, on_ date, known bigint)
    RETURNS TABLE (line text, beyond_ore bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
    pools jsonb;
    claim record;
    above text;
    drawn bigint;
    lacks bigint;
BEGIN
    SELECT jsonb_object_agg(s.fund, s.amount) INTO pools FROM (
        SELECT t.fund, sum(t.amount)::bigint AS amount FROM (
            SELECT e.fund_id AS fund, e.carried_over_ore AS amount FROM grants.entry e
            WHERE e.fund_id = of_post AND e.effective_on <= on_ AND e.position <= known
            UNION ALL
            SELECT k.fund_id, CASE k.name WHEN 'carried_over_free' THEN -k.amount ELSE k.amount END FROM grants.mark k
            WHERE (k.fund_id = of_post AND k.name IN ('carried_over_free', 'carried_over_on_line')
                   OR k.fund_id ^@ (of_post || '/') AND k.name = 'carried_over_on_line')
                  AND k.effective_on <= on_ AND k.position <= known) AS t
        GROUP BY t.fund) AS s;
    FOR claim IN
            SELECT o.path[2:] AS path, o.path[cardinality(o.path)] AS root, sum(e.paid_ore)::bigint AS paid
            FROM grants.held_over h JOIN grants.fund o ON o.id = h.stream
            JOIN grants.held_over_entry e ON e.post_id = of_post AND e.stream = h.stream AND e.into_year = h.into_year
            WHERE h.post_id = of_post AND h.ground <> 'commitment-authority' AND e.effective_on <= on_
                  AND e.position <= known
            GROUP BY o.path[2:], o.path[cardinality(o.path)] ORDER BY 1, 2 LOOP
        lacks := claim.paid;
        FOREACH above IN ARRAY claim.path LOOP
            above := of_post || substr(above, length(claim.root) + 1);
            drawn := greatest(0, least(lacks, coalesce((pools ->> above)::bigint, 0)));
            lacks := lacks - drawn;
            pools := pools || jsonb_build_object(above, coalesce((pools ->> above)::bigint, 0) - drawn);
        END LOOP;
        IF lacks > 0 THEN
            line := of_post || substr(claim.path[1], length(claim.root) + 1);
            beyond_ore := lacks;
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION grants.lines_paid_beyond FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.lines_paid_beyond TO grants_reader, grants_service, tilsagn_dashboard;
CREATE OR REPLACE FUNCTION grants.paid_beyond(of_post text, on_ date, known bigint)
    RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(l.beyond_ore), 0)::bigint FROM grants.lines_paid_beyond(of_post, on_, known) AS l
$$;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(LINES)
