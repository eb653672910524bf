-- A log that already holds facts says, once, from where on it is judged by the rules of this release. It is a fact like
-- any other, under the chain; a new log begins under these rules and has none.
DO $$
DECLARE
    told   uuid := gen_random_uuid();
    answer text;
BEGIN
    IF NOT EXISTS (SELECT FROM grants.event) THEN
        RETURN;
    END IF;
    SELECT a.outcome INTO answer FROM grants.append(
        ARRAY[told], ARRAY['upgrade'], ARRAY[NULL]::text[], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[], ARRAY[1],
        ARRAY['log'], ARRAY[1], ARRAY['log.rules-changed.v1'], ARRAY[convert_to('{"rules":2}', 'UTF8')],
        ARRAY[convert_to(format('{"actor":"upgrade","command_id":"%s","correlation_id":"-"}', told), 'UTF8')],
        ARRAY[NULL]::jsonb[]) AS a;
    IF answer IS DISTINCT FROM 'recorded' THEN
        RAISE EXCEPTION 'the change of rules was not recorded: %', answer;
    END IF;
END $$;
