-- Each message that is handed on is chained to the one before, as the facts of the log are: its hash is SHA-256 over that
-- one's (none before the first) and over what it says. Whoever holds a number and its hash has been told what stands here up to
-- there; where a log was brought back to an earlier instant, another message can get the number, and has another hash.

ALTER TABLE notifications.message_number ADD COLUMN hash bytea;

-- Chains what stands after this number and is not chained. Called by who holds the turn.
CREATE FUNCTION notifications.chain_messages(after bigint) RETURNS void LANGUAGE plpgsql VOLATILE
    SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    stands bytea := coalesce((SELECT n.hash FROM notifications.message_number n WHERE n.number = after), '');
    m      record;
BEGIN
    FOR m IN
        SELECT n.number, jsonb_build_array(n.number, x.id, x.type, floor(extract(epoch FROM x.occurred_at) * 1000000)::bigint,
            x.subject, x.data)::text AS said
        FROM notifications.message_number n JOIN notifications.message x ON x.id = n.id
        WHERE n.number > after ORDER BY n.number
    LOOP
        stands := sha256(stands || sha256(convert_to(m.said, 'UTF8')));
        UPDATE notifications.message_number SET hash = stands WHERE number = m.number;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION notifications.chain_messages FROM PUBLIC;
SELECT notifications.chain_messages(0);
