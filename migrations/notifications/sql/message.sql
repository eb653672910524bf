-- What receivers outside are told: an outbox. Whoever records or finds something that receivers should hear of puts it
-- here in the same transaction; a worker hands it to each endpoint afterwards. So nothing is told that did not happen,
-- and nothing that happened is forgotten because a process died.

CREATE TABLE notifications.message (
    id          uuid        PRIMARY KEY,  -- made from what it tells of, so that it is put once however often it is found
    type        text        NOT NULL CHECK (type ~ '^[a-z_]{1,30}\.[a-z_]{1,30}$'),
    occurred_at timestamptz NOT NULL,
    put_at      timestamptz NOT NULL,
    expires_at  timestamptz,              -- from then on it is no longer sent: it tells of what is no longer so
    subject     jsonb       NOT NULL CHECK (jsonb_typeof(subject) = 'object' AND octet_length(subject::text) <= 4000),
    data        jsonb       NOT NULL CHECK (jsonb_typeof(data) = 'object' AND octet_length(data::text) <= 12000)
);
CREATE TRIGGER message_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON notifications.message
    FOR EACH STATEMENT EXECUTE FUNCTION notifications.refuse_change();
ALTER TABLE notifications.message ENABLE ALWAYS TRIGGER message_is_final;

-- What no worker has handed on yet, in the order it was put.
CREATE TABLE notifications.message_waiting (
    nth bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id  uuid   NOT NULL UNIQUE
);

-- Puts a message, once for each id: true if it was put now, false if it was there. It may be called in any transaction,
-- and takes part in it. `about` says what it is of, by the names that endpoints filter on: scheme_id, post ("671.60"),
-- case_id, case_number; several of a kind as scheme_ids, posts, case_ids; and what else identifies it (notice_id ...).
-- `content` is what it says: days, counts, links, never personal data.
CREATE FUNCTION notifications.put_message(
    which uuid, kind text, happened_at timestamptz, about jsonb, content jsonb, valid_until timestamptz
) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO notifications.message (id, type, occurred_at, put_at, expires_at, subject, data)
    VALUES (which, kind, happened_at, notifications.log_clock(), valid_until, about, content)
    ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN RETURN false; END IF;
    INSERT INTO notifications.message_waiting (id) VALUES (which);
    RETURN true;
END $$;

REVOKE ALL ON notifications.message, notifications.message_waiting FROM PUBLIC;
GRANT SELECT ON notifications.message, notifications.message_waiting TO notifications_service, notifications_reader;
REVOKE ALL ON FUNCTION notifications.put_message FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications.put_message TO notifications_service;
