-- A round held against the funds it would bind, before it does. Reading only, with its caller's rights: the same effects
-- that append() would apply, by the same reach, against the same limits as the hard stop (balance.sql).

-- Each fund that these effects would reach, highest first: what stands there, what they plan on it, what would be left,
-- and by how much it falls short. Short by nothing on every fund is what append() records; anything more is what it
-- refuses. All the movements count from one day, `since`: a day in the past is held against each day from then on.
--   A commitment's own line is not open yet, so what it asks for falls on the fund above it.
--   least_left_after_ore is the least left on that day or any day since, once the plan is in.
--   unearmarked_after_ore is what is neither earmarked for a fund below nor promised on this fund itself.
CREATE FUNCTION grants.foresee(effects jsonb, since date) RETURNS TABLE (
    fund_id text, parent_id text, kind text, name text, hard_stop boolean, at_disposal_ore bigint, earmarked_ore bigint,
    committed_ore bigint, remaining_ore bigint, planned_ore bigint, remaining_after_ore bigint,
    unearmarked_after_ore bigint, least_left_after_ore bigint, short_by_ore bigint
) LANGUAGE sql STABLE AS $$
    SELECT f.id, f.parent_id, f.kind, f.name, f.hard_stop, f.available_ore, f.earmarked_ore, f.committed_ore,
           f.available_ore - f.committed_ore, r.planned, f.available_ore - f.committed_ore - r.planned,
           f.available_ore - f.earmarked_ore - f.direct_ore - r.direct, past.least,
           CASE WHEN f.hard_stop THEN greatest(
               0,
               f.committed_ore + r.planned - f.available_ore - f.overdrawn_ore,
               f.direct_ore + r.direct + f.earmarked_ore - f.available_ore - f.overbound_ore,
               CASE WHEN since < f.last_on THEN -past.least END)
           ELSE 0 END
    FROM (SELECT x.fund_id, sum(x.committed)::bigint AS planned, sum(x.direct)::bigint AS direct
          FROM grants.reach(ARRAY[0::bigint], ARRAY[jsonb_build_object('movements', (
              SELECT jsonb_agg(m || jsonb_build_object('fund', coalesce(o.parent_id, m ->> 'fund')))
              FROM jsonb_array_elements(effects -> 'movements') AS m
              LEFT JOIN jsonb_to_recordset(effects -> 'funds') AS o (id text, parent_id text, kind text)
                  ON o.id = m ->> 'fund' AND o.kind = 'commitment'))]) AS x
          GROUP BY x.fund_id) AS r
    JOIN grants.fund f ON f.id = r.fund_id
    CROSS JOIN LATERAL (SELECT grants.least_left_since(f.id, since) - r.planned AS least OFFSET 0) AS past
    ORDER BY cardinality(f.path), f.id
$$;
COMMENT ON FUNCTION grants.foresee IS 'What these movements would do to every fund they reach. Writes nothing.';

REVOKE ALL ON FUNCTION grants.foresee FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.foresee, grants.reach TO grants_service, grants_reader;

-- Which funds cannot bear what was asked, lowest first: as before (balance.sql), and what room was asked of each. Without
-- that, a fund with too little left could not be told from one whose money is earmarked for the funds below.
CREATE OR REPLACE FUNCTION grants.lacking(effects jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('fund_id', f.id, 'name', f.name, 'asked_ore', r.committed - r.available,
               'remaining_ore', f.available_ore - f.committed_ore,
               'unearmarked_ore', f.available_ore - f.earmarked_ore - f.direct_ore) ORDER BY r.level), '[]')
    FROM (SELECT fund_id, min(level) AS level, sum(available) AS available, sum(committed) AS committed,
                 sum(direct) AS direct, sum(earmarked) AS earmarked
          FROM grants.reach(ARRAY[0::bigint], ARRAY[jsonb_build_object('movements', (
              SELECT jsonb_agg(m || jsonb_build_object('fund', coalesce(o ->> 'parent_id', m ->> 'fund')))
              FROM jsonb_array_elements(effects -> 'movements') AS m
              LEFT JOIN jsonb_array_elements(coalesce(effects -> 'funds', '[]')) AS o
                  ON o ->> 'id' = m ->> 'fund' AND o ->> 'kind' = 'commitment'))]) GROUP BY fund_id) r
    JOIN grants.fund f ON f.id = r.fund_id
    WHERE f.hard_stop AND (
        f.committed_ore + r.committed > f.available_ore + r.available + f.overdrawn_ore
        OR f.direct_ore + r.direct + f.earmarked_ore + r.earmarked > f.available_ore + r.available + f.overbound_ore)
$$;

-- A round opens a line for each of its awards, so funds are opened in one statement, whatever their number. Each is
-- opened below its parent, which may be opened here too; one whose parent is nowhere is left to the foreign key.
CREATE OR REPLACE FUNCTION grants.open_funds(funds jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    WITH RECURSIVE asked AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(funds) AS x (id text, parent_id text, kind text, year integer,
            chapter integer, post integer, name text, hard_stop boolean)),
    opened AS (
        SELECT a.id, a.parent_id, ARRAY[a.id] || coalesce(p.path, '{}') AS path, a.kind, coalesce(p.year, a.year) AS year,
               coalesce(p.chapter, a.chapter) AS chapter, coalesce(p.post, a.post) AS post, a.name, a.hard_stop
        FROM asked a LEFT JOIN grants.fund p ON p.id = a.parent_id
        WHERE a.parent_id IS NULL OR a.parent_id NOT IN (SELECT other.id FROM asked other)
        UNION ALL
        SELECT a.id, a.parent_id, ARRAY[a.id] || o.path, a.kind, o.year, o.chapter, o.post, a.name, a.hard_stop
        FROM opened o JOIN asked a ON a.parent_id = o.id)
    INSERT INTO grants.fund (id, parent_id, path, kind, year, chapter, post, name, hard_stop)
    SELECT o.id, o.parent_id, o.path, o.kind, o.year, o.chapter, o.post, o.name, o.hard_stop FROM opened o;
END $$;
