-- What is on its way out, letters (released) and notices (ordered): for the senders, who claim by recording that they
-- begin. A claim without an outcome after two minutes is a sender that died: then the channel is asked.
CREATE TABLE notifications.sending (
    stream  text        PRIMARY KEY,  -- letter-<case> or notice-<id>
    state   text        NOT NULL CHECK (state IN ('due', 'begun', 'unknown', 'sent', 'stuck', 'done')),
    attempt integer     NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL      -- nothing is to be done before
) WITH (fillfactor = 80);
CREATE INDEX sending_open ON notifications.sending (next_at) WHERE state NOT IN ('stuck', 'done');

CREATE FUNCTION notifications.send_on(
    which text, becomes text, which_attempt integer, at timestamptz
) RETURNS void LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO notifications.sending AS s (stream, state, attempt, next_at)
    VALUES (which, becomes, coalesce(which_attempt, 0), at)
    ON CONFLICT (stream) DO UPDATE
    SET state = becomes, attempt = coalesce(which_attempt, s.attempt), next_at = at
$$;
