"""What PostgreSQL is asked of the ledger as a whole: that it adds up, from the lowest entry of each movement.

Which movements there are, and what each does to its own fund, is told by the facts and held elsewhere (balances.py).
From there all else follows by adding, and adding is what is asked for here: set against set, with nothing of the
functions that keep the ledger while it is recorded. Amounts are whole øre.
"""

ACCOUNTS = ("available", "carried_over", "earmarked", "committed", "disbursed", "withheld")
RISING = ("committed", "disbursed", "withheld")
"""What a fund promises, pays or holds back, the funds above it do too. What is at disposal stays where it was put."""


def _each(written: str, between: str = ", ", accounts: tuple[str, ...] = ACCOUNTS) -> str:
    return between.join(written.format(account, nth) for nth, account in enumerate(accounts, 1))


_SAME = ("effective_on", "ground", "letter_number", "cite", "recorded_at", *(f"{account}_ore" for account in RISING))
_RISES = _each("{}_ore <> 0", " OR ", RISING)
# The entry each movement starts from, in the order of the log: that of its lowest fund. It is sound if the next above
# is its fund's parent, where anything rises, and none where nothing does. Of the others, those that are not what the
# one below them passes on.
LOWEST = f"""
    SELECT position, line, fund_id, effective_on::text, {_each("{}_ore")}, ground, letter_number, cite, recorded_at,
           level = 1 AND sound
    FROM (SELECT *, above IS NOT DISTINCT FROM CASE WHEN {_RISES} THEN parent_id END
                 AND (level = 1 OR (available_ore, carried_over_ore, earmarked_ore) = (0, 0, 0)
                      AND {" AND ".join(f"{name} IS NOT DISTINCT FROM below_{name}" for name in _SAME)}) AS sound
          FROM (SELECT e.*, f.parent_id, row_number() OVER up AS level, lead(e.fund_id) OVER up AS above,
                       {", ".join(f"lag(e.{name}) OVER up AS below_{name}" for name in _SAME)}
                FROM grants.entry e LEFT JOIN grants.fund f ON f.id = e.fund_id
                WINDOW up AS (PARTITION BY e.position, e.line ORDER BY cardinality(f.path) DESC)) AS reached) AS held
    WHERE level = 1 OR NOT sound ORDER BY position, line, level
"""
# Entries whose totals are not those of the entry before, on the same fund and day or month, and what this one moves.
TOTALS = f"""
    SELECT position, fund_id, day_totals, month_totals
    FROM (SELECT position, fund_id, effective_on, effective_month, day_totals, month_totals,
                 ARRAY[{_each("{}_ore")}] AS moved,
                 lag(day_totals) OVER (PARTITION BY fund_id, effective_on ORDER BY position, line) AS day_before,
                 lag(month_totals) OVER (PARTITION BY fund_id, effective_month ORDER BY position, line) AS month_before
          FROM grants.entry) AS e
    WHERE effective_month <> date_trunc('month', effective_on::timestamp)::date
       OR day_totals <> ARRAY[{_each("moved[{1}] + coalesce(day_before[{1}], 0)")}]
       OR month_totals <> ARRAY[{_each("moved[{1}] + coalesce(month_before[{1}], 0)")}]
    ORDER BY position
"""
_MOVED = f"""
    SELECT fund_id, {_each("sum({0}_ore)::bigint AS {0}")}, max(effective_on) AS last_on
    FROM grants.entry WHERE position <= %(known)s GROUP BY fund_id
"""
# What is promised below a fund through another fund, not by its own commitments.
_THROUGH = """
    SELECT f.parent_id, sum(m.committed)::bigint AS committed
    FROM moved m JOIN grants.fund f ON f.id = m.fund_id WHERE f.kind <> 'commitment' GROUP BY f.parent_id
"""
_DIRECT = "CASE f.kind WHEN 'commitment' THEN 0 ELSE coalesce(m.committed, 0) - coalesce(t.committed, 0) END"
# Funds that hold something else than their entries and marks add up to.
FUNDS = f"""
    WITH moved AS ({_MOVED}), through AS ({_THROUGH}),
    said AS (SELECT fund_id, jsonb_object_agg(name, total) AS marks, max(last_on) AS said_on,
                    coalesce(max(total) FILTER (WHERE name = 'estimated'), 0) > 0 AS estimated
             FROM (SELECT fund_id, name, sum(amount) AS total, max(effective_on) AS last_on
                   FROM grants.mark GROUP BY fund_id, name) AS k GROUP BY fund_id),
    given AS (SELECT f.id, f.id || coalesce(p.path, '{{}}') AS path, {_each("coalesce(m.{0}, 0) AS {0}_ore")},
                     {_DIRECT} AS direct_ore, m.last_on, coalesce(s.marks, '{{}}') AS marks, s.said_on,
                     f.kind <> 'commitment' AND NOT coalesce(s.estimated, false) AS hard_stop
              FROM grants.fund f LEFT JOIN grants.fund p ON p.id = f.parent_id LEFT JOIN moved m ON m.fund_id = f.id
              LEFT JOIN through t ON t.parent_id = f.id LEFT JOIN said s ON s.fund_id = f.id)
    SELECT id, to_jsonb(f)::text, to_jsonb(g)::text FROM grants.fund f JOIN given g USING (id)
    WHERE ROW (f.path, {_each("f.{}_ore")}, f.direct_ore, f.last_on, f.marks, f.said_on, f.hard_stop, f.overdrawn_ore,
               f.overbound_ore)
        IS DISTINCT FROM ROW (g.path, {_each("g.{}_ore")}, g.direct_ore, g.last_on, g.marks, g.said_on, g.hard_stop,
               greatest(0, g.committed_ore - g.available_ore),
               greatest(0, g.direct_ore + g.earmarked_ore - g.available_ore))
    ORDER BY id
"""
# Funds that are otherwise than what opened them says.
OPENED = """
    SELECT o.id, f.id IS NULL, to_jsonb(f)::text, to_jsonb(o)::text
    FROM jsonb_to_recordset(%s) AS o (id text, parent_id text, kind text, year integer, chapter integer, post integer,
                                      name text)
    LEFT JOIN grants.fund f ON f.id = o.id LEFT JOIN grants.fund p ON p.id = o.parent_id
    WHERE f.id IS NULL OR (f.kind, f.name, f.year, f.chapter, f.post)
              <> (o.kind, o.name, coalesce(p.year, o.year), coalesce(p.chapter, o.chapter), coalesce(p.post, o.post))
       OR f.parent_id IS DISTINCT FROM o.parent_id
    ORDER BY o.id
"""
# Funds that nothing opened: neither these, nor a fact of theirs of these kinds.
STRAYS = """
    SELECT id FROM grants.fund f WHERE id <> ALL (%s) AND NOT EXISTS (
        SELECT FROM grants.event v WHERE v.stream = f.id AND v.topic = ANY (%s)) ORDER BY id
"""
# Every fund that had moved by then, in the order its digest has.
AS_SIGNED = f"""
    WITH moved AS ({_MOVED}), through AS ({_THROUGH})
    SELECT f.id, m.available, m.carried_over, m.earmarked, m.committed, {_DIRECT}, m.disbursed, m.withheld
    FROM moved m JOIN grants.fund f ON f.id = m.fund_id LEFT JOIN through t ON t.parent_id = f.id
    ORDER BY f.id COLLATE "C"
"""
VERSIONS = """
    SELECT position, stream, before, version
    FROM (SELECT position, stream, version, lag(version, 1, 0) OVER its AS before,
                 lag(position, 1, 0::bigint) OVER its AS place
          FROM {}.event WINDOW its AS (PARTITION BY stream ORDER BY version)) AS e
    WHERE version <> before + 1 OR position < place ORDER BY position
"""
VERSIONS_SINCE = """
    SELECT e.position, e.stream, coalesce(p.version, 0), e.version
    FROM {}.event e LEFT JOIN {}.event p ON p.stream = e.stream AND p.version = e.version - 1
    WHERE e.position > {} AND (e.version > 1 AND p.version IS NULL OR p.position >= e.position) ORDER BY e.position
"""
_ANSWERED = """
    SELECT count(*) FILTER (WHERE known < 9223372036854775807), count(*) FILTER (WHERE known = 9223372036854775807),
           coalesce(jsonb_agg(jsonb_build_array(known, fund_id, day, found, stood)) FILTER (WHERE found <> stood), '[]')
    FROM {}, LATERAL (SELECT grants.balance_at(fund_id, day, known) AS found OFFSET 0) AS answered
"""
# What the database answers of a day, and what all entries up to it add up to: of each fund on
# every day from the one before its first to the one after its last.
_ON_DAYS = f"""
    WITH changed AS (SELECT fund_id, effective_on, {_each("sum({0}_ore)::bigint AS {0}")}
                     FROM grants.entry GROUP BY fund_id, effective_on),
    stood AS (SELECT fund_id, effective_on, lead(effective_on) OVER its AS next,
                     ARRAY[{_each("sum({0}) OVER its")}]::bigint[] AS stood,
                     ARRAY[{_each("(sum({0}) OVER its) - {0}")}]::bigint[] AS stood_before
              FROM changed WINDOW its AS (PARTITION BY fund_id ORDER BY effective_on)),
    asked AS (SELECT fund_id, effective_on AS day, stood FROM stood
              UNION SELECT fund_id, effective_on - 1, stood_before FROM stood
              UNION SELECT fund_id, d::date, stood FROM stood, generate_series(effective_on + 1,
                  coalesce(next - 2, effective_on + 1), interval '1 day') AS d)
"""
ON_DAYS = _ON_DAYS + _ANSWERED.format("(SELECT *, 9223372036854775807 AS known FROM asked) AS a")
# The same without asking it of everything, and as it was known then: where something moved, of the first to move among
# so many positions, on some of its funds. What stood is what each day's last entry by then says of it, added up.
_SOME = f"""
    WITH RECURSIVE first AS (SELECT min(position) AS position FROM grants.entry GROUP BY position / %(each)s),
    moved AS (SELECT DISTINCT position, fund_id, effective_on FROM grants.entry
              WHERE position = ANY (ARRAY(SELECT position FROM first))),
    few AS (SELECT *, row_number() OVER (PARTITION BY position ORDER BY fund_id) AS nth FROM moved),
    moving AS (SELECT fund_id, (SELECT min(e.effective_on) FROM grants.entry e WHERE e.fund_id = f.fund_id) AS day
               FROM (SELECT DISTINCT fund_id FROM few WHERE nth <= %(funds)s) AS f
               UNION ALL SELECT fund_id, (SELECT min(e.effective_on) FROM grants.entry e
                                          WHERE e.fund_id = m.fund_id AND e.effective_on > m.day)
                         FROM moving m WHERE day IS NOT NULL),
    asked AS (SELECT known, fund_id, effective_on - earlier AS day, up.stood
              FROM few, unnest(ARRAY[position, 9223372036854775807]) AS known, generate_series(0, 1) AS earlier,
              LATERAL (SELECT ARRAY[{_each("coalesce(sum(last.t[{1}]), 0)")}]::bigint[] AS stood
                  FROM moving m,
                  LATERAL (SELECT e.day_totals AS t FROM grants.entry e
                           WHERE e.fund_id = m.fund_id AND e.effective_on = m.day AND e.position <= known
                           ORDER BY e.position DESC, e.line DESC LIMIT 1) AS last
                  WHERE m.fund_id = few.fund_id AND m.day <= few.effective_on - earlier) AS up
              WHERE nth <= %(funds)s AND (known = position OR %(days)s) AND (earlier = 0 OR known > position))
"""
SOME = _SOME + _ANSWERED.format("asked AS a")
