-- The event log of one service: one writer at a time, contiguous positions, every event chained to the one before it.
-- Owned by tilsagn_owner, who cannot log in. Services may read, and write only through append().

CREATE TABLE grants.event (
    position    bigint      PRIMARY KEY,
    stream      text        NOT NULL,
    version     integer     NOT NULL CHECK (version > 0),
    topic       text        NOT NULL,
    data        bytea       NOT NULL,  -- the exact bytes the hash covers: UTF-8 JSON
    metadata    bytea       NOT NULL,  -- actor, correlation and command id: UTF-8 JSON
    recorded_at timestamptz NOT NULL,
    hash        bytea       NOT NULL CHECK (octet_length(hash) = 32),
    CONSTRAINT event_stream_version UNIQUE (stream, version)
);
CREATE INDEX event_recorded_at ON grants.event (recorded_at, position);

-- What was asked and answered, kept in the same transaction as its effect: a repeated command gets the first answer.
CREATE TABLE grants.command (
    id             uuid        NOT NULL CONSTRAINT command_id PRIMARY KEY,
    actor          text        NOT NULL,
    key            text,
    request_hash   bytea,
    answer         bytea,
    first_position bigint,     -- null when it was already so and nothing had to be recorded
    last_position  bigint,
    recorded_at    timestamptz NOT NULL,
    CONSTRAINT command_key UNIQUE (actor, key)
);

-- For people with psql: the same rows, legible.
CREATE VIEW grants.event_text AS
SELECT position, stream, version, topic, recorded_at,
       convert_from(data, 'UTF8') AS data, convert_from(metadata, 'UTF8') AS metadata, encode(hash, 'hex') AS hash
FROM grants.event;

CREATE FUNCTION grants.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: what is recorded is never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER event_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.event
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.event ENABLE ALWAYS TRIGGER event_is_final;
CREATE TRIGGER command_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.command
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.command ENABLE ALWAYS TRIGGER command_is_final;

-- The log's clock. A demonstration's owner may replace it; services cannot.
CREATE FUNCTION grants.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS 'SELECT clock_timestamp()';

-- Records commands whole: chains and inserts their events, keeps the commands, applies what they do to money. Any
-- failure is the caller's to catch; nothing here is done by halves.
CREATE FUNCTION grants.record(
    ids uuid[], actors text[], keys text[], request_hashes bytea[], answers bytea[], event_counts integer[],
    streams text[], versions integer[], topics text[], datas bytea[], metadatas bytea[], effects jsonb[],
    now_at timestamptz, INOUT head bigint, INOUT head_hash bytea
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    before  bigint := head;
    befores bigint[] := '{}';  -- for each command, the position before its first event
    hashes  bytea[] := '{}';
BEGIN
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
        befores[c] := CASE c WHEN 1 THEN before ELSE befores[c - 1] + event_counts[c - 1] END;
    END LOOP;
    INSERT INTO grants.command
    SELECT c.id, c.actor, c.key, c.request_hash, c.answer, CASE WHEN c.events > 0 THEN c.before + 1 END,
           CASE WHEN c.events > 0 THEN c.before + c.events END, now_at
    FROM unnest(ids, actors, keys, request_hashes, answers, event_counts, befores)
         AS c (id, actor, key, request_hash, answer, events, before);
    INSERT INTO grants.event
    SELECT before + e.nth, e.stream, e.version, e.topic, e.data, e.metadata, now_at, e.hash
    FROM unnest(streams, versions, topics, datas, metadatas, hashes)
         WITH ORDINALITY AS e (stream, version, topic, data, metadata, hash, nth);
    IF EXISTS (SELECT FROM unnest(streams, versions) AS e (stream, version) WHERE e.version > 1 AND NOT EXISTS (
            SELECT FROM grants.event p WHERE p.stream = e.stream AND p.version = e.version - 1)) THEN
        RAISE EXCEPTION 'a version has no version before it' USING ERRCODE = 'TL001';
    END IF;
    PERFORM grants.apply_effects(befores, effects, now_at);
END $$;

-- Appends the commands that wait, in one round trip. First all together, which is cheapest and nearly always goes well;
-- if anything is refused, or a command asks to be applied alone, each gets a block of its own, so that a stale version
-- or a full fund refuses that command and no other. The answer has one row for each command, in order.
--   outcome: recorded | repeated (id or key seen before) | stale | exhausted | refused (any other data error)
-- Events are given flat; event_counts says how many belong to each command.
CREATE FUNCTION grants.append(
    ids uuid[], actors text[], keys text[], request_hashes bytea[], answers bytea[], event_counts integer[],
    streams text[], versions integer[], topics text[], datas bytea[], metadatas bytea[], effects jsonb[]
) RETURNS TABLE (
    outcome text, command_id uuid, first_position bigint, last_position bigint, recorded_at timestamptz,
    request_hash bytea, answer bytea, problem text, detail jsonb
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- One plan for all batches, by index: planning these statements anew costs more than running them, and a new database
-- has no statistics to plan by.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    head      bigint;
    head_hash bytea;
    now_at    timestamptz;
    after     record;        -- head and hash after a command: taken over only when its block has gone well
    upto      integer := 0;  -- events consumed so far
    broken    text;          -- the constraint that refused
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append() needs READ COMMITTED: the head must be read after the lock is held';
    END IF;
    PERFORM pg_advisory_xact_lock(7402020);
    SELECT e.position, e.hash, e.recorded_at INTO head, head_hash, now_at
        FROM grants.event e ORDER BY e.position DESC LIMIT 1;
    head := coalesce(head, 0);
    head_hash := coalesce(head_hash, sha256('tilsagn'::bytea));
    now_at := greatest(now_at, grants.log_clock());

    IF cardinality(ids) > 1 AND NOT EXISTS (SELECT FROM unnest(effects) AS e (x) WHERE x ? 'alone') THEN
        BEGIN
            PERFORM grants.record(ids, actors, keys, request_hashes, answers, event_counts,
                                  streams, versions, topics, datas, metadatas, effects, now_at, head, head_hash);
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
            SELECT r.head, r.head_hash INTO after FROM grants.record(
                ids[c:c], actors[c:c], keys[c:c], request_hashes[c:c], answers[c:c], event_counts[c:c],
                streams[upto + 1:upto + event_counts[c]], versions[upto + 1:upto + event_counts[c]],
                topics[upto + 1:upto + event_counts[c]], datas[upto + 1:upto + event_counts[c]],
                metadatas[upto + 1:upto + event_counts[c]], effects[c:c], now_at, head, head_hash) AS r;
            IF event_counts[c] > 0 THEN
                first_position := head + 1; last_position := after.head;
            END IF;
            head := after.head; head_hash := after.head_hash; outcome := 'recorded';
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

-- What became of a command whose answer was lost. Waits for the log's lock, so that no transaction which may still
-- record it is under way when the answer is given.
CREATE FUNCTION grants.recall(asked uuid[]) RETURNS SETOF grants.command
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7402020);
    RETURN QUERY SELECT k.* FROM grants.command k WHERE k.id = ANY (asked);
END $$;
