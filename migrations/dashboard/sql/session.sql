-- Who is signed in. Nothing here is a fact: a row is gone within a day of its end, and its loss signs people out.

-- One browser of one person. What the browser holds is a secret; what stands here is its hash, which opens nothing.
CREATE TABLE dashboard.session (
    token_sha256   bytea       PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    -- of what that browser signed in by, state and nonce in one: it signs in once
    sign_in_sha256 bytea       NOT NULL UNIQUE CHECK (octet_length(sign_in_sha256) = 32),
    subject        text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 400),
    name           text        CHECK (length(name) <= 200),
    roles          text[]      NOT NULL CHECK (cardinality(roles) BETWEEN 0 AND 20),
    idle           interval    NOT NULL CHECK (idle BETWEEN '1 minute' AND '1 day'),
    began_at       timestamptz NOT NULL,
    seen_at        timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,  -- at the latest, however much it is used
    ended_at       timestamptz            -- signed out, or signed out by somebody
);
CREATE INDEX session_ends ON dashboard.session (ends_at);
CREATE INDEX session_subject ON dashboard.session (subject);

-- A new one; false where that sign-in was used before. Those that ended a day ago go as others come.
CREATE FUNCTION dashboard.begin_session(
    token bytea, sign_in bytea, of_subject text, called text, in_roles text[], idle_seconds integer, most_seconds integer
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    DELETE FROM dashboard.session s WHERE s.token_sha256 IN (
        SELECT o.token_sha256 FROM dashboard.session o WHERE o.ends_at < at - interval '1 day'
        ORDER BY o.ends_at LIMIT 100 FOR UPDATE SKIP LOCKED);
    INSERT INTO dashboard.session (token_sha256, sign_in_sha256, subject, name, roles, idle, began_at, seen_at, ends_at)
    VALUES (token, sign_in, of_subject, called, in_roles, make_interval(secs => idle_seconds), at, at,
            at + least(make_interval(secs => most_seconds), interval '1 day'))
    ON CONFLICT (sign_in_sha256) DO NOTHING;
    RETURN FOUND;
END $$;

-- Whose it is, if it is somebody's now: not ended, not left idle too long, not past its end. Being used is noted once a
-- minute, for nobody waits for a write on each page.
CREATE FUNCTION dashboard.use_session(token bytea)
    RETURNS TABLE (subject text, name text, roles text[], ends_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at   timestamptz := clock_timestamp();
    used dashboard.session;
BEGIN
    SELECT * INTO used FROM dashboard.session s WHERE s.token_sha256 = token
        AND s.ended_at IS NULL AND at < s.ends_at AND at < s.seen_at + s.idle;
    IF NOT FOUND THEN RETURN; END IF;
    IF used.seen_at < at - interval '1 minute' THEN
        UPDATE dashboard.session s SET seen_at = at WHERE s.token_sha256 = token AND s.seen_at < at;
    END IF;
    subject := used.subject; name := used.name; roles := used.roles; ends_at := used.ends_at;
    RETURN NEXT;
END $$;

-- Signed out of one browser.
CREATE FUNCTION dashboard.end_session(token bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE dashboard.session s SET ended_at = clock_timestamp() WHERE s.token_sha256 = token AND s.ended_at IS NULL
$$;

-- Signed out everywhere. How many browsers that was.
CREATE FUNCTION dashboard.end_sessions_of(whom text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended integer;
BEGIN
    UPDATE dashboard.session s SET ended_at = clock_timestamp()
        WHERE s.subject = whom AND s.ended_at IS NULL AND clock_timestamp() < s.ends_at;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;

REVOKE ALL ON ALL TABLES IN SCHEMA dashboard FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dashboard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboard.begin_session, dashboard.use_session, dashboard.end_session,
    dashboard.end_sessions_of TO dashboard_sessions;
