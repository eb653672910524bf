-- Deliveries: what each endpoint is told, numbered without gaps; each try, as it is begun and as it ended. Several workers
-- may run: whoever claims a delivery reads the endpoint's row in the transaction that claims, and keeps it as it is until
-- that ends. So a pause or a deletion that has been answered has no delivery begin after it.

CREATE TABLE notifications.endpoint_count (
    endpoint_id   uuid        PRIMARY KEY,
    last          integer     NOT NULL DEFAULT 0,  -- the number the last message got
    committed     integer     NOT NULL DEFAULT 0,  -- how far its reader says it has read
    next_start_at timestamptz NOT NULL,            -- its rate lets nothing begin before
    failing_since timestamptz,                     -- the first failure since something was taken
    told_at       timestamptz                      -- when others were last told that it fails
) WITH (fillfactor = 70);

CREATE TABLE notifications.delivery (
    id          uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    endpoint_id uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('message', 'test', 'challenge')),
    sequence    integer     CHECK (sequence > 0),  -- of messages, from 1
    message_id  uuid,
    challenge   text,                              -- what is to come back
    url         text,                              -- of a challenge: the address that is asked
    state       text        NOT NULL CHECK (state IN ('waiting', 'begun', 'delivered', 'failed', 'expired', 'cancelled')),
    tries       integer     NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,              -- of one that waits; of one begun, when it counts as lost
    attempt_id  uuid,
    expires_at  timestamptz,
    made_at     timestamptz NOT NULL,
    settled_at  timestamptz,
    CHECK ((kind = 'message') = (sequence IS NOT NULL) AND (kind = 'message') = (message_id IS NOT NULL)),
    CONSTRAINT delivery_sequence UNIQUE (endpoint_id, sequence)
) WITH (fillfactor = 70);
CREATE INDEX delivery_due ON notifications.delivery (endpoint_id, next_at) WHERE state IN ('waiting', 'begun');
CREATE INDEX delivery_in_order ON notifications.delivery (endpoint_id, sequence)
    WHERE state IN ('waiting', 'begun') AND kind = 'message';
CREATE INDEX delivery_beside ON notifications.delivery (endpoint_id, next_at)
    WHERE state IN ('waiting', 'begun') AND kind <> 'message';
CREATE INDEX delivery_begun ON notifications.delivery (endpoint_id) WHERE state = 'begun';

CREATE TABLE notifications.attempt (
    id          uuid        PRIMARY KEY,
    delivery_id uuid        NOT NULL,
    number      integer     NOT NULL,
    begun_at    timestamptz NOT NULL,
    worker      text        NOT NULL
);
CREATE INDEX attempt_of_delivery ON notifications.attempt (delivery_id, number);
CREATE TABLE notifications.attempt_outcome (
    attempt_id uuid        PRIMARY KEY,
    ended_at   timestamptz NOT NULL,
    outcome    text        NOT NULL CHECK (outcome IN ('delivered', 'failed', 'lost')),
    status     integer,
    problem    text,
    took_ms    integer
);
CREATE TRIGGER attempt_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.attempt
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.attempt ENABLE ALWAYS TRIGGER attempt_is_final;
CREATE TRIGGER attempt_outcome_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.attempt_outcome
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.attempt_outcome ENABLE ALWAYS TRIGGER attempt_outcome_is_final;

-- What somebody asked for by hand: a test, a challenge sent anew, a delivery sent again. Its id is made of the asker's own
-- key, so that asking again asks once.
CREATE TABLE notifications.delivery_request (
    id          uuid        PRIMARY KEY,
    endpoint_id uuid        NOT NULL,
    asked       text        NOT NULL CHECK (asked IN ('test', 'resend')),
    deliveries  uuid[]      NOT NULL,
    asked_by    text        NOT NULL,
    asked_at    timestamptz NOT NULL
);
CREATE TRIGGER delivery_request_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.delivery_request
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.delivery_request ENABLE ALWAYS TRIGGER delivery_request_is_final;

-- Messages are handed on by one worker at a time, in the order they were put; `told` numbers them for everybody.
CREATE TABLE notifications.message_turn (told bigint NOT NULL);
INSERT INTO notifications.message_turn (told) VALUES (0);
CREATE TABLE notifications.message_number (
    number bigint PRIMARY KEY,
    id     uuid   NOT NULL UNIQUE
);

-- How far the log has been read for what is to be told of it: what stood there before this came is told to nobody.
CREATE TABLE notifications.message_place (position bigint NOT NULL);
INSERT INTO notifications.message_place (position) SELECT coalesce(max(position), 0) FROM notifications.event;

-- A notice can list every letter of a round, and endpoints filter on each of them.
ALTER TABLE notifications.message DROP CONSTRAINT message_subject_check;
ALTER TABLE notifications.message ADD CONSTRAINT message_subject_check
    CHECK (jsonb_typeof(subject) = 'object' AND octet_length(subject::text) <= 2000000);

-- Puts what the log tells from one place to the next, and the place, together. False if another has been there.
CREATE FUNCTION notifications.tell_messages(was bigint, upto bigint, messages jsonb) RETURNS boolean LANGUAGE plpgsql
    VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m jsonb;
BEGIN
    UPDATE notifications.message_place SET position = upto WHERE position = was AND upto >= was;
    IF NOT FOUND THEN RETURN false; END IF;
    FOR m IN SELECT * FROM jsonb_array_elements(messages) LOOP
        PERFORM notifications.put_message((m ->> 'id')::uuid, m ->> 'type', (m ->> 'occurred_at')::timestamptz,
            m -> 'subject', m -> 'data', (m ->> 'expires_at')::timestamptz);
    END LOOP;
    RETURN true;
END $$;

-- Whether a filter lets a message through, by what it is about.
CREATE FUNCTION notifications.lets_through(wanted jsonb, about jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(bool_and(
        jsonb_array_length(coalesce(wanted -> kind.several, '[]')) = 0
        OR coalesce(about -> kind.several, '[]') || coalesce(about -> kind.one, '[]')
           ?| ARRAY(SELECT jsonb_array_elements_text(wanted -> kind.several))), true)
    FROM (VALUES ('scheme_ids', 'scheme_id'), ('posts', 'post'), ('case_ids', 'case_id')) AS kind (several, one)
$$;

-- What endpoints are told of one another's trouble, and by an administrator's own acts. The address is told by its host
-- alone: the rest of it may be a secret of the receiver's.
CREATE FUNCTION notifications.tell_of_endpoint(which uuid, kind text, at timestamptz, more jsonb) RETURNS void
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT notifications.put_message(gen_random_uuid(), kind, at, jsonb_build_object('endpoint_id', which),
        jsonb_build_object('host', substring(e.url from '^[a-z]+://([^/?]+)')) || more, NULL)
    FROM notifications.endpoint e WHERE e.id = which
$$;

-- Hands on what waits, at most so many messages, and says how many it was. Each endpoint that wants a message gets it
-- under its own next number.
CREATE FUNCTION notifications.hand_on_messages(most integer) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at      timestamptz := notifications.log_clock();
    before  bigint;
    handed  integer;
BEGIN
    SELECT t.told INTO before FROM notifications.message_turn t FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN 0; END IF;  -- another worker does
    WITH taken AS (
        DELETE FROM notifications.message_waiting w
        WHERE w.nth IN (SELECT i.nth FROM notifications.message_waiting i ORDER BY i.nth LIMIT most)
        RETURNING w.nth, w.id
    ), numbered AS (
        INSERT INTO notifications.message_number (number, id)
        SELECT before + row_number() OVER (ORDER BY t.nth), t.id FROM taken t RETURNING number, id
    ), wanted AS (
        SELECT e.id AS endpoint_id, m.id AS message_id, m.expires_at,
               row_number() OVER (PARTITION BY e.id ORDER BY n.number) AS nth
        FROM numbered n JOIN notifications.message m ON m.id = n.id
        JOIN notifications.endpoint e ON e.consented AND NOT e.deleted
            AND (m.type = ANY (e.types) OR '*' = ANY (e.types)) AND notifications.lets_through(e.wanted, m.subject)
            AND (m.subject ->> 'endpoint_id') IS DISTINCT FROM e.id::text  -- nobody is told of its own trouble
    ), counted AS (
        UPDATE notifications.endpoint_count c SET last = c.last + w.n
        FROM (SELECT endpoint_id, count(*)::integer AS n FROM wanted GROUP BY endpoint_id) w
        WHERE c.endpoint_id = w.endpoint_id RETURNING c.endpoint_id, c.last - w.n AS before
    ), made AS (
        INSERT INTO notifications.delivery (endpoint_id, kind, sequence, message_id, state, next_at, expires_at, made_at)
        SELECT w.endpoint_id, 'message', c.before + w.nth, w.message_id, 'waiting', at, w.expires_at, at
        FROM wanted w JOIN counted c ON c.endpoint_id = w.endpoint_id
    )
    SELECT count(*) INTO handed FROM numbered;
    UPDATE notifications.message_turn SET told = before + handed WHERE handed > 0;
    RETURN handed;
END $$;

CREATE TYPE notifications.claimed AS (
    attempt_id uuid, delivery_id uuid, endpoint_id uuid, kind text, sequence integer, message_id uuid, tries integer,
    challenge text, type text, occurred_at timestamptz, subject jsonb, data jsonb, expires_at timestamptz, url text,
    contract integer, secret_id uuid, previous_secret_id uuid, now_at timestamptz
);

-- Begins at most `most` deliveries that are due. Of one endpoint no more than `each` are under way at a time, and two of
-- one that fails, so that nobody who does not answer takes the place of those who do. What has expired is settled so; a
-- try begun earlier whose time is over is lost, and the delivery is tried again.
CREATE FUNCTION notifications.begin_deliveries(
    who text, most integer, each integer, lease interval
) RETURNS SETOF notifications.claimed LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at      timestamptz := notifications.log_clock();
    begun   integer := 0;
    room    integer;
    mine    integer;
    pick    uuid[];
    due     record;
    it      notifications.endpoint;
    pace    notifications.endpoint_count;
    d       notifications.delivery;
    m       notifications.message;
    told    notifications.claimed;
BEGIN
    FOR due IN
        SELECT e.id FROM notifications.endpoint e
        JOIN LATERAL (
            SELECT i.next_at FROM notifications.delivery i
            WHERE i.endpoint_id = e.id AND i.state IN ('waiting', 'begun') ORDER BY i.next_at LIMIT 1
        ) first ON first.next_at <= at
        WHERE NOT (e.deleted OR e.paused OR e.disabled) ORDER BY first.next_at
    LOOP
        EXIT WHEN begun >= most;
        SELECT * INTO it FROM notifications.endpoint e
            WHERE e.id = due.id AND NOT (e.deleted OR e.paused OR e.disabled) FOR SHARE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        SELECT * INTO pace FROM notifications.endpoint_count c
            WHERE c.endpoint_id = due.id AND c.next_start_at <= at FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        room := least(most - begun, 1 + floor(it.rate_per_second
                * least(1, extract(epoch FROM at - pace.next_start_at)))::integer,
            CASE WHEN pace.failing_since IS NULL THEN each ELSE least(each, 2) END - (
                SELECT count(*)::integer FROM notifications.delivery u
                WHERE u.endpoint_id = due.id AND u.state = 'begun' AND u.next_at > at));
        CONTINUE WHEN room <= 0;
        mine := 0;
        pick := ARRAY(
            SELECT x.id FROM notifications.delivery x
            WHERE x.endpoint_id = due.id AND x.state IN ('waiting', 'begun') AND x.kind <> 'message' AND x.next_at <= at
              AND (it.consented OR x.kind = 'challenge') AND (x.kind = 'test' OR x.url = it.url)
            ORDER BY x.next_at LIMIT room);
        IF it.consented AND it.ordered THEN
            pick := pick || ARRAY(
                SELECT h.id FROM (SELECT x.id, x.next_at FROM notifications.delivery x
                    WHERE x.endpoint_id = due.id AND x.state IN ('waiting', 'begun') AND x.kind = 'message'
                    ORDER BY x.sequence LIMIT 1) h
                WHERE h.next_at <= at);
        ELSIF it.consented THEN
            pick := pick || ARRAY(
                SELECT x.id FROM notifications.delivery x
                WHERE x.endpoint_id = due.id AND x.state IN ('waiting', 'begun') AND x.next_at <= at
                  AND x.kind = 'message' ORDER BY x.next_at LIMIT room);
        END IF;
        FOR d IN
            SELECT x.* FROM notifications.delivery x
            WHERE x.id = ANY (pick) AND x.state IN ('waiting', 'begun') AND x.next_at <= at
            ORDER BY x.next_at, x.sequence LIMIT room FOR UPDATE SKIP LOCKED
        LOOP
            IF d.state = 'begun' THEN
                INSERT INTO notifications.attempt_outcome (attempt_id, ended_at, outcome, problem)
                VALUES (d.attempt_id, at, 'lost', 'whoever began it did not say what came of it')
                ON CONFLICT DO NOTHING;
            END IF;
            IF d.expires_at <= at THEN
                UPDATE notifications.delivery SET state = 'expired', settled_at = at WHERE id = d.id;
                CONTINUE;
            END IF;
            told := NULL;
            IF d.kind = 'message' THEN
                SELECT * INTO m FROM notifications.message x WHERE x.id = d.message_id;
                told.type := m.type; told.occurred_at := m.occurred_at; told.subject := m.subject; told.data := m.data;
            END IF;
            told.attempt_id := gen_random_uuid(); told.delivery_id := d.id; told.endpoint_id := d.endpoint_id;
            told.kind := d.kind; told.sequence := d.sequence; told.message_id := coalesce(d.message_id, d.id);
            told.tries := d.tries + 1; told.challenge := d.challenge; told.expires_at := d.expires_at;
            told.url := it.url; told.contract := it.contract; told.secret_id := it.secret_id;
            told.previous_secret_id := CASE WHEN it.previous_until > at THEN it.previous_secret_id END;
            told.occurred_at := coalesce(told.occurred_at, d.made_at); told.now_at := at;
            INSERT INTO notifications.attempt (id, delivery_id, number, begun_at, worker)
            VALUES (told.attempt_id, d.id, told.tries, at, who);
            UPDATE notifications.delivery SET state = 'begun', tries = told.tries, next_at = at + lease,
                attempt_id = told.attempt_id WHERE id = d.id;
            mine := mine + 1;
            RETURN NEXT told;
        END LOOP;
        IF mine > 0 THEN
            UPDATE notifications.endpoint_count SET next_start_at = greatest(next_start_at, at - interval '1 second')
                + mine * interval '1 second' / it.rate_per_second WHERE endpoint_id = due.id;
            begun := begun + mine;
        END IF;
    END LOOP;
END $$;

-- How long an endpoint may do nothing but fail, and how often others are told of it meanwhile.
CREATE FUNCTION notifications.endpoint_patience() RETURNS interval LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$ SELECT interval '120 hours' $$;
CREATE FUNCTION notifications.endpoint_window() RETURNS interval LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$ SELECT interval '24 hours' $$;

-- What came of a try. `again_in` is when it is tried again; without, it is not. True if the endpoint has done nothing but
-- fail for so long that it is to be told no more, and since when.
CREATE FUNCTION notifications.end_attempt(
    which uuid, became text, answered integer, why text, ms integer, again_in interval
) RETURNS TABLE (endpoint_id uuid, failing_since timestamptz, worn_out boolean) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
#variable_conflict use_column
DECLARE
    at   timestamptz := notifications.log_clock();
    d    notifications.delivery;
    h    notifications.endpoint_count;
    kind text;
BEGIN
    INSERT INTO notifications.attempt_outcome (attempt_id, ended_at, outcome, status, problem, took_ms)
    VALUES (which, at, became, answered, why, ms) ON CONFLICT DO NOTHING;
    SELECT x.* INTO d FROM notifications.delivery x JOIN notifications.attempt a ON a.delivery_id = x.id
        WHERE a.id = which FOR UPDATE OF x;
    IF NOT FOUND THEN RETURN; END IF;
    IF became = 'delivered' THEN
        UPDATE notifications.delivery SET state = 'delivered', settled_at = at
            WHERE id = d.id AND state IN ('waiting', 'begun');
    ELSIF d.attempt_id IS DISTINCT FROM which OR d.state <> 'begun' THEN
        RETURN;  -- it counted as lost, and somebody else is at it
    ELSIF again_in IS NULL THEN
        UPDATE notifications.delivery SET state = 'failed', settled_at = at WHERE id = d.id;
    ELSE
        UPDATE notifications.delivery SET state = 'waiting', next_at = at + again_in WHERE id = d.id;
    END IF;
    SELECT * INTO h FROM notifications.endpoint_count c WHERE c.endpoint_id = d.endpoint_id;
    IF became = 'delivered' THEN
        IF h.failing_since IS NOT NULL THEN
            SELECT * INTO h FROM notifications.endpoint_count c WHERE c.endpoint_id = d.endpoint_id FOR UPDATE;
            UPDATE notifications.endpoint_count c SET failing_since = NULL, told_at = NULL
                WHERE c.endpoint_id = d.endpoint_id;
            IF h.told_at IS NOT NULL THEN
                PERFORM notifications.tell_of_endpoint(d.endpoint_id, 'endpoint.recovered', at,
                    jsonb_build_object('failing_since', h.failing_since));
            END IF;
        END IF;
        RETURN;
    END IF;
    IF h.failing_since IS NULL THEN
        UPDATE notifications.endpoint_count c SET failing_since = coalesce(c.failing_since, at)
            WHERE c.endpoint_id = d.endpoint_id RETURNING * INTO h;
    END IF;
    IF d.tries >= 3 AND (h.told_at IS NULL OR h.told_at + notifications.endpoint_window() <= at) THEN
        UPDATE notifications.endpoint_count c SET told_at = at
            WHERE c.endpoint_id = d.endpoint_id AND c.told_at IS NOT DISTINCT FROM h.told_at;
        IF FOUND THEN
            SELECT m.type INTO kind FROM notifications.message m WHERE m.id = d.message_id;
            PERFORM notifications.tell_of_endpoint(d.endpoint_id, 'endpoint.failing', at, jsonb_build_object(
                'failing_since', h.failing_since, 'disabled_at', h.failing_since + notifications.endpoint_patience(),
                'message_type', coalesce(kind, 'webhook.' || d.kind), 'message_id', coalesce(d.message_id, d.id),
                'problem', why, 'status', answered, 'next_try_at', at + again_in));
        END IF;
    END IF;
    endpoint_id := d.endpoint_id; failing_since := h.failing_since;
    worn_out := h.failing_since + notifications.endpoint_patience() <= at;
    RETURN NEXT;
END $$;

-- Asks whoever answers at the endpoint's address whether it wants to be told: a challenge that has to come back, within a
-- day. One that was asked before counts no longer.
CREATE FUNCTION notifications.ask_consent(which uuid, at timestamptz) RETURNS uuid LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made uuid;
BEGIN
    UPDATE notifications.delivery SET state = 'cancelled', settled_at = at
        WHERE endpoint_id = which AND kind = 'challenge' AND state IN ('waiting', 'begun');
    INSERT INTO notifications.delivery (endpoint_id, kind, challenge, url, state, next_at, expires_at, made_at)
    SELECT which, 'challenge', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), e.url, 'waiting', at,
           at + interval '24 hours', at
    FROM notifications.endpoint e WHERE e.id = which RETURNING id INTO made;
    RETURN made;
END $$;

-- A test, by the way that everything goes; of one that has not answered yet, the challenge once more. The id of the
-- delivery; asked again under the same id, that of the first.
CREATE FUNCTION notifications.test_endpoint(request uuid, which uuid, who text) RETURNS uuid LANGUAGE plpgsql VOLATILE
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at   timestamptz := notifications.log_clock();
    made uuid := gen_random_uuid();
    it   notifications.endpoint;
BEGIN
    SELECT * INTO it FROM notifications.endpoint e WHERE e.id = which FOR SHARE;
    IF EXISTS (SELECT FROM notifications.delivery_request r WHERE r.id = request) THEN
        RETURN (SELECT r.deliveries[1] FROM notifications.delivery_request r WHERE r.id = request);
    ELSIF it.consented THEN
        INSERT INTO notifications.delivery (id, endpoint_id, kind, state, next_at, expires_at, made_at)
        VALUES (made, which, 'test', 'waiting', at, at + interval '1 hour', at);
    ELSE
        made := notifications.ask_consent(which, at);
    END IF;
    INSERT INTO notifications.delivery_request VALUES (request, which, 'test', ARRAY[made], who, at);
    RETURN made;
END $$;

-- Sends these again now. It counts as a try, the one that waits is no more, and the schedule goes on from where it was.
-- Those that are being sent at this moment, or have expired, are left alone. How many it is.
CREATE FUNCTION notifications.resend_deliveries(request uuid, which uuid, chosen uuid[], who text) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at    timestamptz := notifications.log_clock();
    again uuid[];
BEGIN
    SELECT r.deliveries INTO again FROM notifications.delivery_request r WHERE r.id = request;
    IF FOUND THEN RETURN cardinality(again); END IF;
    WITH sent AS (
        UPDATE notifications.delivery d SET state = 'waiting', next_at = at, settled_at = NULL
        WHERE d.id IN (SELECT i.id FROM notifications.delivery i WHERE i.id = ANY (chosen) ORDER BY i.id FOR UPDATE)
          AND d.endpoint_id = which AND d.kind = 'message' AND d.state <> 'begun'
          AND (d.expires_at IS NULL OR d.expires_at > at) RETURNING d.id
    )
    SELECT coalesce(array_agg(s.id), '{}') INTO again FROM sent s;
    INSERT INTO notifications.delivery_request VALUES (request, which, 'resend', again, who, at);
    RETURN cardinality(again);
END $$;

-- How far the reader of an endpoint says it has read; no further than it could.
CREATE FUNCTION notifications.commit_reading(which uuid, upto integer) RETURNS boolean LANGUAGE plpgsql VOLATILE
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE notifications.endpoint_count c SET committed = upto WHERE c.endpoint_id = which AND upto BETWEEN 0 AND c.last;
    RETURN FOUND;
END $$;

-- What an endpoint's facts do to its deliveries.
CREATE FUNCTION notifications.tell_deliveries(topic text, stream text, d jsonb, now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    which uuid := substr(stream, length('endpoint-') + 1)::uuid;
BEGIN
    CASE topic
        WHEN 'endpoint.registered.v1' THEN
            INSERT INTO notifications.endpoint_count (endpoint_id, next_start_at) VALUES (which, now_at);
            PERFORM notifications.ask_consent(which, now_at);
        WHEN 'endpoint.changed.v1' THEN
            IF NOT EXISTS (SELECT FROM notifications.endpoint e WHERE e.id = which AND e.consented) THEN
                PERFORM notifications.ask_consent(which, now_at);
            END IF;
        WHEN 'endpoint.resumed.v1' THEN
            UPDATE notifications.endpoint_count SET failing_since = NULL, told_at = NULL WHERE endpoint_id = which;
        WHEN 'endpoint.disabled.v1' THEN
            PERFORM notifications.tell_of_endpoint(which, 'endpoint.disabled', now_at, d);
        ELSE NULL;
    END CASE;
END $$;

REVOKE ALL ON notifications.endpoint_count, notifications.delivery, notifications.attempt, notifications.attempt_outcome,
    notifications.delivery_request, notifications.message_turn, notifications.message_number,
    notifications.message_place FROM PUBLIC;
GRANT SELECT ON notifications.endpoint_count, notifications.delivery, notifications.attempt,
    notifications.attempt_outcome, notifications.delivery_request, notifications.message_turn,
    notifications.message_number, notifications.message_place TO notifications_service, notifications_reader;
REVOKE ALL ON FUNCTION notifications.lets_through, notifications.tell_of_endpoint, notifications.hand_on_messages,
    notifications.begin_deliveries, notifications.endpoint_patience, notifications.endpoint_window,
    notifications.end_attempt, notifications.ask_consent, notifications.test_endpoint, notifications.resend_deliveries,
    notifications.commit_reading, notifications.tell_deliveries, notifications.tell_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications.hand_on_messages, notifications.begin_deliveries, notifications.end_attempt,
    notifications.test_endpoint, notifications.resend_deliveries, notifications.commit_reading,
    notifications.tell_messages TO notifications_service;
