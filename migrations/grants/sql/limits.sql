-- Limits that hang on more than one case, kept in the transaction that records: what is promised on each commitment
-- authority against its limit, and which case pays for a month. Each is asked of first by a rule, on what was known then.

-- What letters allow to be promised of a post beyond its budget year: the last reading of each letter. Whole øre.
CREATE TABLE grants.authority (
    post_id       text    NOT NULL REFERENCES grants.fund,
    letter_number integer NOT NULL,
    effective_on  date    NOT NULL,
    until_year    integer NOT NULL,
    limit_ore     bigint,            -- null: no limit
    position      bigint  NOT NULL,  -- where it was last read
    PRIMARY KEY (post_id, letter_number)
);

-- All that was ever promised of a post beyond its budget year, also what fell away later.
CREATE TABLE grants.authority_use (
    post_id      text   PRIMARY KEY REFERENCES grants.fund,
    promised_ore bigint NOT NULL CHECK (promised_ore >= 0)
) WITH (fillfactor = 60);

-- The months, counted from year 0, that a case pays for, or would; `paid_for` tells to whom, from which fund and by what.
CREATE TABLE grants.month_taken (
    stream   text    NOT NULL,
    paid_for text    NOT NULL,
    month    integer NOT NULL,
    position bigint  NOT NULL,
    standing boolean NOT NULL DEFAULT true,  -- false once nothing of the promise is left
    PRIMARY KEY (stream, paid_for, month)
);
CREATE INDEX month_taken_by ON grants.month_taken (paid_for, month) WHERE standing;

REVOKE ALL ON grants.authority, grants.authority_use, grants.month_taken FROM PUBLIC;
GRANT SELECT ON grants.authority, grants.authority_use, grants.month_taken TO grants_service, grants_reader;

-- What commands promise on the authorities of their posts, and authorities given or read anew. All counts against the
-- authority that holds on the day of the promise: that of the latest letter by then. One that is read lower than what is
-- promised stands, and takes nothing more.
CREATE FUNCTION grants.keep_authority(befores bigint[], effects jsonb[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    over record;
BEGIN
    INSERT INTO grants.authority
    SELECT DISTINCT ON (a.post, a.letter) a.post, a.letter, a.day, a.until_year, a.limit_ore, c.before + a.nth
    FROM unnest(befores, effects) AS c (before, effect)
    CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'authorities')
        AS a (nth integer, post text, letter integer, day date, until_year integer, limit_ore bigint)
    ORDER BY a.post, a.letter, c.before + a.nth DESC
    ON CONFLICT (post_id, letter_number) DO UPDATE SET effective_on = excluded.effective_on,
        until_year = excluded.until_year, limit_ore = excluded.limit_ore, position = excluded.position;

    WITH leaning AS MATERIALIZED (
            SELECT f.path[cardinality(f.path)] AS post, l.day, l.amount_ore
            FROM unnest(effects) AS c (effect)
            CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'leans') AS l (fund text, day date, amount_ore bigint)
            JOIN grants.fund f ON f.id = l.fund),
        used AS (
            INSERT INTO grants.authority_use AS u SELECT post, sum(amount_ore) FROM leaning GROUP BY post
            ON CONFLICT (post_id) DO UPDATE SET promised_ore = u.promised_ore + excluded.promised_ore
            RETURNING post_id, promised_ore)
    SELECT u.post_id, a.limit_ore,
           a.limit_ore - u.promised_ore + (SELECT sum(amount_ore) FROM leaning l WHERE l.post = u.post_id) AS left_ore
        INTO over
        FROM used u JOIN leaning l ON l.post = u.post_id
        CROSS JOIN LATERAL (SELECT g.limit_ore FROM grants.authority g
            WHERE g.post_id = u.post_id AND g.effective_on <= l.day
            ORDER BY g.effective_on DESC, g.letter_number DESC LIMIT 1) AS a
        WHERE u.promised_ore > a.limit_ore ORDER BY u.post_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the commitment authority of % has % øre left', over.post_id, over.left_ore
            USING ERRCODE = 'TL002', DETAIL = jsonb_build_array(jsonb_build_object(
                'authority', over.post_id, 'limit_ore', over.limit_ore, 'left_ore', greatest(0, over.left_ore)))::text;
    END IF;
END $$;

-- The months commands take, free, or take again because something is promised anew. After the money has moved: a case
-- stands as long as its award waits or anything of its promise is left. What overlapped before stays as it is.
CREATE FUNCTION grants.keep_months(befores bigint[], effects jsonb[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    taking text[];
    taken  record;
BEGIN
    DELETE FROM grants.month_taken m USING unnest(effects) AS c (effect),
        LATERAL jsonb_to_recordset(c.effect -> 'freed') AS f (stream text) WHERE m.stream = f.stream;
    WITH took AS (
            INSERT INTO grants.month_taken (stream, paid_for, month, position)
            SELECT t.stream, t.paid_for, t.first + n, c.before + t.nth
            FROM unnest(befores, effects) AS c (before, effect)
            CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'months')
                AS t (nth integer, stream text, paid_for text, first integer, count integer)
            CROSS JOIN LATERAL generate_series(0, t.count - 1) AS n
            ON CONFLICT DO NOTHING RETURNING stream),
        stood AS (
            UPDATE grants.month_taken m SET standing = f.committed_ore > 0
            FROM (SELECT DISTINCT r.stream FROM unnest(effects) AS c (effect)
                  CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'restands') AS r (stream text)) AS r
            JOIN grants.fund f ON f.id = r.stream
            WHERE m.stream = r.stream AND m.standing <> (f.committed_ore > 0)
            RETURNING m.stream, m.standing)
    SELECT array_agg(DISTINCT stream) INTO taking
        FROM (SELECT stream FROM took UNION ALL SELECT stream FROM stood WHERE standing) AS t;
    IF taking IS NULL THEN
        RETURN;
    END IF;
    SELECT other.month, other.stream INTO taken
        FROM grants.month_taken mine
        JOIN grants.month_taken other ON other.paid_for = mine.paid_for AND other.month = mine.month
             AND other.standing AND other.stream <> mine.stream
        WHERE mine.stream = ANY (taking) AND mine.standing
        ORDER BY other.position, other.month LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'month % is taken by %', taken.month, taken.stream USING ERRCODE = 'TL002',
            DETAIL = jsonb_build_array(jsonb_build_object('month', taken.month, 'taken_by', taken.stream))::text;
    END IF;
END $$;

REVOKE ALL ON FUNCTION grants.keep_authority, grants.keep_months FROM PUBLIC;

-- What commands do, inside the append transaction: money as in balance.sql, what many cases share, and then the permits
-- as in letter_permit.sql. A batch of commands that keeps no such limit asks for none.
CREATE OR REPLACE FUNCTION grants.apply_effects(befores bigint[], effects jsonb[], recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    effect jsonb;
    moves  boolean := false;
    marks  boolean := false;
    leans  boolean := false;
    months boolean := false;
BEGIN
    FOREACH effect IN ARRAY effects LOOP
        IF effect ? 'funds' THEN
            PERFORM grants.open_funds(effect -> 'funds');
        END IF;
        moves := moves OR coalesce(effect ? 'movements', false);
        marks := marks OR coalesce(effect ? 'marks', false);
        leans := leans OR coalesce(effect ?| ARRAY['authorities', 'leans'], false);
        months := months OR coalesce(effect ?| ARRAY['months', 'freed', 'restands'], false);
    END LOOP;
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
