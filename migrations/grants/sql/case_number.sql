-- The number people call a case by: the year it was opened in (of the day it was recorded on, in Norway) and a running
-- number in that year. It is given in the transaction that opens the case, under the turn that orders all writers, so it
-- has no gaps and no two cases share one; and it is a fact, under the chain, beside the one that opens the case.
CREATE TABLE grants.case_number (
    year     integer NOT NULL,
    number   integer NOT NULL CHECK (number > 0),
    case_id  uuid    NOT NULL CONSTRAINT case_has_one_number UNIQUE,
    position bigint  NOT NULL,  -- of the fact that gives it
    label    text    NOT NULL GENERATED ALWAYS AS (year::text || '/' || number::text) STORED,
    PRIMARY KEY (year, number)
);
CREATE TRIGGER case_number_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.case_number
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.case_number ENABLE ALWAYS TRIGGER case_number_is_final;
REVOKE ALL ON grants.case_number FROM PUBLIC;
GRANT SELECT ON grants.case_number TO grants_service, grants_reader;

-- Whether a fact opens a case: it is the first on the stream of one, which is named by a UUID as RFC 9562 makes them
-- (random or derived: what this system gives every case).
CREATE FUNCTION grants.opens_case(stream text, version integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT version = 1 AND stream ~ '^case-[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
$$;

-- What the fact tells: the year, the first number, and the cases that have it and those after it, in order of opening.
CREATE FUNCTION grants.case_numbered(of_year integer, first integer, case_ids uuid[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE AS $$
    SELECT convert_to(format('{"year":%s,"first":%s,"case_ids":%s}', of_year, first, array_to_json(case_ids)), 'UTF8')
$$;

-- The hash of a fact at its place, as record() writes it out for those it is given.
CREATE FUNCTION grants.chained(
    before bytea, place bigint, stream text, version integer, topic text, data bytea, metadata bytea, at timestamptz
) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(before || int8send(place) || int4send(octet_length(stream)) || convert_to(stream, 'UTF8')
        || int4send(version) || int4send(octet_length(topic)) || convert_to(topic, 'UTF8')
        || int4send(octet_length(data)) || data || int4send(octet_length(metadata)) || metadata
        || timestamptz_send(at))
$$;

-- Records commands whole, as in log_append.sql: chains and inserts their events and the commands themselves, and applies
-- what they do. A command that opens cases has one fact more, its last, which numbers them all. Where it opens one, its
-- answer is told the number: it stands where the answer says `"case_number": null`.
CREATE OR REPLACE FUNCTION grants.record(
    ids uuid[], actors text[], keys text[], request_hashes bytea[], answers bytea[], event_counts integer[],
    streams text[], versions integer[], topics text[], datas bytea[], metadatas bytea[], effects jsonb[],
    now_at timestamptz, INOUT head bigint, INOUT head_hash bytea, INOUT nth bigint, INOUT nth_hash bytea
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    numbers bigint := nth;
    upto    integer := 0;      -- events consumed so far
    befores bigint[] := '{}';  -- for each command, the position before its first event
    firsts  bigint[] := '{}';  -- its first and last position; null when it recorded no event
    lasts   bigint[] := '{}';
    places  bigint[] := '{}';  -- for each event given, its position
    hashes  bytea[] := '{}';
    links   bytea[] := '{}';
    later   boolean := false;  -- whether any event has one before it in its stream
    opens   uuid[];            -- the cases that one command opens, in order
    given   uuid[] := '{}';    -- all that get a number here, in order; each with the fact that gives it
    givens  bigint[] := '{}';
    of_year integer;           -- in which they are opened
    already integer;           -- numbers given in it before this
    told    integer := 0;      -- facts that gave them
    facts   bigint[] := '{}';  -- of those here: the position, what is told, by whom, and the hash
    saids   bytea[] := '{}';
    byes    bytea[] := '{}';
    seals   bytea[] := '{}';
BEGIN
    IF session_user = 'grants_service'
       AND EXISTS (SELECT FROM unnest(streams) AS s (name) WHERE s.name = 'log' OR s.name ^@ 'numbers-') THEN
        RAISE EXCEPTION 'what the log says of itself is its owner''s to tell';
    END IF;
    FOR c IN 1 .. cardinality(ids) LOOP
        befores[c] := head;
        opens := '{}';
        FOR i IN upto + 1 .. upto + event_counts[c] LOOP
            head := head + 1;
            later := later OR versions[i] > 1;
            -- Every stored field is under the hash, those of varying length behind their length: no two rows share bytes.
            head_hash := sha256(head_hash || int8send(head)
                || int4send(octet_length(streams[i])) || convert_to(streams[i], 'UTF8') || int4send(versions[i])
                || int4send(octet_length(topics[i])) || convert_to(topics[i], 'UTF8')
                || int4send(octet_length(datas[i])) || datas[i]
                || int4send(octet_length(metadatas[i])) || metadatas[i] || timestamptz_send(now_at));
            places[i] := head;
            hashes[i] := head_hash;
            IF versions[i] = 1 AND grants.opens_case(streams[i], 1) THEN
                opens := array_append(opens, substr(streams[i], 6)::uuid);
            END IF;
        END LOOP;
        IF opens <> '{}' THEN
            IF of_year IS NULL THEN
                of_year := extract(year FROM now_at AT TIME ZONE 'Europe/Oslo');
                already := (SELECT coalesce(max(n.number), 0) FROM grants.case_number n WHERE n.year = of_year);
                told := (SELECT coalesce(max(e.version), 0) FROM grants.event e WHERE e.stream = 'numbers-' || of_year);
            END IF;
            head := head + 1;
            facts := array_append(facts, head);
            saids := array_append(saids, grants.case_numbered(of_year, already + cardinality(given) + 1, opens));
            byes := array_append(byes, metadatas[upto + 1]);
            head_hash := grants.chained(head_hash, head, 'numbers-' || of_year, told + cardinality(facts),
                                        'case.numbered.v1', saids[cardinality(saids)], metadatas[upto + 1], now_at);
            seals := array_append(seals, head_hash);
            given := given || opens;
            givens := givens || array_fill(head, ARRAY[cardinality(opens)]);
            IF cardinality(opens) = 1 THEN
                answers[c] := convert_to(replace(convert_from(answers[c], 'UTF8'), '"case_number": null',
                    format('"case_number": "%s/%s"', of_year, already + cardinality(given))), 'UTF8');
            END IF;
        END IF;
        upto := upto + event_counts[c];
        firsts[c] := CASE WHEN event_counts[c] > 0 THEN befores[c] + 1 END;
        lasts[c] := CASE WHEN event_counts[c] > 0 THEN head END;
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
    SELECT e.place, e.stream, e.version, e.topic, e.data, e.metadata, now_at, e.hash
    FROM unnest(places, streams, versions, topics, datas, metadatas, hashes)
         AS e (place, stream, version, topic, data, metadata, hash);
    IF later AND EXISTS (SELECT FROM unnest(streams, versions) AS e (stream, version) WHERE e.version > 1 AND NOT EXISTS (
            SELECT FROM grants.event p WHERE p.stream = e.stream AND p.version = e.version - 1)) THEN
        RAISE EXCEPTION 'a version has no version before it' USING ERRCODE = 'TL001';
    END IF;
    IF given <> '{}' THEN
        INSERT INTO grants.event
        SELECT f.place, 'numbers-' || of_year, told + f.nth, 'case.numbered.v1', f.data, f.metadata, now_at, f.hash
        FROM unnest(facts, saids, byes, seals) WITH ORDINALITY AS f (place, data, metadata, hash, nth);
        INSERT INTO grants.case_number (year, number, case_id, position)
        SELECT of_year, already + g.nth, g.case_id, g.place
        FROM unnest(given, givens) WITH ORDINALITY AS g (case_id, place, nth);
    END IF;
    PERFORM grants.apply_effects(befores, effects, now_at);
END $$;
REVOKE ALL ON FUNCTION grants.opens_case, grants.case_numbered, grants.chained FROM PUBLIC;

-- The cases that stood before have theirs in the order in which they were opened, year by year: facts of the upgrade's.
DO $$
DECLARE
    upgraded uuid := gen_random_uuid();
    facts    record;
    heads    record;
BEGIN
    PERFORM grants.take_turn();
    WITH opened AS (
            SELECT extract(year FROM e.recorded_at AT TIME ZONE 'Europe/Oslo')::integer AS year,
                   substr(e.stream, 6)::uuid AS case_id, e.position
            FROM grants.event e WHERE e.version = 1 AND grants.opens_case(e.stream, 1)),
        numbered AS (
            SELECT o.year, o.case_id, (row_number() OVER (PARTITION BY o.year ORDER BY o.position))::integer AS number
            FROM opened o),
        parts AS (
            SELECT n.year, (n.number - 1) / 1000 + 1 AS part, min(n.number) AS first,
                   array_agg(n.case_id ORDER BY n.number) AS case_ids
            FROM numbered n GROUP BY n.year, (n.number - 1) / 1000 + 1)
    SELECT count(*)::integer AS count, array_agg('numbers-' || p.year ORDER BY p.year, p.part) AS streams,
           array_agg(p.part ORDER BY p.year, p.part) AS versions,
           array_agg('case.numbered.v1'::text) AS topics,
           array_agg(grants.case_numbered(p.year, p.first, p.case_ids) ORDER BY p.year, p.part) AS datas,
           array_agg(convert_to(format('{"actor":"upgrade","command_id":"%s","correlation_id":"-"}', upgraded), 'UTF8'))
               AS metadatas
        INTO facts FROM parts p;
    IF facts.count = 0 THEN
        RETURN;
    END IF;
    heads := grants.read_heads();
    PERFORM grants.record(
        ARRAY[upgraded], ARRAY['upgrade'], ARRAY[NULL]::text[], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[],
        ARRAY[facts.count], facts.streams, facts.versions, facts.topics, facts.datas, facts.metadatas,
        ARRAY[NULL]::jsonb[], greatest(grants.log_clock(), heads.head_at), heads.head, heads.head_hash, heads.nth,
        heads.nth_hash);
    WITH told AS MATERIALIZED (  -- each fact is read once, and not once for each of its cases
            SELECT e.position, convert_from(e.data, 'UTF8')::jsonb AS d FROM grants.event e WHERE e.position > heads.head),
        first AS MATERIALIZED (
            SELECT t.position, (t.d ->> 'year')::integer AS year, (t.d ->> 'first')::integer AS number,
                   ARRAY(SELECT jsonb_array_elements_text(t.d -> 'case_ids')) AS case_ids
            FROM told t)
    INSERT INTO grants.case_number (year, number, case_id, position)
    SELECT f.year, f.number + c.nth - 1, c.id::uuid, f.position
    FROM first f CROSS JOIN LATERAL unnest(f.case_ids) WITH ORDINALITY AS c (id, nth);
END $$;
