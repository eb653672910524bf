-- How fresh what is read here is: the last fact and when it was recorded, how far the read models have followed, and
-- since when the first that they have not followed has stood. Nothing where nothing is recorded yet.
CREATE FUNCTION grants.how_fresh()
    RETURNS TABLE ("position" bigint, recorded_at timestamptz, followed bigint, waiting_since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT head.position, head.recorded_at, views.position,
           (SELECT e.recorded_at FROM grants.event e WHERE e.position > views.position ORDER BY e.position LIMIT 1)
    FROM (SELECT e.position, e.recorded_at FROM grants.event e ORDER BY e.position DESC LIMIT 1) AS head,
         (SELECT coalesce(min(v.position), 0) AS position FROM grants_view.edition v WHERE v.state = 'live') AS views
$$;
REVOKE ALL ON FUNCTION grants.how_fresh FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.how_fresh TO tilsagn_dashboard;
