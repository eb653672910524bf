-- What a decision rests on beside the streams it writes: what a notice lists, or the notices that list a letter. `unmoved`
-- names such streams with the versions that were read; one that has moved by then makes the command stale, and it is
-- decided anew. As in grants (rests_on.sql).
CREATE FUNCTION notifications.keep_unmoved(befores bigint[], effects jsonb[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(effects) AS each (effect) WHERE each.effect ? 'unmoved') AND EXISTS (
            SELECT FROM unnest(befores, effects) AS c (before, effect)
            CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'unmoved') AS u (stream text, version integer)
            JOIN notifications.event e ON e.stream = u.stream AND e.version = u.version + 1 AND e.position <= c.before) THEN
        RAISE EXCEPTION 'what the decision rests on has moved' USING ERRCODE = 'TL001';
    END IF;
END $$;
REVOKE ALL ON FUNCTION notifications.keep_unmoved FROM PUBLIC;
