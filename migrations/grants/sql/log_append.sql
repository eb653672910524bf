-- The log, from these rules on: what was asked and answered is chained like the facts, and time does not run away.

-- Each command is chained to the one before it. Those recorded before this stand without a number; the chain of the
-- others begins with the digest of all of them, so that not one of them can change either.
ALTER TABLE grants.command
    ADD COLUMN nth bigint CONSTRAINT command_nth UNIQUE,
    ADD COLUMN hash bytea,
    ADD CONSTRAINT command_is_chained CHECK ((nth IS NULL) = (hash IS NULL)),
    ADD CONSTRAINT command_hash_is_whole CHECK (octet_length(hash) = 32);

-- One command as the chain covers it: what may be absent, or varies in length, stands behind its length (-1: absent).
CREATE FUNCTION grants.command_bytes(
    id uuid, actor text, key text, request_hash bytea, answer bytea, first bigint, last bigint, recorded_at timestamptz
) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT uuid_send(id)
        || int4send(octet_length(actor)) || convert_to(actor, 'UTF8')
        || coalesce(int4send(octet_length(key)) || convert_to(key, 'UTF8'), int4send(-1))
        || coalesce(int4send(octet_length(request_hash)) || request_hash, int4send(-1))
        || coalesce(int4send(octet_length(answer)) || answer, int4send(-1))
        || int8send(coalesce(first, 0)) || int8send(coalesce(last, 0)) || timestamptz_send(recorded_at)
$$;

-- The digest of the commands that stand without a number, one after another in the order of their ids.
CREATE FUNCTION grants.seal_commands(OUT count bigint, OUT hash bytea) LANGUAGE plpgsql STABLE AS $$
DECLARE
    k grants.command;
BEGIN
    count := 0;
    hash := sha256('tilsagn commands'::bytea);
    FOR k IN SELECT * FROM grants.command c WHERE c.nth IS NULL ORDER BY c.id LOOP
        count := count + 1;
        hash := sha256(hash || grants.command_bytes(k.id, k.actor, k.key, k.request_hash, k.answer, k.first_position,
                                                    k.last_position, k.recorded_at));
    END LOOP;
END $$;

-- How far clocks may differ, and the log's end lie ahead of them. The owner's to say, and no setting.
CREATE FUNCTION grants.allowed_skew() RETURNS interval LANGUAGE sql IMMUTABLE AS $$ SELECT interval '60 seconds' $$;

DROP FUNCTION grants.record(uuid[], text[], text[], bytea[], bytea[], integer[], text[], integer[], text[], bytea[],
                            bytea[], jsonb[], timestamptz, bigint, bytea);

-- Records commands whole: chains and inserts their events and the commands themselves, and applies what they do. Any
-- failure is the caller's to catch; nothing here is done by halves.
CREATE FUNCTION grants.record(
    ids uuid[], actors text[], keys text[], request_hashes bytea[], answers bytea[], event_counts integer[],
    streams text[], versions integer[], topics text[], datas bytea[], metadatas bytea[], effects jsonb[],
    now_at timestamptz, INOUT head bigint, INOUT head_hash bytea, INOUT nth bigint, INOUT nth_hash bytea
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    before  bigint := head;
    numbers bigint := nth;
    befores bigint[] := '{}';  -- for each command, the position before its first event
    firsts  bigint[] := '{}';  -- its first and last position; null when it recorded no event
    lasts   bigint[] := '{}';
    hashes  bytea[] := '{}';
    links   bytea[] := '{}';
BEGIN
    IF 'log' = ANY (streams) AND session_user = 'grants_service' THEN
        RAISE EXCEPTION 'what the log says of itself is its owner''s to tell';
    END IF;
    FOR i IN 1 .. cardinality(streams) LOOP
        head := head + 1;
        -- Every stored field is under the hash, those of varying length behind their length: no two rows share bytes.
        head_hash := sha256(head_hash || int8send(head)
            || int4send(octet_length(streams[i])) || convert_to(streams[i], 'UTF8') || int4send(versions[i])
            || int4send(octet_length(topics[i])) || convert_to(topics[i], 'UTF8')
            || int4send(octet_length(datas[i])) || datas[i]
            || int4send(octet_length(metadatas[i])) || metadatas[i] || timestamptz_send(now_at));
        hashes[i] := head_hash;
    END LOOP;
    FOR c IN 1 .. cardinality(ids) LOOP
        befores[c] := before;
        firsts[c] := CASE WHEN event_counts[c] > 0 THEN before + 1 END;
        before := before + event_counts[c];
        lasts[c] := CASE WHEN event_counts[c] > 0 THEN before END;
        nth := nth + 1;
        -- As command_bytes() says; written out, for this runs with every command.
        nth_hash := sha256(nth_hash || int8send(nth) || uuid_send(ids[c])
            || int4send(octet_length(actors[c])) || convert_to(actors[c], 'UTF8')
            || coalesce(int4send(octet_length(keys[c])) || convert_to(keys[c], 'UTF8'), int4send(-1))
            || coalesce(int4send(octet_length(request_hashes[c])) || request_hashes[c], int4send(-1))
            || coalesce(int4send(octet_length(answers[c])) || answers[c], int4send(-1))
            || int8send(coalesce(firsts[c], 0)) || int8send(coalesce(lasts[c], 0)) || timestamptz_send(now_at));
        links[c] := nth_hash;
    END LOOP;
    INSERT INTO grants.command
    SELECT c.id, c.actor, c.key, c.request_hash, c.answer, c.first, c.last, now_at, numbers + c.nth, c.link
    FROM unnest(ids, actors, keys, request_hashes, answers, firsts, lasts, links)
         WITH ORDINALITY AS c (id, actor, key, request_hash, answer, first, last, link, nth);
    INSERT INTO grants.event
    SELECT befores[1] + e.nth, e.stream, e.version, e.topic, e.data, e.metadata, now_at, e.hash
    FROM unnest(streams, versions, topics, datas, metadatas, hashes)
         WITH ORDINALITY AS e (stream, version, topic, data, metadata, hash, nth);
    IF EXISTS (SELECT FROM unnest(streams, versions) AS e (stream, version) WHERE e.version > 1 AND NOT EXISTS (
            SELECT FROM grants.event p WHERE p.stream = e.stream AND p.version = e.version - 1)) THEN
        RAISE EXCEPTION 'a version has no version before it' USING ERRCODE = 'TL001';
    END IF;
    PERFORM grants.apply_effects(befores, effects, now_at);
END $$;

-- Where both chains end. Called with the log's lock held.
CREATE FUNCTION grants.read_heads(
    OUT head bigint, OUT head_hash bytea, OUT head_at timestamptz, OUT nth bigint, OUT nth_hash bytea
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    SELECT e.position, e.hash, e.recorded_at INTO head, head_hash, head_at
        FROM grants.event e ORDER BY e.position DESC LIMIT 1;
    IF NOT FOUND THEN
        head := 0; head_hash := sha256('tilsagn'::bytea);
    END IF;
    SELECT k.nth, k.hash INTO nth, nth_hash FROM grants.command k WHERE k.nth IS NOT NULL ORDER BY k.nth DESC LIMIT 1;
    IF NOT FOUND THEN
        nth := 0; nth_hash := (SELECT s.hash FROM grants.seal_commands() AS s);
    END IF;
END $$;

DROP FUNCTION grants.append(uuid[], text[], text[], bytea[], bytea[], integer[], text[], integer[], text[], bytea[],
                            bytea[], jsonb[]);

-- Appends the commands that wait, in one round trip. First all together, which is cheapest and nearly always goes well;
-- if anything is refused, or a command asks to be applied alone, each gets a block of its own, so that a stale version
-- or a full fund refuses that command and no other. The answer has one row for each command, in order.
--   outcome: recorded | repeated (id or key seen before) | stale | exhausted | refused (any other data error)
--          | untimely (all of them: clocks disagree, or the log ends ahead of them; nothing is recorded)
-- Events are given flat; event_counts says how many belong to each command. said_at is the asking application's clock.
CREATE FUNCTION grants.append(
    ids uuid[], actors text[], keys text[], request_hashes bytea[], answers bytea[], event_counts integer[],
    streams text[], versions integer[], topics text[], datas bytea[], metadatas bytea[], effects jsonb[],
    said_at timestamptz
) RETURNS TABLE (
    outcome text, command_id uuid, first_position bigint, last_position bigint, recorded_at timestamptz,
    request_hash bytea, answer bytea, problem text, detail jsonb
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- One plan for all batches, by index: planning these statements anew costs more than running them, and a new database
-- has no statistics to plan by.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    heads    record;
    asked_at timestamptz;
    now_at   timestamptz;
    after    record;        -- both heads after a command: taken over only when its block has gone well
    upto     integer := 0;  -- events consumed so far
    broken   text;          -- the constraint that refused
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append() needs READ COMMITTED: the head must be read after the lock is held';
    END IF;
    asked_at := grants.log_clock();  -- before the lock: that others took their time is no disagreement of clocks
    PERFORM pg_advisory_xact_lock(7402020);
    heads := grants.read_heads();
    now_at := grants.log_clock();
    IF (said_at BETWEEN asked_at - grants.allowed_skew() AND asked_at + grants.allowed_skew()) IS NOT TRUE
       OR heads.head_at > greatest(now_at, said_at) + grants.allowed_skew() THEN
        RETURN QUERY
            SELECT 'untimely', c.id, NULL::bigint, NULL::bigint, now_at, NULL::bytea, NULL::bytea,
                   format('it is %s in the database and %s in the application, and the log ends at %s',
                          asked_at, said_at, heads.head_at), NULL::jsonb
            FROM unnest(ids) WITH ORDINALITY AS c (id, nth) ORDER BY c.nth;
        RETURN;
    END IF;
    now_at := greatest(heads.head_at, now_at);

    IF cardinality(ids) > 1 AND NOT EXISTS (SELECT FROM unnest(effects) AS e (x) WHERE x ? 'alone') THEN
        BEGIN
            PERFORM grants.record(ids, actors, keys, request_hashes, answers, event_counts, streams, versions, topics,
                                  datas, metadatas, effects, now_at, heads.head, heads.head_hash, heads.nth,
                                  heads.nth_hash);
            RETURN QUERY
                SELECT 'recorded', k.id, k.first_position, k.last_position, k.recorded_at, k.request_hash, k.answer,
                       NULL::text, NULL::jsonb
                FROM unnest(ids) WITH ORDINALITY AS c (id, nth) JOIN grants.command k ON k.id = c.id ORDER BY c.nth;
            RETURN;
        EXCEPTION WHEN integrity_constraint_violation OR data_exception OR raise_exception
                    OR SQLSTATE 'TL001' OR SQLSTATE 'TL002' THEN
            NULL;  -- one of them is refused: find out which
        END;
    END IF;

    FOR c IN 1 .. cardinality(ids) LOOP
        command_id := ids[c]; first_position := NULL; last_position := NULL; recorded_at := now_at;
        request_hash := request_hashes[c]; answer := answers[c]; problem := NULL; detail := NULL;
        BEGIN
            SELECT r.head, r.head_hash, heads.head_at, r.nth, r.nth_hash INTO after FROM grants.record(
                ids[c:c], actors[c:c], keys[c:c], request_hashes[c:c], answers[c:c], event_counts[c:c],
                streams[upto + 1:upto + event_counts[c]], versions[upto + 1:upto + event_counts[c]],
                topics[upto + 1:upto + event_counts[c]], datas[upto + 1:upto + event_counts[c]],
                metadatas[upto + 1:upto + event_counts[c]], effects[c:c], now_at, heads.head, heads.head_hash,
                heads.nth, heads.nth_hash) AS r;
            IF event_counts[c] > 0 THEN
                first_position := heads.head + 1; last_position := after.head;
            END IF;
            heads := after; outcome := 'recorded';
        EXCEPTION
            WHEN unique_violation THEN
                GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, problem = MESSAGE_TEXT;
                outcome := CASE broken WHEN 'event_stream_version' THEN 'stale' ELSE 'refused' END;
                IF broken IN ('command_id', 'command_key') THEN
                    SELECT 'repeated', k.id, k.first_position, k.last_position, k.recorded_at, k.request_hash, k.answer
                        INTO outcome, command_id, first_position, last_position, recorded_at, request_hash, answer
                        FROM grants.command k
                        WHERE k.id = ids[c] OR (k.actor = actors[c] AND k.key = keys[c])
                        ORDER BY k.id = ids[c] DESC LIMIT 1;
                END IF;
            WHEN SQLSTATE 'TL001' THEN  -- a gap before the version asked for
                GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
                outcome := 'stale';
            WHEN SQLSTATE 'TL002' THEN  -- the hard stop, on a past day
                GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
                outcome := 'exhausted';
            WHEN check_violation THEN
                GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME, problem = MESSAGE_TEXT;
                outcome := 'refused';
                IF broken IN ('fund_holds_what_is_committed', 'fund_keeps_what_is_earmarked') THEN
                    outcome := 'exhausted'; detail := grants.lacking(effects[c]);
                END IF;
            WHEN integrity_constraint_violation OR data_exception OR raise_exception THEN
                GET STACKED DIAGNOSTICS problem = MESSAGE_TEXT;
                outcome := 'refused';
        END;
        upto := upto + event_counts[c];
        RETURN NEXT;
    END LOOP;
END $$;

-- A fact of the log's own, told by its owner alone: no service may append to that stream. `at` is when; time in the log
-- goes on from there. The position it got.
CREATE FUNCTION grants.tell_of_log(said_by text, topic text, data jsonb, at timestamptz) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    heads record := grants.read_heads();
    told  uuid := gen_random_uuid();
    seen  integer := (SELECT coalesce(max(e.version), 0) FROM grants.event e WHERE e.stream = 'log');
BEGIN
    PERFORM grants.record(
        ARRAY[told], ARRAY[said_by], ARRAY[NULL]::text[], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[], ARRAY[1],
        ARRAY['log'], ARRAY[seen + 1], ARRAY[topic], ARRAY[convert_to(data::text, 'UTF8')],
        ARRAY[convert_to(jsonb_build_object('actor', said_by, 'command_id', told, 'correlation_id', '-')::text, 'UTF8')],
        ARRAY[NULL]::jsonb[], at, heads.head, heads.head_hash, heads.nth, heads.nth_hash);
    RETURN heads.head + 1;
END $$;

-- The way out when the log's time has run away: two people say from which position on it was stamped by a clock that was
-- wrong, with the digest of the document that shows it, and time goes on from the clock as it now is. Nothing that
-- stands is touched: the chain is whole, and everybody who reads it is told where time goes back, and why.
CREATE FUNCTION grants.correct_clock(
    ran_from bigint, reason text, document_sha256 text, asked_by text, confirmed_by text, said_at timestamptz
) RETURNS bigint LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    heads record;
    clock timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(7402020);
    heads := grants.read_heads();
    clock := grants.log_clock();
    IF (said_at BETWEEN clock - grants.allowed_skew() AND clock + grants.allowed_skew()) IS NOT TRUE THEN
        RAISE EXCEPTION 'it is % here and % there: set the clocks right first', clock, said_at;
    END IF;
    IF (heads.head_at > greatest(clock, said_at) + grants.allowed_skew()) IS NOT TRUE THEN
        RAISE EXCEPTION 'the log ends at %, and it is %: there is nothing to correct', heads.head_at, clock;
    END IF;
    IF ran_from IS NULL OR ran_from NOT BETWEEN 1 AND heads.head OR EXISTS (
            SELECT FROM grants.event e WHERE e.position = ran_from - 1 AND e.recorded_at > clock) THEN
        RAISE EXCEPTION 'what stands before position % was also stamped later than %', ran_from, clock;
    END IF;
    IF btrim(reason) = '' OR document_sha256 !~ '^[0-9a-f]{64}$' OR btrim(asked_by) = '' OR btrim(confirmed_by) = ''
       OR lower(normalize(btrim(asked_by), NFKC)) = lower(normalize(btrim(confirmed_by), NFKC)) THEN
        RAISE EXCEPTION 'two people, a reason and the SHA-256 of a document are needed';
    END IF;
    RETURN grants.tell_of_log(asked_by, 'log.clock-corrected.v1', jsonb_build_object(
        'ran_from', ran_from, 'ran_to', heads.head, 'head_at',
        to_char(heads.head_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'reason', reason,
        'document_sha256', document_sha256, 'asked_by', asked_by, 'confirmed_by', confirmed_by), clock);
END $$;

REVOKE ALL ON FUNCTION grants.command_bytes, grants.seal_commands, grants.allowed_skew, grants.record,
    grants.read_heads, grants.append, grants.tell_of_log, grants.correct_clock FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.append TO grants_service;
GRANT EXECUTE ON FUNCTION grants.log_clock, grants.allowed_skew TO grants_service, grants_reader;

-- The commands that stood before are sealed: how many, and their digest, as a fact under the chain.
DO $$
DECLARE
    sealed record;
BEGIN
    PERFORM pg_advisory_xact_lock(7402020);
    sealed := grants.seal_commands();
    IF sealed.count > 0 THEN
        PERFORM grants.tell_of_log(
            'upgrade', 'log.commands-sealed.v1',
            jsonb_build_object('commands', sealed.count, 'sha256', encode(sealed.hash, 'hex')),
            greatest(grants.log_clock(), (SELECT e.recorded_at FROM grants.event e ORDER BY e.position DESC LIMIT 1)));
    END IF;
END $$;
