-- How long the answers to commands are kept. Two people set a term, in days, on the stream rules-kept-answers; until they
-- have, every answer is kept. Of a command whose answer is cleared all else stays, with the SHA-256 of the answer: the
-- chain's hash of the command covers the answer as well, so that whoever still has it can show that it is the one.

ALTER TABLE grants.command ADD COLUMN answer_sha256 bytea,  -- of an answer that was cleared
    ADD CONSTRAINT command_answer_is_kept_or_cleared CHECK (
        answer_sha256 IS NULL OR (answer IS NULL AND nth IS NOT NULL AND octet_length(answer_sha256) = 32));

-- The term in force at an instant, in days of 24 hours: the one that began last by then, in Norway; of several that
-- began on one day the one confirmed last. Null where none has begun. Never under thirty, whatever a fact says.
CREATE FUNCTION grants.kept_answer_days(at timestamptz) RETURNS integer LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT greatest(30, (t.term ->> 'days')::integer)
    FROM (SELECT e.version, convert_from(e.data, 'UTF8')::jsonb AS term FROM grants.event e
          WHERE e.stream = 'rules-kept-answers' AND e.topic = 'kept-answers.term-confirmed.v1') AS t
    WHERE (t.term ->> 'valid_from')::date <= (at AT TIME ZONE 'Europe/Oslo')::date
    ORDER BY (t.term ->> 'valid_from')::date DESC, t.version DESC LIMIT 1
$$;

-- The number of the last command that the log says was looked at for clearing; 0 before any was.
CREATE FUNCTION grants.answers_cleared_upto() RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((
        SELECT (convert_from(e.data, 'UTF8')::jsonb ->> 'last')::bigint FROM grants.event e
        WHERE e.stream = 'kept-answers-cleared' ORDER BY e.version DESC LIMIT 1), 0)
$$;

-- What is recorded is never changed; an answer alone goes, once its term is over and a fact tells of it. It is asked of
-- whoever changes a command, its owner too.
CREATE FUNCTION grants.only_old_answers_go() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clock timestamptz := grants.log_clock();
    days  integer := grants.kept_answer_days(clock);
    upto  bigint := grants.answers_cleared_upto();
BEGIN
    IF EXISTS (
        SELECT FROM stood o FULL JOIN stands n ON n.id = o.id
        WHERE (o.id, o.actor, o.key, o.request_hash, o.first_position, o.last_position, o.recorded_at, o.nth, o.hash)
              IS DISTINCT FROM
              (n.id, n.actor, n.key, n.request_hash, n.first_position, n.last_position, n.recorded_at, n.nth, n.hash)
           OR o.answer IS NULL OR n.answer IS NOT NULL OR n.answer_sha256 IS DISTINCT FROM sha256(o.answer)
           OR (o.nth <= upto) IS NOT TRUE
           OR (o.recorded_at <= clock - make_interval(hours => 24 * days)) IS NOT TRUE
    ) THEN
        RAISE EXCEPTION '% on % is refused: what is recorded is never changed, and an answer is kept for its term',
            TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER command_is_final ON grants.command;
CREATE TRIGGER command_is_final BEFORE DELETE OR TRUNCATE ON grants.command
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.command ENABLE ALWAYS TRIGGER command_is_final;
CREATE TRIGGER command_keeps_its_answer AFTER UPDATE ON grants.command
    REFERENCING OLD TABLE AS stood NEW TABLE AS stands
    FOR EACH STATEMENT EXECUTE FUNCTION grants.only_old_answers_go();
ALTER TABLE grants.command ENABLE ALWAYS TRIGGER command_keeps_its_answer;

-- Clears the answers of the oldest commands whose answers stand, so many at most, and tells of it: which commands were
-- looked at, how many answers went, under which term, and the digest of what is left of each. How many were looked at; 0
-- when nothing is due. Stops at the first that is younger than the term in force, or that no signed checkpoint is sure
-- to cover: the checkpoint of a number was made after the one two before it was kept here. Each command is held
-- against its hash before its answer goes.
CREATE FUNCTION grants.clear_answers(most integer, said_at timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked_at timestamptz;
    clock    timestamptz;
    heads    record;
    days     integer;
    signed   bigint;
    after    bigint;
    upto     bigint;
    gone     integer := 0;
    previous bytea;
    digest   bytea := sha256('tilsagn cleared answers'::bytea);
    told     uuid := gen_random_uuid();
    k        grants.command;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'clear_answers() needs READ COMMITTED: the head must be read after the lock is held';
    END IF;
    asked_at := grants.log_clock();
    PERFORM grants.take_turn();
    heads := grants.read_heads();
    clock := grants.log_clock();
    IF (said_at BETWEEN asked_at - grants.allowed_skew() AND asked_at + grants.allowed_skew()) IS NOT TRUE
       OR heads.head_at > greatest(clock, said_at) + grants.allowed_skew() THEN
        RAISE EXCEPTION 'it is % in the database and % in the application, and the log ends at %: nothing is cleared',
            asked_at, said_at, heads.head_at;
    END IF;
    days := grants.kept_answer_days(clock);
    signed := (SELECT c.nth FROM grants.command c WHERE c.actor = 'log:checkpoints' AND c.key IS NOT NULL
               ORDER BY c.key DESC OFFSET 2 LIMIT 1);
    IF days IS NULL OR signed IS NULL THEN
        RETURN 0;
    END IF;
    after := grants.answers_cleared_upto();
    upto := after;
    previous := CASE after WHEN 0 THEN (SELECT s.hash FROM grants.seal_commands() AS s)
                ELSE (SELECT c.hash FROM grants.command c WHERE c.nth = after) END;
    FOR k IN SELECT * FROM grants.command c WHERE c.nth > after AND c.nth <= signed ORDER BY c.nth LIMIT most LOOP
        EXIT WHEN k.recorded_at > clock - make_interval(hours => 24 * days);
        IF k.nth <> upto + 1 OR k.hash IS DISTINCT FROM sha256(previous || int8send(k.nth) || grants.command_bytes(
                k.id, k.actor, k.key, k.request_hash, k.answer, k.first_position, k.last_position, k.recorded_at)) THEN
            RAISE EXCEPTION 'command number % is not what was recorded: verify the log', upto + 1;
        END IF;
        upto := k.nth;
        previous := k.hash;
        digest := sha256(digest || int8send(k.nth) || k.hash || grants.command_bytes(
            k.id, k.actor, k.key, k.request_hash, sha256(k.answer), k.first_position, k.last_position, k.recorded_at));
        gone := gone + (k.answer IS NOT NULL)::integer;
    END LOOP;
    IF upto = after THEN
        RETURN 0;
    END IF;
    PERFORM grants.record(
        ARRAY[told], ARRAY['log:kept-answers'], ARRAY[NULL]::text[], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[],
        ARRAY[1], ARRAY['kept-answers-cleared'],
        ARRAY[1 + (SELECT coalesce(max(e.version), 0) FROM grants.event e WHERE e.stream = 'kept-answers-cleared')],
        ARRAY['kept-answers.cleared.v1'],
        ARRAY[convert_to(jsonb_build_object('first', after + 1, 'last', upto, 'answers', gone, 'days', days,
                                            'sha256', encode(digest, 'hex'))::text, 'UTF8')],
        ARRAY[convert_to(jsonb_build_object('actor', 'log:kept-answers', 'command_id', told,
                                            'correlation_id', '-')::text, 'UTF8')],
        ARRAY[NULL]::jsonb[], greatest(heads.head_at, clock), heads.head, heads.head_hash, heads.nth, heads.nth_hash);
    UPDATE grants.command SET answer_sha256 = sha256(answer), answer = NULL
    WHERE nth > after AND nth <= upto AND answer IS NOT NULL;
    RETURN upto - after;
END $$;

REVOKE ALL ON FUNCTION grants.kept_answer_days, grants.answers_cleared_upto, grants.only_old_answers_go,
    grants.clear_answers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.answers_cleared_upto TO grants_service, grants_reader;
GRANT EXECUTE ON FUNCTION grants.clear_answers TO grants_service;
