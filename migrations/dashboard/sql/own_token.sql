-- The token by which whoever is signed in may ask the services in their own name, beside the session it belongs to. It is
-- sealed with a key that is not here and a secret that only the browser holds; it goes when the session ends, or when the
-- token itself has run out, and is never renewed.
ALTER TABLE dashboard.session
    ADD COLUMN own_token bytea CHECK (octet_length(own_token) BETWEEN 29 AND 9000),
    ADD COLUMN own_token_until timestamptz,
    ADD CONSTRAINT session_own_token CHECK ((own_token IS NULL) = (own_token_until IS NULL)
        AND (own_token IS NULL OR ended_at IS NULL AND own_token_until <= ends_at));
CREATE INDEX session_own_token_until ON dashboard.session (own_token_until) WHERE own_token IS NOT NULL;

-- A session that is ended, or shortened, by whomever, keeps nothing beyond that.
CREATE FUNCTION dashboard.forget_own_token() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.own_token := NULL;
    NEW.own_token_until := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER session_ended_keeps_no_token BEFORE UPDATE ON dashboard.session FOR EACH ROW
    WHEN (NEW.own_token IS NOT NULL AND (NEW.ended_at IS NOT NULL OR NEW.ends_at < NEW.own_token_until))
    EXECUTE FUNCTION dashboard.forget_own_token();
ALTER TABLE dashboard.session ENABLE ALWAYS TRIGGER session_ended_keeps_no_token;

-- Kept as the session begins; for no longer than the session, and no longer than it is good for.
CREATE FUNCTION dashboard.keep_own_token(token bytea, sealed bytea, good_seconds integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE dashboard.session s SET own_token = sealed,
        own_token_until = least(s.ends_at, s.began_at + make_interval(secs => good_seconds))
    WHERE s.token_sha256 = token AND s.ended_at IS NULL AND s.own_token IS NULL
$$;

-- The sealed bytes, while the session stands and the token is good; nothing else.
CREATE FUNCTION dashboard.find_own_token(token bytea) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.own_token FROM dashboard.session s
    WHERE s.token_sha256 = token AND s.ended_at IS NULL AND clock_timestamp() < s.own_token_until
        AND clock_timestamp() < s.seen_at + s.idle
$$;

-- Forgets what has run out, or whose session was left idle. How many that was.
CREATE FUNCTION dashboard.forget_own_tokens() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    forgotten integer;
BEGIN
    UPDATE dashboard.session s SET own_token = NULL, own_token_until = NULL WHERE s.token_sha256 IN (
        SELECT o.token_sha256 FROM dashboard.session o WHERE o.own_token IS NOT NULL
            AND (o.own_token_until <= clock_timestamp() OR o.seen_at + o.idle <= clock_timestamp())
        FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

REVOKE ALL ON FUNCTION dashboard.forget_own_token, dashboard.keep_own_token, dashboard.find_own_token,
    dashboard.forget_own_tokens FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboard.keep_own_token, dashboard.find_own_token, dashboard.forget_own_tokens
    TO dashboard_sessions;
