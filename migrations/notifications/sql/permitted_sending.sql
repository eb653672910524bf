-- No letter begins to leave without grants' word at that moment: a permit, granted in grants' log for one try of one
-- letter, that still runs by this database's clock less what clocks may differ by. And a release that is stopped before
-- anything left is ended by a fact, so that the letter, or another of the award, can be released anew.

-- One permit begins one try. A position is another fact's after a failover of grants, so its hash stands beside it.
CREATE TABLE notifications.sending_permit (
    position   bigint      NOT NULL,  -- in grants' log
    hash       bytea       NOT NULL CHECK (octet_length(hash) = 32),
    stream     text        NOT NULL,
    attempt    integer     NOT NULL,
    granted_at timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    begun_at   bigint      NOT NULL UNIQUE,  -- the position of the fact that began the try here
    PRIMARY KEY (position, hash)
);
CREATE TRIGGER sending_permit_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.sending_permit
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.sending_permit ENABLE ALWAYS TRIGGER sending_permit_is_final;

-- Whether anything of it may have left, by tries that are over. One under way, or unknown, may have too.
ALTER TABLE notifications.sending ADD COLUMN left_here boolean NOT NULL DEFAULT false;
UPDATE notifications.sending s SET left_here = true
WHERE EXISTS (SELECT FROM notifications.event e WHERE e.stream = s.stream
              AND e.topic IN ('letter.dispatched.v1', 'letter.delivered.v1', 'letter.sent-again.v1'));

-- Releases of one thing, numbered from 1: at most one is not ended, and none follows what may have left.
ALTER TABLE notifications.release ADD COLUMN number integer NOT NULL DEFAULT 1 CHECK (number > 0);
ALTER TABLE notifications.release DROP CONSTRAINT release_pkey, ADD PRIMARY KEY (item, number);
CREATE TABLE notifications.release_ending (
    item     text    NOT NULL,
    number   integer NOT NULL,
    position bigint  NOT NULL UNIQUE,
    PRIMARY KEY (item, number)
);
CREATE TRIGGER release_ending_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.release_ending
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.release_ending ENABLE ALWAYS TRIGGER release_ending_is_final;

CREATE FUNCTION notifications.number_release() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM notifications.release r WHERE r.item = NEW.item AND NOT EXISTS (
            SELECT FROM notifications.release_ending e WHERE e.item = r.item AND e.number = r.number)) THEN
        RAISE EXCEPTION 'already-released: %', NEW.item;
    END IF;
    NEW.number := 1 + (SELECT count(*) FROM notifications.release r WHERE r.item = NEW.item);
    RETURN NEW;
END $$;
CREATE TRIGGER release_is_numbered BEFORE INSERT ON notifications.release
    FOR EACH ROW EXECUTE FUNCTION notifications.number_release();
ALTER TABLE notifications.release ENABLE ALWAYS TRIGGER release_is_numbered;

-- A try begins: of the letter that is released, by a permit for this very letter and try, while it runs.
CREATE FUNCTION notifications.begin_permitted(which text, at bigint, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clock timestamptz := notifications.log_clock();
    p     jsonb := d -> 'permit';
    tried integer := (d ->> 'attempt')::integer;
    runs  timestamptz := (p ->> 'until')::timestamptz;
    since timestamptz := (p ->> 'granted_at')::timestamptz;
    it    notifications.sending;
BEGIN
    PERFORM notifications.refuse_unless(
        EXISTS (SELECT FROM notifications.item i WHERE i.item = which AND i.released
                AND i.letter_sha256 = decode(p ->> 'letter_sha256', 'hex')), 'permit-of-another-letter', which);
    SELECT * INTO it FROM notifications.sending s WHERE s.stream = which;
    PERFORM notifications.refuse_unless(it.state = 'due' AND tried = it.attempt + 1, 'letter-on-its-way', which);
    PERFORM notifications.refuse_unless((p ->> 'attempt')::integer = tried, 'permit-of-another-try', which);
    PERFORM notifications.refuse_unless(
        runs > since AND runs - since <= interval '180 seconds' AND since <= clock + interval '60 seconds',
        'permit-impossible', which);
    PERFORM notifications.refuse_unless(clock + interval '60 seconds' < runs, 'permit-over', which);
    INSERT INTO notifications.sending_permit
    VALUES ((p ->> 'position')::bigint, decode(p ->> 'hash', 'hex'), which, tried, since, runs, at);
END $$;

CREATE FUNCTION notifications.end_release(which text, at bigint, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM notifications.refuse_unless(
        EXISTS (SELECT FROM notifications.item i WHERE i.item = which AND i.released
                AND i.letter_sha256 = decode(d ->> 'letter_sha256', 'hex')), 'letter-not-released', which);
    PERFORM notifications.refuse_unless(
        NOT EXISTS (SELECT FROM notifications.sending s WHERE s.stream = which
                    AND (s.left_here OR s.state IN ('begun', 'unknown', 'sent'))), 'may-have-left', which);
    INSERT INTO notifications.release_ending
    SELECT which, max(r.number), at FROM notifications.release r WHERE r.item = which;
    UPDATE notifications.item SET released = false, ordered = false WHERE item = which;
END $$;

-- What a fact says of tries to send, and of releases that end. Before the gate and the senders are told.
CREATE FUNCTION notifications.tell_tries(topic text, which text, at bigint, d jsonb, now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CASE topic
    WHEN 'letter.sending-begun.v1' THEN
        RAISE EXCEPTION 'permit-missing: % begins to leave without grants'' word', which;
    WHEN 'letter.sending-begun.v2' THEN
        PERFORM notifications.begin_permitted(which, at, d);
        PERFORM notifications.send_on(which, 'begun', (d ->> 'attempt')::integer, now_at + interval '2 minutes');
    WHEN 'letter.dispatched.v1', 'letter.delivered.v1' THEN
        UPDATE notifications.sending s SET left_here = true WHERE s.stream = which AND NOT s.left_here;
    WHEN 'letter.sent-again.v1' THEN
        -- A person's word that it did not leave is no proof that it did not.
        UPDATE notifications.sending s SET left_here = true
        WHERE s.stream = which AND s.state IN ('begun', 'unknown') AND NOT s.left_here;
    WHEN 'letter.release-ended.v1' THEN
        PERFORM notifications.end_release(which, at, d);
        PERFORM notifications.send_on(which, 'done', NULL, now_at);
        PERFORM notifications.keep_due(ARRAY[which]);
    ELSE
        NULL;
    END CASE;
END $$;

CREATE OR REPLACE FUNCTION notifications.apply_effects(befores bigint[], effects jsonb[], now_at timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fact record;
    data jsonb;
BEGIN
    FOR fact IN SELECT e.position, e.stream, e.topic, e.data FROM notifications.event e
                WHERE e.position > befores[1] ORDER BY e.position LOOP
        CONTINUE WHEN fact.topic = 'inbox.feed-read.v1';
        data := convert_from(fact.data, 'UTF8')::jsonb;
        PERFORM notifications.tell_policies(fact.topic, fact.stream, data);
        PERFORM notifications.tell_tries(fact.topic, fact.stream, fact.position, data, now_at);
        PERFORM notifications.keep_due(notifications.tell_gate(fact.topic, fact.stream, fact.position, data, now_at));
        PERFORM notifications.tell_senders(fact.topic, fact.stream, data, now_at);
    END LOOP;
END $$;

REVOKE ALL ON notifications.sending_permit, notifications.release_ending FROM PUBLIC;
REVOKE ALL ON FUNCTION notifications.number_release, notifications.begin_permitted, notifications.end_release,
    notifications.tell_tries FROM PUBLIC;
GRANT SELECT ON notifications.sending_permit, notifications.release_ending TO notifications_service, notifications_reader;
