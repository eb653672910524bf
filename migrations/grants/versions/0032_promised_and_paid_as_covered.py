"""What is attested or asked of accounting in a later year than its own is covered there, and so is what a supplement
adds to a case that is held over; a letter's leave to promise beyond the year falls with it. All of it is kept in the
transaction that records."""

from alembic import op

from migrations.redefining import redefine

revision = "0032"
down_revision = "0031"

LOOP = "    FOR h IN SELECT t.post, min(t.day) AS since FROM (\n"
SUPPLEMENT = """\
    -- More is promised of a held-over case only where that much more of it is covered, from that day on.
    FOR h IN SELECT x.fund, x.day, x.committed, o.post_id, f.name, f.id IS NOT NULL AS opened
            FROM jsonb_to_recordset(effect -> 'movements') AS x (fund text, day date, committed bigint, ground text)
            JOIN grants.held_over o ON o.stream = x.fund AND o.into_year = extract(year FROM x.day)
                 AND o.ground <> 'paid'
            LEFT JOIN grants.fund f ON f.id = o.post_id
            WHERE x.ground = 'award.supplement-approved.v1' LOOP
        SELECT coalesce(min(g.gain), 0) INTO gain FROM (
            SELECT (SELECT coalesce(sum(c.committed), 0) FROM grants.coverage(
                        h.post_id, make_date(extract(year FROM h.day)::integer, 1, 1), effect) AS c
                    WHERE c.stream = h.fund AND c.effective_on <= d.day) AS gain
            FROM (SELECT h.day UNION
                  SELECT c.effective_on FROM grants.coverage(
                      h.post_id, make_date(extract(year FROM h.day)::integer, 1, 1), effect) AS c
                  WHERE c.stream = h.fund AND c.effective_on > h.day) AS d (day)) AS g;
        IF NOT h.opened OR gain < h.committed THEN
            RAISE EXCEPTION 'what is added to % is not covered on %', h.fund, h.post_id USING ERRCODE = 'TL002',
                DETAIL = jsonb_build_array(jsonb_build_object('fund_id', h.post_id, 'name', coalesce(h.name, h.post_id),
                    'since', h.day, 'short_ore',
                    h.committed - CASE WHEN h.opened THEN greatest(0, gain) ELSE 0 END))::text;
        END IF;
    END LOOP;
"""
FALLEN = """\
BEGIN
    -- What a letter that is withdrawn let be promised falls with it; what leaned on it stands, and shows.
    DELETE FROM grants.authority a USING unnest(effects) AS c (effect),
        LATERAL jsonb_to_recordset(c.effect -> 'fallen') AS f (letter integer, year integer)
        WHERE a.letter_number = f.letter AND split_part(a.post_id, '/', 1)::integer = f.year;
    INSERT"""
KEEP_PAYABLE = """
-- What waits to be paid of a case in a later year than its own, with what is attested or asked of accounting now, is no
-- more than is covered there on the day and on every day since. The rule asks first, of what was known then; meanwhile
-- cover may have gone to an older promise, or by another order.
CREATE FUNCTION grants.keep_payable(befores bigint[], effects jsonb[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    asked   record;
    covered bigint;
    waiting bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM grants.held_over) THEN
        RETURN;
    END IF;
    FOR asked IN
            SELECT p.stream, greatest(p.day, t.pay_on) AS day, p.payment IS NOT NULL AS requested,
                   c.before + p.nth AS position
            FROM unnest(befores, effects) AS c (before, effect)
            CROSS JOIN LATERAL jsonb_to_recordset(c.effect -> 'payables')
                AS p (nth integer, stream text, day date, payment text)
            JOIN LATERAL (SELECT FROM grants.held_over o WHERE o.stream = p.stream LIMIT 1) AS turned ON true
            LEFT JOIN LATERAL (
                SELECT (convert_from(v.data, 'UTF8')::jsonb ->> 'pay_on')::date AS pay_on FROM grants.event v
                WHERE v.stream = p.stream AND v.topic = 'disbursement.payment-attested.v1'
                      AND convert_from(v.data, 'UTF8')::jsonb ->> 'payment_id' = p.payment LIMIT 1) AS t ON true
            JOIN grants.held_over h ON h.stream = p.stream AND h.ground <> 'paid'
                 AND h.into_year = extract(year FROM greatest(p.day, t.pay_on)) LOOP
        SELECT coalesce(sum((t.told ->> 'amount_ore')::bigint), 0) INTO waiting
            FROM grants.event e CROSS JOIN LATERAL (SELECT convert_from(e.data, 'UTF8')::jsonb AS told) AS t
            WHERE e.stream = asked.stream AND e.topic = 'disbursement.payment-attested.v1'
                  AND e.position <= asked.position
                  AND NOT EXISTS (
                      SELECT FROM grants.event a WHERE a.stream = e.stream AND a.position <= asked.position
                      AND a.topic IN ('disbursement.payment-refused.v1', 'disbursement.instalment-paid.v1',
                                      'disbursement.instalment-paid.v2')
                      AND convert_from(a.data, 'UTF8')::jsonb ->> 'payment_id' = t.told ->> 'payment_id')
                  AND (NOT asked.requested OR EXISTS (
                      SELECT FROM grants.event r WHERE r.stream = e.stream AND r.position <= asked.position
                      AND r.topic = 'disbursement.payment-requested.v1'
                      AND convert_from(r.data, 'UTF8')::jsonb ->> 'payment_id' = t.told ->> 'payment_id'));
        SELECT min(stood) INTO covered FROM (
            SELECT coalesce(sum(e.committed_ore - e.disbursed_ore - e.withheld_ore), 0)::bigint AS stood
            FROM (SELECT asked.day UNION SELECT l.effective_on FROM grants.entry l
                  WHERE l.fund_id = asked.stream || '/' || extract(year FROM asked.day)
                        AND l.effective_on > asked.day) AS d (day)
            LEFT JOIN grants.entry e ON e.fund_id = asked.stream || '/' || extract(year FROM asked.day)
                 AND e.effective_on <= d.day
            GROUP BY d.day) AS days;
        IF waiting > covered THEN
            RAISE EXCEPTION 'what waits to be paid of % is not covered', asked.stream USING ERRCODE = 'TL002',
                DETAIL = jsonb_build_array(jsonb_build_object('payable_of', asked.stream, 'day', asked.day,
                    'waiting_ore', waiting, 'covered_ore', greatest(0, covered)))::text;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION grants.keep_payable FROM PUBLIC;
"""


FELL_BEFORE = """
DELETE FROM grants.authority a USING grants.event e
WHERE e.topic = 'allocation.letter-withdrawn.v1' AND e.position > a.position
      AND e.stream = 'allocation-' || split_part(a.post_id, '/', 1)
      AND (convert_from(e.data, 'UTF8')::jsonb ->> 'letter_number')::integer = a.letter_number
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(FELL_BEFORE)
    redefine(
        connection,
        "grants.carry",
        "    into_   integer;\nBEGIN\n",
        "    into_   integer;\n    gain    bigint;\nBEGIN\n",
    )
    redefine(connection, "grants.carry", LOOP, SUPPLEMENT + LOOP)
    connection.exec_driver_sql(KEEP_PAYABLE.replace("%", "%%"))
    effects = "grants.apply_effects"
    redefine(
        connection,
        effects,
        "    carried boolean := false;\n",
        "    carried boolean := false;\n    pays    boolean := false;\n",
    )
    redefine(connection, effects, "'freed', 'restands'])", "'freed', 'restands', 'payables', 'fallen'])")
    redefine(connection, effects, "ARRAY['authorities', 'leans']", "ARRAY['authorities', 'leans', 'fallen']")
    redefine(connection, "grants.keep_authority", "BEGIN\n    INSERT", FALLEN)
    redefine(
        connection,
        effects,
        "        marks := marks OR",
        "        pays := pays OR coalesce(effect ? 'payables', false);\n        marks := marks OR",
    )
    redefine(
        connection,
        effects,
        "    IF marks THEN\n",
        "    IF pays THEN\n        PERFORM grants.keep_payable(befores, effects);\n    END IF;\n    IF marks THEN\n",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
