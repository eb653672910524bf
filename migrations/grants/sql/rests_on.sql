-- What a decision rests on beside the streams it writes: ties to an organisation, say. `unmoved` names such streams with
-- the versions that were read; one that has moved by then makes the command stale, and it is decided anew.
CREATE FUNCTION grants.keep_unmoved(befores bigint[], effects jsonb[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF EXISTS (
            SELECT FROM unnest(befores, effects) AS c (before, effect)
            CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'unmoved') AS u (stream text, version integer)
            JOIN grants.event e ON e.stream = u.stream AND e.version = u.version + 1 AND e.position <= c.before) THEN
        RAISE EXCEPTION 'what the decision rests on has moved' USING ERRCODE = 'TL001';
    END IF;
END $$;
REVOKE ALL ON FUNCTION grants.keep_unmoved FROM PUBLIC;

-- As in limits.sql, and first of all what was decided on.
CREATE OR REPLACE FUNCTION grants.apply_effects(befores bigint[], effects jsonb[], recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    effect jsonb;
    rests  boolean := false;
    moves  boolean := false;
    marks  boolean := false;
    leans  boolean := false;
    months boolean := false;
BEGIN
    FOREACH effect IN ARRAY effects LOOP
        IF effect ? 'funds' THEN
            PERFORM grants.open_funds(effect -> 'funds');
        END IF;
        rests := rests OR coalesce(effect ? 'unmoved', false);
        moves := moves OR coalesce(effect ? 'movements', false);
        marks := marks OR coalesce(effect ? 'marks', false);
        leans := leans OR coalesce(effect ?| ARRAY['authorities', 'leans'], false);
        months := months OR coalesce(effect ?| ARRAY['months', 'freed', 'restands'], false);
    END LOOP;
    IF rests THEN
        PERFORM grants.keep_unmoved(befores, effects);
    END IF;
    IF moves THEN
        PERFORM grants.move(befores, effects, recorded);
    END IF;
    IF marks THEN
        PERFORM grants.set_marks(befores, effects, recorded);
    END IF;
    IF leans THEN
        PERFORM grants.keep_authority(befores, effects);
    END IF;
    IF months THEN
        PERFORM grants.keep_months(befores, effects);
    END IF;
    PERFORM grants.keep_permits(befores[1], recorded);
END $$;
