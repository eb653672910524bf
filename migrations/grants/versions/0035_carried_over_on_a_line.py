"""Money carried over that a letter names on an earmark is for what is held over of that earmark.

It covers those promises and no others', in the order of claims, and what of it does is set aside on the earmark, so
that it is promised to nobody else. What a letter names of the fund above beyond that is for all that is below it. Where
no letter has said it of an earmark, all stands as before."""

from alembic import op

from migrations.redefining import redefine

revision = "0035"
down_revision = "0034"

FUNCTIONS = """
-- What of the money carried over letters say is for each fund of a post and for no fund below it, day by day; on the
-- post itself, less than what is released there. `effect` is the command's own.
CREATE FUNCTION grants.carried_on_lines(of_post text, effect jsonb)
    RETURNS TABLE (fund text, effective_on date, amount bigint) LANGUAGE sql STABLE AS $$
    SELECT k.fund_id, k.effective_on, k.amount FROM grants.mark k
    WHERE k.name = 'carried_over_on_line' AND (k.fund_id = of_post OR k.fund_id ^@ (of_post || '/'))
    UNION ALL
    SELECT m.fund, m.day, m.amount
    FROM jsonb_to_recordset(effect -> 'marks') AS m (fund text, day date, name text, amount bigint)
    WHERE m.name = 'carried_over_on_line' AND (m.fund = of_post OR m.fund ^@ (of_post || '/'))
$$;

-- Of which fund's money each claim on a post is paid and covered, on these days: of its own line's first, then of the
-- fund's above. What is paid comes before what is not; else they take it in the order of claims.
CREATE FUNCTION grants.drawn(of_post text, days date[], effect jsonb)
    RETURNS TABLE (day date, stream text, fund text, paid boolean, amount bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
    pools jsonb;
    claim record;
    lacks bigint;
BEGIN
    FOREACH day IN ARRAY days LOOP
        SELECT jsonb_object_agg(s.fund, s.amount) INTO pools FROM (
            SELECT t.fund, sum(t.amount)::bigint AS amount FROM (
                SELECT e.fund_id AS fund, e.carried_over_ore AS amount FROM grants.entry e
                WHERE e.fund_id = of_post AND e.effective_on <= drawn.day
                UNION ALL SELECT m.fund, m.carried_over
                FROM jsonb_to_recordset(effect -> 'movements') AS m (fund text, day date, carried_over bigint)
                WHERE m.fund = of_post AND m.day <= drawn.day
                UNION ALL SELECT k.fund_id, -k.amount FROM grants.mark k
                WHERE k.fund_id = of_post AND k.name = 'carried_over_free' AND k.effective_on <= drawn.day
                UNION ALL SELECT m.fund, -m.amount
                FROM jsonb_to_recordset(effect -> 'marks') AS m (fund text, day date, name text, amount bigint)
                WHERE m.fund = of_post AND m.name = 'carried_over_free' AND m.day <= drawn.day
                UNION ALL SELECT l.fund, l.amount FROM grants.carried_on_lines(of_post, effect) AS l
                WHERE l.effective_on <= drawn.day) AS t
            GROUP BY t.fund) AS s;
        FOR claim IN
                SELECT h.stream, p.paid,
                       CASE WHEN p.paid THEN m.paid ELSE greatest(0, m.claimed - m.paid) END AS wanted,
                       ARRAY(SELECT of_post || substr(above, length(o.path[cardinality(o.path)]) + 1)
                             FROM unnest(o.path[2:]) AS above) AS chain
                FROM grants.held_over h JOIN grants.fund o ON o.id = h.stream
                CROSS JOIN (VALUES (true), (false)) AS p (paid)
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(e.claimed_ore), 0)::bigint AS claimed,
                           coalesce(sum(e.paid_ore), 0)::bigint AS paid
                    FROM grants.held_over_entry e WHERE e.post_id = of_post AND e.stream = h.stream
                         AND e.into_year = h.into_year AND e.effective_on <= drawn.day) AS m
                LEFT JOIN LATERAL (
                    SELECT x.place FROM grants.held_over_order x WHERE x.post_id = of_post AND x.stream = h.stream
                    AND (x.effective_on, x.position) = (SELECT y.effective_on, y.position FROM grants.held_over_order y
                        WHERE y.post_id = of_post AND y.effective_on <= drawn.day
                        ORDER BY y.effective_on DESC, y.position DESC LIMIT 1)) AS ranked ON true
                WHERE h.post_id = of_post AND h.ground <> 'commitment-authority'
                      AND (p.paid OR h.ground = 'transferable')
                ORDER BY p.paid DESC, ranked.place NULLS LAST, h.promised_on, h.promised_at LOOP
            stream := claim.stream; paid := claim.paid; lacks := claim.wanted;
            FOREACH fund IN ARRAY claim.chain LOOP
                amount := least(lacks, coalesce((pools ->> fund)::bigint, 0));
                CONTINUE WHEN amount <= 0;
                lacks := lacks - amount;
                pools := pools || jsonb_build_object(fund, (pools ->> fund)::bigint - amount);
                RETURN NEXT;
            END LOOP;
        END LOOP;
    END LOOP;
END $$;

-- What has to be set aside on the earmarks of a post, from a day on: what of their money pays and covers what is held
-- over, against what is set aside there so far.
CREATE FUNCTION grants.set_aside(of_post text, since date, effect jsonb)
    RETURNS TABLE (fund text, effective_on date, amount bigint) LANGUAGE sql STABLE AS $$
    WITH named AS MATERIALIZED (SELECT * FROM grants.carried_on_lines(of_post, effect)),
    lines AS (SELECT DISTINCT n.fund FROM named n WHERE n.fund <> of_post),
    stands AS MATERIALIZED (
        SELECT e.fund_id AS fund, e.effective_on, sum(e.earmarked_ore) AS amount FROM grants.entry e
        WHERE e.fund_id IN (SELECT l.fund FROM lines l) AND e.ground = 'held-over' GROUP BY e.fund_id, e.effective_on),
    days AS MATERIALIZED (
        SELECT since AS day
        UNION SELECT n.effective_on FROM named n WHERE n.effective_on > since
        UNION SELECT s.effective_on FROM stands s WHERE s.effective_on > since
        UNION SELECT e.effective_on FROM grants.held_over_entry e WHERE e.post_id = of_post AND e.effective_on > since
        UNION SELECT o.effective_on FROM grants.held_over_order o WHERE o.post_id = of_post AND o.effective_on > since
        UNION SELECT e.effective_on FROM grants.entry e
        WHERE e.fund_id = of_post AND e.carried_over_ore <> 0 AND e.effective_on > since
        UNION SELECT m.day
        FROM jsonb_to_recordset(effect -> 'movements') AS m (fund text, day date, carried_over bigint)
        WHERE m.fund = of_post AND m.carried_over <> 0 AND m.day > since
        UNION SELECT k.effective_on FROM grants.mark k
        WHERE k.fund_id = of_post AND k.name = 'carried_over_free' AND k.effective_on > since
        UNION SELECT m.day FROM jsonb_to_recordset(effect -> 'marks') AS m (fund text, day date, name text)
        WHERE m.fund = of_post AND m.name = 'carried_over_free' AND m.day > since),
    drawn AS MATERIALIZED (
        SELECT d.day, d.fund, sum(d.amount) AS amount
        FROM grants.drawn(of_post, ARRAY(SELECT day FROM days WHERE EXISTS (SELECT FROM lines)), effect) AS d
        GROUP BY d.day, d.fund),
    lacks AS (
        SELECT l.fund, d.day, coalesce((SELECT w.amount FROM drawn w WHERE w.fund = l.fund AND w.day = d.day), 0)
               - coalesce((SELECT sum(s.amount) FROM stands s WHERE s.fund = l.fund AND s.effective_on <= d.day), 0)
               AS amount
        FROM lines l CROSS JOIN days d),
    step AS (SELECT x.fund, x.day, x.amount - lag(x.amount, 1, 0::numeric) OVER (PARTITION BY x.fund ORDER BY x.day)
                    AS amount FROM lacks x)
    SELECT s.fund, s.day, s.amount::bigint FROM step s WHERE s.amount <> 0
$$;
REVOKE ALL ON FUNCTION grants.carried_on_lines, grants.drawn, grants.set_aside FROM PUBLIC;
"""

SAID = "        WHERE m.fund = of_post AND m.name = 'carried_over_free'),"
SAID_OF_LINES = """        WHERE m.fund = of_post AND m.name = 'carried_over_free'
        UNION ALL
        SELECT l.effective_on, 0, false FROM lines l),"""
CLAIMS = "    WITH claims AS MATERIALIZED ("
LINES = """    WITH lines AS MATERIALIZED (SELECT * FROM grants.carried_on_lines(of_post, effect)),
    claims AS MATERIALIZED ("""
COVERED = "    covered AS ("
DRAWN = """    drawn AS MATERIALIZED (
        SELECT d.day, d.stream, sum(d.amount) AS amount
        FROM grants.drawn(of_post, ARRAY(SELECT day FROM days WHERE EXISTS (SELECT FROM lines)), effect) AS d
        WHERE NOT d.paid GROUP BY d.day, d.stream),
    covered AS ("""
BY_POST = "WHEN 'transferable' THEN greatest(0, least(r.unpaid, coalesce(r.left_, 0)))"
BY_LINE = """WHEN 'transferable' THEN CASE WHEN EXISTS (SELECT FROM lines)
                        THEN coalesce((SELECT d.amount FROM drawn d WHERE d.day = r.day AND d.stream = r.stream), 0)
                        ELSE greatest(0, least(r.unpaid, coalesce(r.left_, 0))) END"""
TOUCHED = """FROM jsonb_to_recordset(effect -> 'marks') AS x (fund text, day date)
                    WHERE EXISTS (SELECT FROM grants.held_over o WHERE o.post_id = x.fund)
"""
TOUCHED_ON_LINES = """                UNION ALL SELECT o.post_id, x.day
                    FROM jsonb_to_recordset(effect -> 'marks') AS x (fund text, day date, name text)
                    JOIN grants.held_over o ON x.fund ^@ (o.post_id || '/')
                    WHERE x.name = 'carried_over_on_line'
"""
LAST_MOVE = """        END LOOP;
    END LOOP;
    SELECT coalesce(jsonb_agg(e.value"""
SET_ASIDE = """        END LOOP;
        FOR part IN SELECT * FROM grants.set_aside(h.post, greatest(h.since, make_date(into_, 1, 1)), effect) AS s
                ORDER BY s.effective_on, s.fund COLLATE "C" LOOP
            moves := moves
                || jsonb_build_object('nth', last, 'fund', part.fund, 'day', part.effective_on,
                                      'earmarked', part.amount, 'ground', 'held-over', 'forced', must)
                || jsonb_build_object('nth', last, 'fund', h.post, 'day', part.effective_on,
                                      'earmarked', -part.amount, 'ground', 'held-over', 'forced', must);
        END LOOP;
    END LOOP;
    SELECT coalesce(jsonb_agg(e.value"""
CARRIES = "               OR EXISTS (SELECT FROM grants.held_over h WHERE h.post_id = m.fund)))"
CARRIES_ON_LINES = """               OR EXISTS (SELECT FROM grants.held_over h WHERE h.post_id = m.fund)))
        OR EXISTS (SELECT FROM unnest(effects) AS e (x)
            CROSS JOIN LATERAL jsonb_to_recordset(x -> 'marks') AS m (fund text, name text)
            WHERE m.name = 'carried_over_on_line'
                  AND EXISTS (SELECT FROM grants.held_over h WHERE m.fund ^@ (h.post_id || '/')))"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(FUNCTIONS.replace("%", "%%"))
    redefine(connection, "grants.coverage", CLAIMS, LINES)
    redefine(connection, "grants.coverage", SAID, SAID_OF_LINES)
    redefine(connection, "grants.coverage", COVERED, DRAWN)
    redefine(connection, "grants.coverage", BY_POST, BY_LINE)
    redefine(connection, "grants.carry", TOUCHED, TOUCHED + TOUCHED_ON_LINES)
    redefine(connection, "grants.carry", LAST_MOVE, SET_ASIDE)
    redefine(connection, "grants.carries", CARRIES, CARRIES_ON_LINES)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
