-- What the log had recorded of the limits by the time they came to be kept.
-- Facts from before hold as they are: more may stand promised than a limit allows, and months may be paid for twice.
-- Nothing new is recorded on top of that.
INSERT INTO grants.authority
SELECT DISTINCT ON (j.d ->> 'fund_id', j.d ->> 'letter_number') j.d ->> 'fund_id', (j.d ->> 'letter_number')::integer,
       (j.d ->> 'effective_on')::date, (j.d ->> 'until_year')::integer, (j.d ->> 'limit_ore')::bigint, e.position
FROM grants.event e CROSS JOIN LATERAL (SELECT convert_from(e.data, 'UTF8')::jsonb AS d) AS j
WHERE e.topic = 'allocation.commitment-authority-registered.v1'
ORDER BY j.d ->> 'fund_id', j.d ->> 'letter_number', e.position DESC;

INSERT INTO grants.authority_use
SELECT f.path[cardinality(f.path)], sum((j.d ->> 'amount_ore')::bigint)
FROM grants.event e CROSS JOIN LATERAL (SELECT convert_from(e.data, 'UTF8')::jsonb AS d) AS j
JOIN grants.fund f ON f.id = e.stream
WHERE e.topic IN ('award.approved.v1', 'award.supplement-approved.v1') AND (j.d ->> 'across_years')::boolean
GROUP BY f.path[cardinality(f.path)];

-- The last proposal of each case, unless it was returned, where a round's line of the same command names its period.
INSERT INTO grants.month_taken
SELECT p.stream,
       format('[%s, %s, %s, %s]', coalesce(p.d -> 'scheme_id', 'null'),
              coalesce(p.d #> '{recipient,municipality_number}', 'null'), p.d -> 'fund_id', p.d #> '{basis,rule}'),
       months.first + n, r.position,
       coalesce((SELECT f.committed_ore > 0 FROM grants.fund f WHERE f.id = p.stream), true)
FROM (SELECT DISTINCT ON (e.stream) e.stream, e.position, e.topic, convert_from(e.data, 'UTF8')::jsonb AS d
      FROM grants.event e WHERE e.topic IN ('award.proposed.v1', 'award.returned.v1')
      ORDER BY e.stream, e.position DESC) AS p
JOIN grants.command k ON p.position BETWEEN k.first_position AND k.last_position
JOIN grants.event r ON r.topic = 'round.lines-proposed.v1' AND r.position BETWEEN k.first_position AND k.last_position
CROSS JOIN LATERAL jsonb_array_elements(convert_from(r.data, 'UTF8')::jsonb -> 'lines') AS line
CROSS JOIN LATERAL (SELECT regexp_match(line ->> 'period',
                           '^([0-9]{4})(?:-H([12])|-Q([1-4])|-(0[1-9]|1[0-2]))?$') AS m) AS period
CROSS JOIN LATERAL (SELECT m[1]::integer * 12 + coalesce((m[2]::integer - 1) * 6, (m[3]::integer - 1) * 3,
                           m[4]::integer - 1, 0) AS first,
                    CASE WHEN m[2] IS NOT NULL THEN 6 WHEN m[3] IS NOT NULL THEN 3 WHEN m[4] IS NOT NULL THEN 1
                         ELSE 12 END AS count) AS months
CROSS JOIN LATERAL generate_series(0, months.count - 1) AS n
WHERE p.topic = 'award.proposed.v1' AND p.d #>> '{basis,kind}' = 'per-capita'
  AND 'case-' || (line ->> 'case_id') = p.stream AND period.m IS NOT NULL;
