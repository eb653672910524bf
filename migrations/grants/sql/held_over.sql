-- What one budget year leaves to the next, kept in the transaction that records: which cases have a claim on the new
-- year's money, how much of it is covered, and therefore bound there before anything new can be promised of it.
-- From the day a case is held over its movements belong to the year of their own day; the year before stays as it was
-- closed (bevilgningsreglementet § 5). Whole øre.

CREATE TABLE grants.held_over (
    stream       text    NOT NULL REFERENCES grants.fund,  -- the case, whose own line lies on the fund it was promised on
    into_year    integer NOT NULL,
    post_id      text    NOT NULL,  -- the post of that year that carries the line on, whether a letter has opened it or not
    from_post_id text    NOT NULL,  -- the post of the year before
    ground       text    NOT NULL CHECK (ground IN ('transferable', 'commitment-authority', 'paid')),
    promised_on  date    NOT NULL,  -- when it was first promised: the order of claims that nobody has set
    promised_at  bigint  NOT NULL,
    position     bigint  NOT NULL,  -- where it was held over
    PRIMARY KEY (stream, into_year)
);
CREATE INDEX held_over_post ON grants.held_over (post_id);

-- What a claim is, and what is paid and withheld of it, day by day as facts move it; the sum up to a day is the value.
CREATE TABLE grants.held_over_entry (
    position     bigint      NOT NULL,
    line         integer     NOT NULL,
    stream       text        NOT NULL,
    into_year    integer     NOT NULL,
    post_id      text        NOT NULL,
    effective_on date        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    claimed_ore  bigint      NOT NULL,
    paid_ore     bigint      NOT NULL,
    withheld_ore bigint      NOT NULL,
    PRIMARY KEY (position, line)
);
CREATE INDEX held_over_entry_post ON grants.held_over_entry (post_id, stream, effective_on);
CREATE INDEX held_over_entry_case ON grants.held_over_entry (stream, into_year, effective_on);

-- In which order claims on a post are covered from a day on, where a controller has set one: those named first.
CREATE TABLE grants.held_over_order (
    post_id      text    NOT NULL,
    effective_on date    NOT NULL,
    position     bigint  NOT NULL,
    place        integer NOT NULL,
    stream       text    NOT NULL,
    PRIMARY KEY (post_id, effective_on, position, place)
);

REVOKE ALL ON grants.held_over, grants.held_over_entry, grants.held_over_order FROM PUBLIC;
GRANT SELECT ON grants.held_over, grants.held_over_entry, grants.held_over_order TO grants_service, grants_reader;
CREATE TRIGGER held_over_entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.held_over_entry
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.held_over_entry ENABLE ALWAYS TRIGGER held_over_entry_is_final;
CREATE TRIGGER held_over_order_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON grants.held_over_order
    FOR EACH STATEMENT EXECUTE FUNCTION grants.refuse_change();
ALTER TABLE grants.held_over_order ENABLE ALWAYS TRIGGER held_over_order_is_final;

-- One movement of a claim. Lines are numbered through the command.
CREATE FUNCTION grants.claim(
    before bigint, nth integer, of_stream text, into_ integer, day date, recorded timestamptz,
    claimed bigint, paid bigint, withheld bigint
) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF claimed <> 0 OR paid <> 0 OR withheld <> 0 THEN
        INSERT INTO grants.held_over_entry
        SELECT before + nth, (SELECT count(*) + 1 FROM grants.held_over_entry o WHERE o.position > before), of_stream,
               into_, h.post_id, day, recorded, claimed, paid, withheld
        FROM grants.held_over h WHERE h.stream = of_stream AND h.into_year = into_;
    END IF;
END $$;

-- Holds a case over into a year: what was unpaid when the year before ended is the claim, and what has moved since then
-- moves with it. Gives what has to be taken off the books of the year before, where that was the case's own year.
CREATE FUNCTION grants.hold_over(
    before bigint, nth integer, of_stream text, into_ integer, into_post text, on_ground text, recorded timestamptz
) RETURNS TABLE (effective_on date, committed bigint, disbursed bigint, withheld bigint)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    begins date := make_date(into_, 1, 1);
    prior  grants.held_over;
    moved  record;
    sums   record;
BEGIN
    SELECT * INTO prior FROM grants.held_over h
        WHERE h.stream = of_stream AND h.into_year < into_ AND h.ground <> 'paid' ORDER BY h.into_year DESC LIMIT 1;
    INSERT INTO grants.held_over
    SELECT of_stream, into_, into_post, coalesce(prior.post_id, l.path[cardinality(l.path)]), on_ground,
           e.effective_on, e.position, before + nth
    FROM grants.fund l CROSS JOIN LATERAL (SELECT * FROM grants.entry e WHERE e.fund_id = l.id
                                           ORDER BY e.position, e.line LIMIT 1) AS e
    WHERE l.id = of_stream
    ON CONFLICT (stream, into_year) DO UPDATE SET ground = excluded.ground, position = excluded.position;
    IF on_ground = 'paid' THEN
        RETURN;
    END IF;
    -- What was paid in the year before it was held over is a claim like the rest of it.
    FOR moved IN SELECT e.effective_on, -sum(e.claimed_ore)::bigint AS claimed FROM grants.held_over_entry e
            WHERE e.stream = of_stream AND e.into_year = into_ GROUP BY e.effective_on ORDER BY e.effective_on LOOP
        PERFORM grants.claim(before, nth, of_stream, into_, moved.effective_on, recorded, moved.claimed, 0, 0);
    END LOOP;
    IF prior.stream IS NULL THEN
        SELECT coalesce(sum(e.committed_ore - e.disbursed_ore), 0)::bigint AS unpaid,
               coalesce(sum(e.withheld_ore), 0)::bigint AS withheld INTO sums
            FROM grants.entry e WHERE e.fund_id = of_stream AND e.effective_on < begins;
        PERFORM grants.claim(before, nth, of_stream, into_, begins, recorded, sums.unpaid, 0, sums.withheld);
        FOR moved IN SELECT e.effective_on, sum(e.committed_ore)::bigint AS c, sum(e.disbursed_ore)::bigint AS d,
                            sum(e.withheld_ore)::bigint AS w
                FROM grants.entry e WHERE e.fund_id = of_stream AND e.effective_on >= begins GROUP BY e.effective_on
                HAVING (sum(e.committed_ore), sum(e.disbursed_ore), sum(e.withheld_ore)) <> (0, 0, 0)
                ORDER BY e.effective_on LOOP
            PERFORM grants.claim(before, nth, of_stream, into_, moved.effective_on, recorded, moved.c, moved.d, moved.w);
            RETURN QUERY SELECT moved.effective_on, -moved.c, -moved.d, -moved.w;
        END LOOP;
    ELSE
        SELECT coalesce(sum(e.claimed_ore - e.paid_ore), 0)::bigint AS unpaid,
               coalesce(sum(e.withheld_ore), 0)::bigint AS withheld INTO sums
            FROM grants.held_over_entry e
            WHERE e.stream = of_stream AND e.into_year = prior.into_year AND e.effective_on < begins;
        PERFORM grants.claim(before, nth, of_stream, into_, begins, recorded, sums.unpaid, 0, sums.withheld);
        FOR moved IN SELECT e.effective_on, sum(e.claimed_ore)::bigint AS c, sum(e.paid_ore)::bigint AS d,
                            sum(e.withheld_ore)::bigint AS w
                FROM grants.held_over_entry e
                WHERE e.stream = of_stream AND e.into_year = prior.into_year AND e.effective_on >= begins
                GROUP BY e.effective_on ORDER BY e.effective_on LOOP
            PERFORM grants.claim(before, nth, of_stream, into_, moved.effective_on, recorded, moved.c, moved.d, moved.w);
            PERFORM grants.claim(before, nth, of_stream, prior.into_year, moved.effective_on, recorded,
                                 -moved.c, -moved.d, -moved.w);
        END LOOP;
    END IF;
END $$;

-- One movement of a held case, put where its day belongs. Gives what of it is for the books of the case's own year. What
-- moves in an earlier year, told late, changes what that year left to each year after it.
CREATE FUNCTION grants.route(
    before bigint, nth integer, of_stream text, day date, charged text, recorded timestamptz,
    INOUT c bigint, INOUT d bigint, INOUT w bigint
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    of_year integer := extract(year FROM day);
    into_   integer;
    later   integer;
BEGIN
    SELECT max(h.into_year) INTO into_ FROM grants.held_over h
        WHERE h.stream = of_stream AND h.ground <> 'paid' AND h.into_year <= of_year;
    IF into_ IS DISTINCT FROM of_year AND d <> 0 AND (charged IS NOT NULL OR EXISTS (
            SELECT FROM grants.held_over h WHERE h.stream = of_stream AND h.into_year = of_year)) THEN
        IF NOT EXISTS (SELECT FROM grants.held_over h WHERE h.stream = of_stream AND h.into_year = of_year) THEN
            PERFORM grants.hold_over(before, nth, of_stream, of_year, charged, 'paid', recorded);
        END IF;
        PERFORM grants.claim(before, nth, of_stream, of_year, day, recorded, d, d, 0);
        d := 0;
    END IF;
    IF into_ IS NOT NULL THEN
        PERFORM grants.claim(before, nth, of_stream, into_, day, recorded, c, d, w);
    END IF;
    FOR later IN SELECT h.into_year FROM grants.held_over h
            WHERE h.stream = of_stream AND h.ground <> 'paid' AND h.into_year > of_year ORDER BY h.into_year LOOP
        PERFORM grants.claim(before, nth, of_stream, later, make_date(later, 1, 1), recorded, c - d, 0, w);
    END LOOP;
    IF into_ IS NOT NULL THEN
        c := 0; d := 0; w := 0;
    END IF;
END $$;

-- A post carries on another's line: the claims that came from there are claims on it. What was covered by then stays
-- where it was covered.
CREATE FUNCTION grants.succeed(before bigint, nth integer, fund text, predecessor text, recorded timestamptz)
    RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    h     grants.held_over;
    moved record;
BEGIN
    FOR h IN SELECT * FROM grants.held_over o WHERE o.from_post_id = predecessor AND o.post_id <> fund
                AND o.into_year = split_part(fund, '/', 1)::integer
                AND NOT EXISTS (SELECT FROM grants.fund f WHERE f.id = o.stream || '/' || o.into_year)
                ORDER BY o.stream COLLATE "C" LOOP
        FOR moved IN SELECT e.effective_on, sum(e.claimed_ore)::bigint AS c, sum(e.paid_ore)::bigint AS d,
                            sum(e.withheld_ore)::bigint AS w
                FROM grants.held_over_entry e WHERE e.stream = h.stream AND e.into_year = h.into_year
                GROUP BY e.effective_on ORDER BY e.effective_on LOOP
            PERFORM grants.claim(before, nth, h.stream, h.into_year, moved.effective_on, recorded,
                                 -moved.c, -moved.d, -moved.w);
        END LOOP;
        UPDATE grants.held_over o SET post_id = fund WHERE o.stream = h.stream AND o.into_year = h.into_year;
        UPDATE grants.held_over o SET from_post_id = fund
            WHERE o.stream = h.stream AND o.into_year > h.into_year AND o.from_post_id = h.post_id;
        FOR moved IN SELECT e.effective_on, -sum(e.claimed_ore)::bigint AS c, -sum(e.paid_ore)::bigint AS d,
                            -sum(e.withheld_ore)::bigint AS w
                FROM grants.held_over_entry e WHERE e.stream = h.stream AND e.into_year = h.into_year
                     AND e.position = before + nth AND e.post_id = h.post_id
                GROUP BY e.effective_on ORDER BY e.effective_on LOOP
            PERFORM grants.claim(before, nth, h.stream, h.into_year, moved.effective_on, recorded,
                                 moved.c, moved.d, moved.w);
        END LOOP;
    END LOOP;
END $$;

-- How much of each claim on a post is covered, from a day on, against what its line there holds: what has to move.
-- What is paid is covered. What is promised on a commitment authority binds the post from the day a letter opens it. The
-- others are covered in their order by what is released and not yet paid out. What is covered is first what can be paid,
-- and only then what is withheld. `effect` is the command's own, for its letters are not in the books yet.
CREATE FUNCTION grants.coverage(of_post text, since date, effect jsonb) RETURNS TABLE (
    stream text, effective_on date, committed bigint, disbursed bigint, withheld bigint
) LANGUAGE sql STABLE AS $$
    WITH claims AS MATERIALIZED (SELECT h.stream, h.ground, h.promised_on, h.promised_at, h.stream || '/' || h.into_year AS line
                    FROM grants.held_over h WHERE h.post_id = of_post),
    moved AS MATERIALIZED (SELECT e.stream, e.effective_on, sum(e.claimed_ore) AS claimed, sum(e.paid_ore) AS paid,
                                  sum(e.withheld_ore) AS withheld
              FROM grants.held_over_entry e WHERE e.post_id = of_post GROUP BY e.stream, e.effective_on),
    said AS MATERIALIZED (
        SELECT e.effective_on, e.carried_over_ore AS released, e.ground = 'allocated' AS opens FROM grants.entry e
        WHERE e.fund_id = of_post AND (e.carried_over_ore <> 0 OR e.ground = 'allocated')
        UNION ALL
        SELECT m.day, coalesce(m.carried_over, 0), m.ground = 'allocated'
        FROM jsonb_to_recordset(effect -> 'movements') AS m (fund text, day date, carried_over bigint, ground text)
        WHERE m.fund = of_post
        UNION ALL
        SELECT k.effective_on, -k.amount, false FROM grants.mark k WHERE k.fund_id = of_post AND k.name = 'carried_over_free'
        UNION ALL
        SELECT m.day, -m.amount, false
        FROM jsonb_to_recordset(effect -> 'marks') AS m (fund text, day date, name text, amount bigint)
        WHERE m.fund = of_post AND m.name = 'carried_over_free'),
    opened AS (SELECT min(s.effective_on) AS on_ FROM said s WHERE s.opens),
    days AS MATERIALIZED (
        SELECT since AS day UNION SELECT m.effective_on FROM moved m WHERE m.effective_on > since
        UNION SELECT s.effective_on FROM said s WHERE s.effective_on > since
        UNION SELECT o.effective_on FROM grants.held_over_order o WHERE o.post_id = of_post AND o.effective_on > since
        UNION SELECT e.effective_on FROM claims c JOIN grants.entry e ON e.fund_id = c.line WHERE e.effective_on > since),
    stood AS (
        SELECT d.day, c.*, coalesce(m.claimed, 0) AS claimed, coalesce(m.paid, 0) AS paid,
               coalesce(m.withheld, 0) AS withheld, r.released, o.place
        FROM days d CROSS JOIN claims c
        CROSS JOIN LATERAL (SELECT sum(x.claimed) AS claimed, sum(x.paid) AS paid, sum(x.withheld) AS withheld
                            FROM moved x WHERE x.stream = c.stream AND x.effective_on <= d.day) AS m
        CROSS JOIN LATERAL (SELECT coalesce(sum(s.released), 0) AS released FROM said s
                            WHERE s.effective_on <= d.day) AS r
        LEFT JOIN LATERAL (SELECT x.place FROM grants.held_over_order x WHERE x.post_id = of_post AND x.stream = c.stream
            AND (x.effective_on, x.position) = (SELECT y.effective_on, y.position FROM grants.held_over_order y
                WHERE y.post_id = of_post AND y.effective_on <= d.day
                ORDER BY y.effective_on DESC, y.position DESC LIMIT 1)) AS o ON true),
    ranked AS (
        SELECT s.*, greatest(0, s.claimed - s.paid) AS unpaid,
               s.released - sum(s.paid) FILTER (WHERE s.ground <> 'commitment-authority') OVER (PARTITION BY s.day)
               - coalesce(sum(greatest(0, s.claimed - s.paid)) FILTER (WHERE s.ground = 'transferable') OVER (
                     PARTITION BY s.day ORDER BY s.place NULLS LAST, s.promised_on, s.promised_at
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS left_
        FROM stood s),
    covered AS (
        SELECT r.*, r.paid + CASE r.ground
                   WHEN 'transferable' THEN greatest(0, least(r.unpaid, coalesce(r.left_, 0)))
                   WHEN 'commitment-authority' THEN CASE WHEN r.day >= (SELECT on_ FROM opened) THEN r.unpaid ELSE 0 END
                   ELSE 0 END AS cover
        FROM ranked r),
    wanted AS (
        SELECT v.stream, v.day, v.cover - coalesce(h.c, 0) AS c, v.paid - coalesce(h.d, 0) AS d,
               CASE v.ground WHEN 'paid' THEN 0
                    ELSE greatest(0, v.cover - v.paid - greatest(0, v.unpaid - v.withheld)) END - coalesce(h.w, 0) AS w
        FROM covered v
        CROSS JOIN LATERAL (SELECT sum(e.committed_ore) AS c, sum(e.disbursed_ore) AS d, sum(e.withheld_ore) AS w
                            FROM grants.entry e WHERE e.fund_id = v.line AND e.effective_on <= v.day) AS h),
    step AS (
        SELECT x.stream, x.day, x.c - lag(x.c, 1, 0::numeric) OVER one AS c, x.d - lag(x.d, 1, 0::numeric) OVER one AS d,
               x.w - lag(x.w, 1, 0::numeric) OVER one AS w
        FROM wanted x WINDOW one AS (PARTITION BY x.stream ORDER BY x.day))
    SELECT s.stream, s.day, s.c::bigint, s.d::bigint, s.w::bigint FROM step s WHERE s.c <> 0 OR s.d <> 0 OR s.w <> 0
$$;

-- Whether a command may touch what is held over, and so is applied by itself, after the one before it and before the
-- next.
CREATE FUNCTION grants.carries(effects jsonb[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM unnest(effects) AS e (x) WHERE x ?| ARRAY['holds', 'ranked', 'succeeded', 'charges'])
        OR (EXISTS (SELECT FROM grants.held_over) AND EXISTS (
            SELECT FROM unnest(effects) AS e (x)
            CROSS JOIN LATERAL jsonb_to_recordset(x -> 'movements') AS m (fund text)
            WHERE EXISTS (SELECT FROM grants.held_over h WHERE h.stream = m.fund)
               OR EXISTS (SELECT FROM grants.held_over h WHERE h.post_id = m.fund)));
END $$;

-- One command that touches what is held over: its movements where they belong, and what they do to the cover of claims.
-- Gives its effect with those movements in place of its own. A supplement is the one thing that widens a claim by
-- choice: what it binds in the new year has to be there. All else follows from what has happened, and always registers.
CREATE FUNCTION grants.carry(before bigint, effect jsonb, recorded timestamptz) RETURNS jsonb
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    moves   jsonb := '[]';
    origins jsonb := '{}';  -- for each case: the event that moves it here, and its kind
    last    integer := 1;
    must    boolean := true;
    m       record;
    h       record;
    part    record;
    into_   integer;
BEGIN
    FOR h IN SELECT * FROM jsonb_to_recordset(effect -> 'holds')
                AS x (nth integer, stream text, "into" integer, post text, ground text, topic text) LOOP
        origins := origins || jsonb_build_object(h.stream, jsonb_build_array(h.nth, h.topic));
        last := greatest(last, h.nth);
        FOR part IN SELECT * FROM grants.hold_over(before, h.nth, h.stream, h."into", h.post, h.ground, recorded) LOOP
            moves := moves || jsonb_build_object('nth', h.nth, 'fund', h.stream, 'day', part.effective_on,
                'committed', part.committed, 'disbursed', part.disbursed, 'withheld', part.withheld,
                'ground', h.topic, 'forced', true);
        END LOOP;
    END LOOP;
    FOR h IN SELECT * FROM jsonb_to_recordset(effect -> 'succeeded') AS x (nth integer, fund text, predecessor text) LOOP
        last := greatest(last, h.nth);
        PERFORM grants.succeed(before, h.nth, h.fund, h.predecessor, recorded);
    END LOOP;
    FOR h IN SELECT x.nth, x.post, x.day, s.stream, s.place
            FROM jsonb_to_recordset(effect -> 'ranked') AS x (nth integer, post text, day date, streams text[])
            CROSS JOIN LATERAL unnest(x.streams) WITH ORDINALITY AS s (stream, place) LOOP
        last := greatest(last, h.nth);
        INSERT INTO grants.held_over_order VALUES (h.post, h.day, before + h.nth, h.place, h.stream);
    END LOOP;
    FOR m IN SELECT e.value AS whole, x.* FROM jsonb_array_elements(effect -> 'movements') WITH ORDINALITY AS e (value, n)
                CROSS JOIN LATERAL jsonb_to_record(e.value) AS x (nth integer, fund text, day date, committed bigint,
                    disbursed bigint, withheld bigint, ground text, charged text) ORDER BY e.n LOOP
        last := greatest(last, m.nth);
        IF m.charged IS NULL AND NOT EXISTS (SELECT FROM grants.held_over o WHERE o.stream = m.fund) THEN
            moves := moves || m.whole;
            CONTINUE;
        END IF;
        must := must AND m.ground <> 'award.supplement-approved.v1';
        origins := origins || jsonb_build_object(m.fund, jsonb_build_array(m.nth, m.ground));
        SELECT * INTO part FROM grants.route(before, m.nth, m.fund, m.day, m.charged, recorded, coalesce(m.committed, 0),
                                             coalesce(m.disbursed, 0), coalesce(m.withheld, 0));
        IF part.c <> 0 OR part.d <> 0 OR part.w <> 0 THEN
            moves := moves || jsonb_build_object('nth', m.nth, 'fund', m.fund, 'day', m.day, 'ground', m.ground,
                'committed', part.c, 'disbursed', part.d, 'withheld', part.w);
        END IF;
    END LOOP;
    FOR h IN SELECT t.post, min(t.day) AS since FROM (
                SELECT e.post_id, e.effective_on FROM grants.held_over_entry e WHERE e.position > before
                UNION ALL SELECT r.post, r.day FROM jsonb_to_recordset(effect -> 'ranked') AS r (post text, day date)
                UNION ALL SELECT x.fund, CASE x.ground WHEN 'allocated' THEN '-infinity' ELSE x.day END
                    FROM jsonb_to_recordset(effect -> 'movements') AS x (fund text, day date, ground text)
                    WHERE EXISTS (SELECT FROM grants.held_over o WHERE o.post_id = x.fund)
                UNION ALL SELECT x.fund, x.day FROM jsonb_to_recordset(effect -> 'marks') AS x (fund text, day date)
                    WHERE EXISTS (SELECT FROM grants.held_over o WHERE o.post_id = x.fund)
            ) AS t (post, day) JOIN grants.fund f ON f.id = t.post GROUP BY t.post ORDER BY t.post COLLATE "C" LOOP
        into_ := split_part(h.post, '/', 1);
        FOR part IN SELECT * FROM grants.coverage(h.post, greatest(h.since, make_date(into_, 1, 1)), effect) AS c
                ORDER BY c.effective_on, c.stream COLLATE "C" LOOP
            INSERT INTO grants.fund (id, parent_id, path, kind, year, chapter, post, name, hard_stop)
            SELECT part.stream || '/' || into_, p.id, ARRAY[part.stream || '/' || into_, p.id], 'commitment', p.year,
                   p.chapter, p.post, o.name, false
            FROM grants.fund p, grants.fund o WHERE p.id = h.post AND o.id = part.stream
            ON CONFLICT (id) DO NOTHING;
            moves := moves || jsonb_build_object(
                'nth', coalesce((origins #>> ARRAY[part.stream, '0'])::integer, last),
                'fund', part.stream || '/' || into_, 'day', part.effective_on,
                'committed', part.committed, 'disbursed', part.disbursed, 'withheld', part.withheld,
                'ground', coalesce(origins #>> ARRAY[part.stream, '1'], 'held-over'), 'forced', must,
                'cite', (SELECT o.parent_id || ' ' || o.id FROM grants.fund o WHERE o.id = part.stream));
        END LOOP;
    END LOOP;
    SELECT coalesce(jsonb_agg(e.value || jsonb_build_object('line', e.n) ORDER BY e.n), '[]') INTO moves
        FROM jsonb_array_elements(moves) WITH ORDINALITY AS e (value, n);
    RETURN effect || jsonb_build_object('movements', moves);
END $$;

REVOKE ALL ON FUNCTION grants.claim, grants.hold_over, grants.route, grants.succeed, grants.coverage, grants.carries,
    grants.carry FROM PUBLIC;

-- What commands do, inside the append transaction, as in limits.sql; those that touch what is held over one by one.
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
        moves := moves OR coalesce(effect ?| ARRAY['movements', 'holds', 'ranked', 'succeeded'], false);
        marks := marks OR coalesce(effect ? 'marks', false);
        leans := leans OR coalesce(effect ?| ARRAY['authorities', 'leans'], false);
        months := months OR coalesce(effect ?| ARRAY['months', 'freed', 'restands'], false);
    END LOOP;
    IF moves THEN
        IF grants.carries(effects) THEN
            FOR c IN 1 .. cardinality(effects) LOOP
                IF effects[c] IS NOT NULL AND effects[c] <> 'null' THEN
                    PERFORM grants.move(befores[c:c], ARRAY[grants.carry(befores[c], effects[c], recorded)], recorded);
                END IF;
            END LOOP;
        ELSE
            PERFORM grants.move(befores, effects, recorded);
        END IF;
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

-- What goes on in a case while its letter is being sent, as in back_dated.sql, with the later editions of two facts.
CREATE OR REPLACE FUNCTION grants.goes_on(topic text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT topic = ANY ('{
        application.assessed.v1, application.contact-erased.v1, application.contact-named.v1,
        application.dismissal-proposed.v1, application.dismissal-returned.v1, application.impartiality-stated.v1,
        application.late-accepted.v1, application.received.v1, application.rejection-proposed.v1,
        application.rejection-returned.v1, application.supplement-requested.v1,
        award.change-answered.v1, award.change-proposed.v1, award.change-requested.v1, award.change-returned.v1,
        award.commitment-held-over.v1, award.commitment-held-over.v2, award.letter-delivered.v1, award.letter-release-ended.v1,
        award.letter-release-import-proposed.v1, award.letter-released.v1, award.terms-accepted.v1,
        complaint.completed.v1, complaint.completion-asked.v1, complaint.dismissed.v1, complaint.forwarded.v1,
        complaint.late-accepted.v1, complaint.party-changed.v1, complaint.received.v1,
        complaint.suspensive-effect-ended.v1, complaint.withdrawn.v1,
        decision.back-dated.v1,
        disbursement.condition-met.v1, disbursement.instalment-paid.v1, disbursement.instalment-paid.v2, disbursement.payee-account-registered.v1,
        disbursement.payee-account-verified.v1, disbursement.payment-attested.v1, disbursement.payment-refused.v1,
        disbursement.payment-requested.v1,
        report.checked.v1, report.control-concluded.v1, report.control-selected.v1, report.deadline-moved.v1,
        report.received.v1, report.reminded.v1, report.returned.v1, report.settlement-proposed.v1,
        report.settlement-returned.v1,
        withholding.prior-warning-given.v1, withholding.prior-warning-omitted.v1, withholding.reclaim-decided.v1,
        withholding.reclaim-reduced.v1, withholding.reclaim-warned.v1, withholding.released.v1,
        withholding.repayment-received.v1}'::text[])
$$;
