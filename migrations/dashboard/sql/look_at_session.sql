-- Whose it is, as dashboard.use_session tells it, and without noting that it is used: whoever only waits on a page that
-- stands open does not keep its session going by that.
CREATE FUNCTION dashboard.look_at_session(token bytea)
    RETURNS TABLE (subject text, name text, roles text[], ends_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.subject, s.name, s.roles, s.ends_at FROM dashboard.session s WHERE s.token_sha256 = token
        AND s.ended_at IS NULL AND clock_timestamp() < s.ends_at AND clock_timestamp() < s.seen_at + s.idle
$$;
REVOKE ALL ON FUNCTION dashboard.look_at_session FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboard.look_at_session TO dashboard_sessions;
