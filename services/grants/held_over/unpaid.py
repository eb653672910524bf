"""What was promised and not paid on the last day of a year, as a question to the database. Whole øre."""

_UNPAID = """
    SELECT f.id AS commitment_id, substr(f.id, 6) AS case_id, f.parent_id AS fund_id, f.year, f.chapter, f.post,
           u.unpaid_ore, u.withheld_ore,
           EXISTS (SELECT FROM grants.mark k WHERE k.fund_id = f.path[cardinality(f.path)] AND k.name = 'transferable'
                   AND k.effective_on <= make_date(f.year, 12, 31)
                   HAVING sum(k.amount) > 0) AS transferable,
           turned.is_so AS turned,
           NOT turned.is_so AND EXISTS (
               SELECT FROM grants.turned_before v WHERE v.stream = f.id AND v.year = asked.year) AS to_record_anew
    FROM (SELECT %(day)s::date AS day, extract(year FROM %(day)s::date)::integer AS year) AS asked
    CROSS JOIN LATERAL (
        SELECT w.id FROM grants.fund w
        WHERE w.kind = 'commitment' AND w.id ^@ 'case-' AND strpos(w.id, '/') = 0 AND w.id > %(after)s
              AND w.year <= asked.year {may_be}
        ORDER BY w.id OFFSET 0) AS w
    JOIN grants.fund f ON f.id = w.id
    CROSS JOIN LATERAL (SELECT grants.balance_at(f.id, asked.day, 9223372036854775807) AS t OFFSET 0) AS stood
    LEFT JOIN LATERAL (SELECT max(h.into_year) AS into_year FROM grants.held_over h
        WHERE h.stream = f.id AND h.ground <> 'paid' AND h.into_year <= asked.year) AS held ON true
    LEFT JOIN LATERAL (SELECT sum(e.claimed_ore - e.paid_ore)::bigint AS unpaid, sum(e.withheld_ore)::bigint AS withheld
        FROM grants.held_over_entry e
        WHERE e.stream = f.id AND e.into_year = held.into_year AND e.effective_on <= asked.day) AS claim ON true
    CROSS JOIN LATERAL (SELECT
        CASE WHEN held.into_year IS NULL THEN t[4] - t[5] ELSE coalesce(claim.unpaid, 0) END AS unpaid_ore,
        CASE WHEN held.into_year IS NULL THEN t[6] ELSE coalesce(claim.withheld, 0) END AS withheld_ore) AS u
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM grants.held_over h
        WHERE h.stream = f.id AND h.ground <> 'paid' AND h.into_year = asked.year + 1) AS is_so) AS turned
    WHERE u.unpaid_ore > 0 ORDER BY f.id LIMIT %(limit)s
"""
# Whatever was paid in full within its own year, and has not moved since, was paid by the end of every later year. The
# others are looked up in the order of their index, as far as the page goes.
_MAY_BE = "AND (w.committed_ore <> w.disbursed_ore OR w.last_on >= make_date(w.year + 1, 1, 1))"
UNPAID, OF_EVERY_PROMISE = _UNPAID.format(may_be=_MAY_BE), _UNPAID.format(may_be="")
