-- Money: funds as a tree, every movement as an entry, the hard stop as constraints. All amounts are whole øre.

CREATE TABLE grants.fund (
    id               text    PRIMARY KEY,
    parent_id        text    REFERENCES grants.fund,
    path             text[]  NOT NULL,  -- itself first, then each ancestor up to the post
    kind             text    NOT NULL CHECK (kind IN ('post', 'earmark', 'recipient', 'commitment')),
    year             integer NOT NULL,
    chapter          integer NOT NULL,
    post             integer NOT NULL,
    name             text    NOT NULL,
    hard_stop        boolean NOT NULL,
    available_ore    bigint  NOT NULL DEFAULT 0,  -- stilt til disposisjon
    carried_over_ore bigint  NOT NULL DEFAULT 0,  -- of which carried over from the year before
    earmarked_ore    bigint  NOT NULL DEFAULT 0,  -- of which set aside for the funds directly below
    committed_ore    bigint  NOT NULL DEFAULT 0,  -- tilsagn, here and below
    direct_ore       bigint  NOT NULL DEFAULT 0,  -- of which promised on this fund itself, not through one below
    disbursed_ore    bigint  NOT NULL DEFAULT 0,
    withheld_ore     bigint  NOT NULL DEFAULT 0,
    overdrawn_ore    bigint  NOT NULL DEFAULT 0,  -- what a letter's cut left committed beyond what is at disposal
    overbound_ore    bigint  NOT NULL DEFAULT 0,  -- likewise for what is earmarked and promised here
    marks            jsonb   NOT NULL DEFAULT '{}',  -- the sum of every mark by name: what letters say of a post
    said_on          date,                        -- the latest day any mark counts from
    last_on          date,                        -- the latest day any entry counts from
    -- A commitment past what is left is refused here, whatever the race. Only a letter's cut widens overdrawn_ore, and
    -- nothing that commits ever does: an overdrawn fund takes no new commitment until it is cured.
    CONSTRAINT fund_holds_what_is_committed CHECK (NOT hard_stop OR committed_ore <= available_ore + overdrawn_ore),
    -- Money earmarked for a fund below is only promised through it.
    CONSTRAINT fund_keeps_what_is_earmarked
        CHECK (NOT hard_stop OR direct_ore + earmarked_ore <= available_ore + overbound_ore),
    CONSTRAINT fund_pays_only_what_is_committed CHECK (disbursed_ore + withheld_ore <= committed_ore),
    CONSTRAINT fund_never_negative CHECK (committed_ore >= 0 AND disbursed_ore >= 0 AND withheld_ore >= 0)
) WITH (fillfactor = 60);
CREATE INDEX fund_parent ON grants.fund (parent_id);
CREATE INDEX fund_post ON grants.fund (year, chapter, post) WHERE kind = 'post';

-- One row for each movement of an event and each fund it reaches. The totals make any past balance a few look-ups: what
-- stood on this fund for this day (this month) after this row, in the order
-- {available, carried_over, earmarked, committed, disbursed, withheld}.
CREATE TABLE grants.entry (
    position         bigint      NOT NULL,
    line             integer     NOT NULL,  -- which of the command's movements
    fund_id          text        NOT NULL,
    effective_on     date        NOT NULL,  -- when it counts (valid_at)
    recorded_at      timestamptz NOT NULL,  -- when we knew (known_at)
    available_ore    bigint      NOT NULL,
    carried_over_ore bigint      NOT NULL,
    earmarked_ore    bigint      NOT NULL,
    committed_ore    bigint      NOT NULL,
    disbursed_ore    bigint      NOT NULL,
    withheld_ore     bigint      NOT NULL,
    effective_month  date        NOT NULL,
    day_totals       bigint[]    NOT NULL,
    month_totals     bigint[]    NOT NULL,
    ground           text        NOT NULL,  -- why: the event's kind, or what a letter calls it (change, difference ...)
    letter_number    integer,               -- the letter it stands on, and where in it
    cite             text,
    PRIMARY KEY (fund_id, effective_on, position, line)
);
CREATE INDEX entry_month ON grants.entry (fund_id, effective_month, position, line);
CREATE INDEX entry_recorded ON grants.entry (fund_id, position, line);

-- What letters say of a post that is not money moving: appropriation, held back, keywords, differences still open.
-- Each row adds to its name; the sum up to a day is the value, and no row means that no letter has said it.
CREATE TABLE grants.mark (
    position     bigint      NOT NULL,
    fund_id      text        NOT NULL REFERENCES grants.fund,
    effective_on date        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    name         text        NOT NULL,
    amount       bigint      NOT NULL,
    PRIMARY KEY (fund_id, name, effective_on, position)
);

CREATE TRIGGER entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.entry
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.entry ENABLE ALWAYS TRIGGER entry_is_final;
CREATE TRIGGER mark_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.mark
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.mark ENABLE ALWAYS TRIGGER mark_is_final;
CREATE TRIGGER fund_stays BEFORE DELETE OR TRUNCATE ON grants.fund
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.fund ENABLE ALWAYS TRIGGER fund_stays;

-- The functions below name every table whole and run with their caller's rights: only append() and the readers' own
-- SELECT rights reach them. Without a SET clause the planner can fold them into the statement that calls them.

-- The movements asked for, spread to every fund they reach. What is at disposal stays where the letter put it; what is
-- committed, disbursed and withheld rises to every ancestor. A fund that nobody opened comes out as NULL, which no
-- entry accepts.
CREATE FUNCTION grants.reach(befores bigint[], effects jsonb[]) RETURNS TABLE (
    nth_position bigint, line integer, fund_id text, level bigint, effective_on date, available bigint, carried_over bigint, earmarked bigint,
    committed bigint, direct bigint, disbursed bigint, withheld bigint, forced boolean,
    ground text, letter_number integer, cite text
) LANGUAGE sql STABLE AS $$
    SELECT c.before + m.nth, coalesce(m.line, 1), p.id, p.level, m.day,
           CASE p.level WHEN 1 THEN coalesce(m.available, 0) ELSE 0 END,
           CASE p.level WHEN 1 THEN coalesce(m.carried_over, 0) ELSE 0 END,
           CASE p.level WHEN 1 THEN coalesce(m.earmarked, 0) ELSE 0 END,
           coalesce(m.committed, 0),
           CASE WHEN p.level = CASE f.kind WHEN 'commitment' THEN 2 ELSE 1 END THEN coalesce(m.committed, 0) ELSE 0 END,
           coalesce(m.disbursed, 0), coalesce(m.withheld, 0), coalesce(m.forced, false),
           m.ground, m.letter_number, m.cite
    FROM unnest(befores, effects) AS c (before, effect)
    CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'movements') AS m (nth integer, line integer, fund text, day date,
        available bigint, carried_over bigint, earmarked bigint, committed bigint, disbursed bigint, withheld bigint,
        forced boolean, ground text, letter_number integer, cite text)
    LEFT JOIN grants.fund f ON f.id = m.fund
    CROSS JOIN LATERAL unnest(coalesce(f.path, ARRAY[NULL])) WITH ORDINALITY AS p (id, level)
    WHERE p.level = 1 OR m.committed <> 0 OR m.disbursed <> 0 OR m.withheld <> 0
$$;

-- Which funds cannot bear what was asked, lowest first, and what each has left: for the refusal's sentence. It looks
-- after the command's block is undone: a commitment's own line is not open, so what it asked for falls on the fund above.
CREATE FUNCTION grants.lacking(effects jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('fund_id', f.id, 'name', f.name,
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

-- What stood on a fund on a day, as known at a position: {available, carried_over, earmarked, committed, disbursed,
-- withheld}. Whole months, and the days that are missing or too many, whichever are fewer: within a budget year at most
-- some thirty look-ups, however long the history.
CREATE FUNCTION grants.balance_at(fund text, day date, known bigint) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    month    date := date_trunc('month', day);
    next     date := month + interval '1 month';
    first    date := (SELECT min(e.effective_month) FROM grants.entry e WHERE e.fund_id = fund);
    last     date := (SELECT max(e.effective_month) FROM grants.entry e WHERE e.fund_id = fund);
    from_day date := month;    -- the days to add to the months before this one ...
    to_day   date := day;
    sign     integer := 1;
BEGIN
    IF day - month >= next - day - 1 THEN  -- ... or to take from this month and those before it
        from_day := day + 1; to_day := next - 1; sign := -1; month := next;
    END IF;
    IF month > last THEN  -- nothing counts from so late a month
        month := last + interval '1 month';
    END IF;
    RETURN (
        SELECT ARRAY[coalesce(sum(t[1] * sign_), 0), coalesce(sum(t[2] * sign_), 0), coalesce(sum(t[3] * sign_), 0),
                     coalesce(sum(t[4] * sign_), 0), coalesce(sum(t[5] * sign_), 0), coalesce(sum(t[6] * sign_), 0)
               ]::bigint[]
        FROM (
            SELECT 1 AS sign_, (SELECT e.month_totals FROM grants.entry e
                    WHERE e.fund_id = fund AND e.effective_month = m::date AND e.position <= known
                    ORDER BY e.position DESC, e.line DESC LIMIT 1) AS t
            FROM generate_series(first, month - 1, interval '1 month') AS m
            UNION ALL
            SELECT sign, (SELECT e.day_totals FROM grants.entry e
                    WHERE e.fund_id = fund AND e.effective_on = from_day + d AND e.position <= known
                    ORDER BY e.position DESC, e.line DESC LIMIT 1)
            FROM generate_series(0, to_day - from_day) AS d) AS bucket);
END $$;

-- The last position recorded by an instant. What has been read for a past instant stays so: an append under way may have
-- taken its time already, so an instant close to now waits for it; what comes after the lock is recorded later.
CREATE FUNCTION grants.position_at(known timestamptz) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF known > clock_timestamp() - interval '1 minute' THEN
        PERFORM pg_advisory_xact_lock_shared(7402020);
    END IF;
    RETURN (SELECT coalesce(max(e.position), 0) FROM grants.event e WHERE e.recorded_at <= known);
END $$;

-- The least that was left on a fund on any day from `since` on: a commitment dated in the past is checked against what
-- was at disposal on that day and on each day after it.
CREATE FUNCTION grants.least_left_since(fund text, since date) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE day AS (
        SELECT since AS on_, t[1] - t[4] AS left_ FROM grants.balance_at(fund, since, 9223372036854775807) AS t
        UNION ALL
        SELECT next.effective_on, day.left_ + next.day_totals[1] - next.day_totals[4]
        FROM day CROSS JOIN LATERAL (
            SELECT e.effective_on, e.day_totals FROM grants.entry e
            WHERE e.fund_id = fund AND e.effective_on > day.on_
            ORDER BY e.effective_on, e.position DESC, e.line DESC LIMIT 1) AS next)
    SELECT min(left_) FROM day
$$;

-- Refuses when a commitment dated in the past would leave too little on that day or any day since.
CREATE FUNCTION grants.hold_since(fund text, name text, since date) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    least bigint := grants.least_left_since(fund, since);
BEGIN
    IF least < 0 THEN
        RAISE EXCEPTION 'not enough was left on % on % and each day since', fund, since
            USING ERRCODE = 'TL002', DETAIL = jsonb_build_array(jsonb_build_object(
                'fund_id', fund, 'name', name, 'since', since, 'short_ore', -least))::text;
    END IF;
END $$;

CREATE FUNCTION grants.open_funds(funds jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT * FROM jsonb_to_recordset(funds) AS x (id text, parent_id text, kind text, year integer,
                 chapter integer, post integer, name text, hard_stop boolean) LOOP
        INSERT INTO grants.fund (id, parent_id, path, kind, year, chapter, post, name, hard_stop)
        SELECT f.id, f.parent_id, ARRAY[f.id] || coalesce(p.path, '{}'), f.kind, coalesce(p.year, f.year),
               coalesce(p.chapter, f.chapter), coalesce(p.post, f.post), f.name, f.hard_stop
        FROM (SELECT) AS one LEFT JOIN grants.fund p ON p.id = f.parent_id;
    END LOOP;
END $$;

CREATE FUNCTION grants.set_marks(befores bigint[], effects jsonb[], recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO grants.mark
    SELECT c.before + m.nth, m.fund, m.day, recorded, m.name, sum(m.amount)
    FROM unnest(befores, effects) AS c (before, effect)
    CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'marks')
        AS m (nth integer, fund text, day date, name text, amount bigint)
    GROUP BY c.before + m.nth, m.fund, m.day, m.name;
    UPDATE grants.fund f SET marks = said.totals, said_on = said.last_on
    FROM (SELECT k.fund_id, jsonb_object_agg(k.name, k.total) AS totals, max(k.last_on) AS last_on
          FROM (SELECT m.fund_id, m.name, sum(m.amount) AS total, max(m.effective_on) AS last_on
                FROM grants.mark m GROUP BY m.fund_id, m.name) AS k GROUP BY k.fund_id) AS said
    WHERE f.id = said.fund_id AND f.marks IS DISTINCT FROM said.totals;
    -- An estimated appropriation (overslagsbevilgning) warns instead of stopping.
    UPDATE grants.fund f SET hard_stop = NOT e.estimated,
                             overdrawn_ore = greatest(0, f.committed_ore - f.available_ore),
                             overbound_ore = greatest(0, f.direct_ore + f.earmarked_ore - f.available_ore)
    FROM (SELECT id, coalesce((marks ->> 'estimated')::bigint, 0) > 0 AS estimated FROM grants.fund
          WHERE kind = 'post') AS e
    WHERE f.id = e.id AND f.hard_stop = e.estimated;
END $$;

-- One statement: the funds' totals move (their constraints are the hard stop) and every fund reached gets its entry.
-- What uses up room never widens overdrawn_ore or overbound_ore; what frees room, or a letter's cut, sets them anew.
CREATE FUNCTION grants.move(befores bigint[], effects jsonb[], recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    suspect record;
BEGIN
    FOR suspect IN
        WITH reached AS MATERIALIZED (SELECT * FROM grants.reach(befores, effects)),
        moved AS (
            UPDATE grants.fund f SET
                available_ore = f.available_ore + r.available, carried_over_ore = f.carried_over_ore + r.carried_over,
                earmarked_ore = f.earmarked_ore + r.earmarked, committed_ore = f.committed_ore + r.committed,
                direct_ore = f.direct_ore + r.direct, disbursed_ore = f.disbursed_ore + r.disbursed,
                withheld_ore = f.withheld_ore + r.withheld, last_on = greatest(f.last_on, r.last_on),
                overdrawn_ore = CASE WHEN f.hard_stop AND NOT r.forced AND r.committed > r.available
                    THEN f.overdrawn_ore
                    ELSE greatest(0, f.committed_ore + r.committed - f.available_ore - r.available) END,
                overbound_ore = CASE WHEN f.hard_stop AND NOT r.forced AND r.direct + r.earmarked > r.available
                    THEN f.overbound_ore
                    ELSE greatest(0, f.direct_ore + r.direct + f.earmarked_ore + r.earmarked
                                     - f.available_ore - r.available) END
            FROM (SELECT fund_id, sum(available)::bigint AS available, sum(carried_over)::bigint AS carried_over,
                         sum(earmarked)::bigint AS earmarked, sum(committed)::bigint AS committed,
                         sum(direct)::bigint AS direct, sum(disbursed)::bigint AS disbursed,
                         sum(withheld)::bigint AS withheld, max(effective_on) AS last_on, bool_or(forced) AS forced
                  FROM reached GROUP BY fund_id) r
            WHERE f.id = r.fund_id
            RETURNING f.id, f.name, f.last_on, f.hard_stop),
        -- What stood for each fund's day and month before: looked up once for a whole batch, not for each of its rows.
        day_bucket AS MATERIALIZED (
            SELECT x.fund_id, x.effective_on, (SELECT p.day_totals FROM grants.entry p
                WHERE p.fund_id = x.fund_id AND p.effective_on = x.effective_on
                ORDER BY p.position DESC, p.line DESC LIMIT 1) AS dt
            FROM (SELECT DISTINCT fund_id, effective_on FROM reached) AS x),
        month_bucket AS MATERIALIZED (
            SELECT x.fund_id, x.month, (SELECT p.month_totals FROM grants.entry p
                WHERE p.fund_id = x.fund_id AND p.effective_month = x.month
                ORDER BY p.position DESC, p.line DESC LIMIT 1) AS mt
            FROM (SELECT DISTINCT fund_id, date_trunc('month', effective_on)::date AS month FROM reached) AS x),
        written AS (
            INSERT INTO grants.entry (position, line, fund_id, effective_on, recorded_at, available_ore, carried_over_ore,
                earmarked_ore, committed_ore, disbursed_ore, withheld_ore, effective_month, day_totals, month_totals,
                ground, letter_number, cite)
            SELECT nth_position, line, fund_id, effective_on, recorded, a, o, e, c, d, w, month,
                   ARRAY[sum(a) OVER of_day + coalesce(dt[1], 0), sum(o) OVER of_day + coalesce(dt[2], 0),
                         sum(e) OVER of_day + coalesce(dt[3], 0), sum(c) OVER of_day + coalesce(dt[4], 0),
                         sum(d) OVER of_day + coalesce(dt[5], 0), sum(w) OVER of_day + coalesce(dt[6], 0)]::bigint[],
                   ARRAY[sum(a) OVER of_month + coalesce(mt[1], 0), sum(o) OVER of_month + coalesce(mt[2], 0),
                         sum(e) OVER of_month + coalesce(mt[3], 0), sum(c) OVER of_month + coalesce(mt[4], 0),
                         sum(d) OVER of_month + coalesce(mt[5], 0), sum(w) OVER of_month + coalesce(mt[6], 0)]::bigint[],
                   ground, letter_number, cite
            FROM (SELECT nth_position, line, fund_id, effective_on, date_trunc('month', effective_on)::date AS month,
                         available AS a, carried_over AS o, earmarked AS e, committed AS c, disbursed AS d, withheld AS w,
                         ground, letter_number, cite
                  FROM reached) AS m
            LEFT JOIN day_bucket USING (fund_id, effective_on) LEFT JOIN month_bucket USING (fund_id, month)
            WINDOW of_day AS (PARTITION BY fund_id, effective_on ORDER BY nth_position, line),
                   of_month AS (PARTITION BY fund_id, month ORDER BY nth_position, line))
        SELECT r.fund_id, min(r.effective_on) AS effective_on, m.name FROM reached r JOIN moved m ON m.id = r.fund_id
        WHERE m.hard_stop AND NOT r.forced AND r.committed > r.available AND r.effective_on < m.last_on
        GROUP BY r.fund_id, m.name ORDER BY min(r.level)
    LOOP
        PERFORM grants.hold_since(suspect.fund_id, suspect.name, suspect.effective_on);
    END LOOP;
END $$;

-- What commands do to money, inside the append transaction: befores[c] is the position before command c's first event,
-- and nth in effects[c] counts that command's events from 1.
CREATE FUNCTION grants.apply_effects(befores bigint[], effects jsonb[], recorded timestamptz) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    effect jsonb;
    moves  boolean := false;
    marks  boolean := false;
BEGIN
    FOREACH effect IN ARRAY effects LOOP
        IF effect ? 'funds' THEN
            PERFORM grants.open_funds(effect -> 'funds');
        END IF;
        moves := moves OR coalesce(effect ? 'movements', false);
        marks := marks OR coalesce(effect ? 'marks', false);
    END LOOP;
    IF moves THEN
        PERFORM grants.move(befores, effects, recorded);
    END IF;
    IF marks THEN
        PERFORM grants.set_marks(befores, effects, recorded);
    END IF;
END $$;
