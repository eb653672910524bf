-- More can be promised after a letter left. Then a letter of the change follows on the same award: held, given notice of
-- and released by the same gate. What left stays left, and its bytes never leave again.

ALTER TABLE notifications.release_ending ADD COLUMN followed boolean NOT NULL DEFAULT false;

-- As in permitted_sending.sql; and no bytes that left leave once more.
CREATE OR REPLACE FUNCTION notifications.number_release() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM notifications.release r WHERE r.item = NEW.item AND NOT EXISTS (
            SELECT FROM notifications.release_ending e WHERE e.item = r.item AND e.number = r.number)) THEN
        RAISE EXCEPTION 'already-released: %', NEW.item;
    END IF;
    IF EXISTS (SELECT FROM notifications.release r JOIN notifications.release_ending e USING (item, number)
               WHERE r.item = NEW.item AND e.followed AND r.letter_sha256 = NEW.letter_sha256) THEN
        RAISE EXCEPTION 'already-released: these bytes of %', NEW.item;
    END IF;
    NEW.number := 1 + (SELECT count(*) FROM notifications.release r WHERE r.item = NEW.item);
    RETURN NEW;
END $$;

-- The letter that is released has left, or may have, and no try of it is under way: another letter of the award is next.
CREATE FUNCTION notifications.follow_letter(which text, at bigint, d jsonb) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM notifications.refuse_unless(
        EXISTS (SELECT FROM notifications.item i WHERE i.item = which AND i.released
                AND i.letter_sha256 = decode(d ->> 'letter_sha256', 'hex')), 'letter-not-released', which);
    PERFORM notifications.refuse_unless(
        EXISTS (SELECT FROM notifications.sending s WHERE s.stream = which AND s.state <> 'begun'
                AND (s.left_here OR s.state = 'unknown')), 'has-not-left', which);
    INSERT INTO notifications.release_ending (item, number, position, followed)
    SELECT which, max(r.number), at, true FROM notifications.release r WHERE r.item = which;
    UPDATE notifications.item SET released = false, ordered = false WHERE item = which;
    UPDATE notifications.sending SET left_here = false WHERE stream = which;
END $$;

CREATE OR REPLACE FUNCTION notifications.tell_tries(topic text, which text, at bigint, d jsonb, now_at timestamptz)
    RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
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
    WHEN 'letter.followed.v1' THEN
        PERFORM notifications.follow_letter(which, at, d);
        PERFORM notifications.send_on(which, 'done', NULL, now_at);
        PERFORM notifications.keep_due(ARRAY[which]);
    ELSE
        NULL;
    END CASE;
END $$;

REVOKE ALL ON FUNCTION notifications.follow_letter FROM PUBLIC;
