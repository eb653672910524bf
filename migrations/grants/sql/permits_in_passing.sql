-- Nearly always no permit runs unanswered and none is asked for. Then there is nothing to keep out, and the facts just
-- recorded need not be looked at one by one. Otherwise the function is as in letter_permit.sql.
CREATE OR REPLACE FUNCTION grants.keep_permits(before bigint, recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    fact  record;
    which text;
    d     jsonb;
BEGIN
    IF NOT EXISTS (SELECT FROM grants.letter_permit p WHERE p.outcome IS NULL)
       AND NOT EXISTS (SELECT FROM grants.event e WHERE e.position > before AND e.topic ^@ 'permit.') THEN
        RETURN;
    END IF;
    FOR fact IN SELECT e.position, e.stream, e.topic, e.data FROM grants.event e
                WHERE e.position > before
                  AND (e.topic ^@ 'permit.' OR (e.stream ^@ 'case-' AND NOT grants.goes_on(e.topic)))
                ORDER BY e.position LOOP
        IF fact.stream ^@ 'case-' THEN
            PERFORM grants.refuse_while_sent(fact.stream);
            CONTINUE;
        END IF;
        IF NOT fact.stream ^@ 'permit-' THEN RAISE EXCEPTION 'permit-astray: on %', fact.stream; END IF;
        which := 'case-' || substr(fact.stream, length('permit-') + 1);
        d := convert_from(fact.data, 'UTF8')::jsonb;
        CASE fact.topic
        WHEN 'permit.granted.v1' THEN
            PERFORM grants.grant_permit(which, fact.position, d, recorded);
        WHEN 'permit.answered.v1' THEN
            UPDATE grants.letter_permit p SET outcome = d ->> 'outcome'
            WHERE p.case_stream = which AND p.attempt = (d ->> 'attempt')::integer AND p.outcome IS NULL;
        WHEN 'permit.written-off.v1' THEN
            UPDATE grants.letter_permit p SET outcome = 'unknown'
            WHERE p.case_stream = which AND p.attempt = (d ->> 'attempt')::integer AND p.outcome IS NULL
              AND p.until + interval '60 seconds' <= recorded;
            IF NOT FOUND THEN RAISE EXCEPTION 'permit-still-runs: of %', which; END IF;
        ELSE
            NULL;
        END CASE;
    END LOOP;
END $$;
