-- Texts that a reader takes for the same are the same where sameness refuses, here as in the application
-- (services/text/folding.py): case, white space, compatibility forms and what is invisible tell nothing apart. A
-- generated test holds the two together.
CREATE FUNCTION grants.folded(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT normalize(casefold(regexp_replace(
        normalize(given, NFKC) COLLATE pg_unicode_fast,
        U&'[\0001-\0020\007F-\00A0\00AD\034F\0600-\0605\061C\06DD\070F\0890\0891\08E2\115F\1160\1680\17B4\17B5\180B-\180F\2000-\200F\2028-\202F\205F-\206F\3000\3164\FE00-\FE0F\FEFF\FFA0\FFF9-\FFFB\+0110BD\+0110CD\+013430-\+01343F\+01BCA0-\+01BCA3\+01D173-\+01D17A\+0E0001-\+0E01EF]',
        '', 'g')), NFKC)
$$;
REVOKE ALL ON FUNCTION grants.folded FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.folded TO grants_service, grants_reader;

-- What months are paid for is kept as it was written and compared as it reads: `år 1` is one rule, whatever space it is
-- written with. Cases that meet by that stand as they are and are shown (services/grants/doubles/view.py); nothing new
-- is recorded on top of them.
CREATE INDEX month_taken_as_read ON grants.month_taken (grants.folded(paid_for), month) WHERE standing;
DROP INDEX grants.month_taken_by;

-- As before (limits.sql), by what months are paid for as it reads.
CREATE OR REPLACE FUNCTION grants.keep_months(befores bigint[], effects jsonb[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
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
        FROM (SELECT m.stream, m.month, grants.folded(m.paid_for) AS paid_for FROM grants.month_taken m
              WHERE m.stream = ANY (taking) AND m.standing OFFSET 0) AS mine
        JOIN grants.month_taken other ON grants.folded(other.paid_for) = mine.paid_for AND other.month = mine.month
             AND other.standing AND other.stream <> mine.stream
        ORDER BY other.position, other.month LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'month % is taken by %', taken.month, taken.stream USING ERRCODE = 'TL002',
            DETAIL = jsonb_build_array(jsonb_build_object('month', taken.month, 'taken_by', taken.stream))::text;
    END IF;
END $$;
