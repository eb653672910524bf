-- What the ministry's dashboard sees, and nothing beside: its role may read these, and can write nowhere.

-- Letters of allocation, as they were registered: the streams of the budget years, of all that the log holds.
CREATE VIEW grants.letter_fact WITH (security_barrier) AS
    SELECT position, stream, version, topic, data, metadata, recorded_at FROM grants.event
    WHERE stream ^@ 'allocation-';

-- The turn of a budget year as earlier releases recorded it in a case, before the next year's books knew of it.
CREATE VIEW grants.turned_before WITH (security_barrier) AS
    SELECT stream, position, (convert_from(data, 'UTF8')::jsonb ->> 'year')::integer AS year FROM grants.event
    WHERE topic = 'award.commitment-held-over.v1';

-- The awards with money in a budget year that the ministry is not told of (Instruks 5.4): each commitment, its case, and
-- from which position in the log nothing of it is to be seen by the ministry. `whole`: it is told of no part of the
-- award; else of the award and not of what was promised since. It is told by a notice it has received, which lists the
-- case after the promise was made; and whatever is out to its recipient is no secret to it. A promise of which no letter
-- is made (per capita) owes no notice, and neither does one decided before this system.
CREATE FUNCTION grants.untold(of_year integer) RETURNS TABLE (line text, stream text, since bigint, whole boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.id, o.stream, min(v.position), bool_or(v.topic = 'award.approved.v1')
    FROM grants.fund l
    CROSS JOIN LATERAL (SELECT split_part(l.id, '/', 1) AS stream OFFSET 0) AS o
    JOIN grants.entry e ON e.fund_id = o.stream AND e.ground IN ('award.approved.v1', 'award.supplement-approved.v1')
    JOIN grants.event v ON v.position = e.position AND v.stream = o.stream
    WHERE l.kind = 'commitment' AND l.year = of_year AND l.id ^@ 'case-'
      AND coalesce((convert_from(v.data, 'UTF8')::jsonb ->> 'letter_owed')::boolean, v.topic = 'award.approved.v1')
      AND NOT EXISTS (
          SELECT FROM grants.event r WHERE r.stream = o.stream AND r.position > v.position
          AND r.topic IN ('award.letter-released.v1', 'award.letter-release-imported.v1', 'award.letter-delivered.v1'))
      AND NOT EXISTS (
          SELECT FROM grants_view.case_notice n WHERE n.case_id = substr(o.stream, 6)::uuid AND n.position > v.position
          AND n.received_at IS NOT NULL AND n.state <> 'withdrawn'
          AND n.edition = (SELECT m.edition FROM grants_view.edition m
                           WHERE m.projection = 'case-notices' AND m.state = 'live'))
    GROUP BY l.id, o.stream
$$;

REVOKE ALL ON grants.letter_fact, grants.turned_before FROM PUBLIC;
REVOKE ALL ON FUNCTION grants.untold FROM PUBLIC;
GRANT SELECT ON grants.turned_before TO grants_service, grants_reader;

GRANT USAGE ON SCHEMA grants TO tilsagn_dashboard;
GRANT SELECT ON grants.fund, grants.entry, grants.mark, grants.held_over, grants.held_over_entry,
    grants.held_over_order, grants.authority, grants.authority_use, grants.case_number, grants.letter_fact,
    grants.turned_before TO tilsagn_dashboard;
GRANT SELECT (position, stream) ON grants.event TO tilsagn_dashboard;
GRANT EXECUTE ON FUNCTION grants.balance_at, grants.position_at, grants.untold TO tilsagn_dashboard;
