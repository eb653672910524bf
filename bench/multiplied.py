"""A large log made of a small one: its cases copied so many times, with all that was written of them, row by row.

What is copied was recorded; each copy has cases, recipients and positions of its own, and adds to the same earmark and
post, so that what each day came to there is carried on. Nothing is recorded by it, and such a log verifies nothing: it
is for reading. A million facts take a minute or two so, and most of an hour through the log.
"""

from typing import Any

import psycopg

from bench.year import AWARDS_EACH, NOT_TOLD, name_of, organisation_number

AWARDS = ("grants_view.award", "grants_view.award_recipient", "grants_view.award_move")
"""What the pages of recipients are made of. What awards sum to by scheme is left: these are of none."""
TABLES = ("grants.event", "grants.entry", "grants.fund", "grants.case_number", "grants_view.case_row", *AWARDS)
INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique
"""
COLUMNS = """
    SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = 'grants_view.case_row'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
"""Those of the list of cases that are written: others are made of them."""
MADE = """
    CREATE TEMP TABLE copied AS
    SELECT c.case_id, k.k, c.number - 1 AS nth, (c.number - 1) + k.k * %(cases)s AS made,
           ('00000000-0000-4000-8000-' || lpad(to_hex((c.number - 1) + k.k * %(cases)s), 12, '0'))::uuid AS made_id
    FROM grants.case_number c CROSS JOIN generate_series(1, %(times)s) AS k (k) WHERE c.number > %(told)s;
"""
FILL = """
    INSERT INTO grants.case_number (year, number, case_id, position)
    SELECT n.year, c.made + 1, c.made_id, n.position + c.k * {last}
    FROM copied c JOIN grants.case_number n USING (case_id);

    INSERT INTO grants.event (position, stream, version, topic, data, metadata, recorded_at, hash)
    SELECT e.position + c.k * {last}, 'case-' || c.made_id, e.version, e.topic,
           CASE WHEN e.topic = 'award.proposed.v1' THEN convert_to(replace(replace(convert_from(e.data, 'UTF8'),
               was.name, o.name), was.number, o.number), 'UTF8') ELSE e.data END, e.metadata, e.recorded_at, e.hash
    FROM copied c JOIN grants.event e ON e.stream = 'case-' || c.case_id
    JOIN named was ON was.nth = c.nth / {each} JOIN named o ON o.nth = c.made / {each};

    INSERT INTO grants.fund SELECT (jsonb_populate_record(f, jsonb_build_object(
        'id', 'case-' || c.made_id, 'path', to_jsonb(array_replace(f.path, f.id, 'case-' || c.made_id))))).*
    FROM copied c JOIN grants.fund f ON f.id = 'case-' || c.case_id;

    INSERT INTO grants_view.case_row ({columns}) SELECT {columns} FROM (SELECT (jsonb_populate_record(
        r, jsonb_build_object('case_id', c.made_id, 'recipient', o.name, 'organisation_number', o.number,
        'opened_position', r.opened_position + c.k * {last}, 'changed_position', r.changed_position + c.k * {last}))).*
    FROM copied c JOIN grants_view.case_row r USING (case_id) JOIN named o ON o.nth = c.made / {each}) AS made;

    INSERT INTO grants_view.award SELECT (jsonb_populate_record(a, jsonb_build_object(
        'case_id', c.made_id, 'recipient', o.name, 'read_as', grants.folded(o.name), 'organisation_number', o.number,
        'opened_position', a.opened_position + c.k * {last}, 'made_position', a.made_position + c.k * {last}))).*
    FROM copied c JOIN grants_view.award a USING (case_id) JOIN named o ON o.nth = c.made / {each};

    INSERT INTO grants_view.award_recipient (edition, read_as, organisation_number, since_position)
    SELECT a.edition, a.read_as, a.organisation_number, min(a.made_position) FROM grants_view.award a GROUP BY 1, 2, 3
    ON CONFLICT DO NOTHING;

    INSERT INTO grants_view.award_move SELECT (jsonb_populate_record(m, jsonb_build_object(
        'case_id', c.made_id, 'position', m.position + c.k * {last}))).*
    FROM copied c JOIN grants_view.award_move m USING (case_id);

    CREATE TEMP TABLE moved AS
    SELECT e.*, e.fund_id ^@ 'case-' AS own,
           (SELECT c.case_id FROM copied c WHERE c.case_id = substr(v.stream, 6)::uuid LIMIT 1) AS case_id,
           sum(e.committed_ore) OVER of_day AS day_committed, sum(e.disbursed_ore) OVER of_day AS day_paid,
           sum(e.committed_ore) OVER of_month AS month_committed, sum(e.disbursed_ore) OVER of_month AS month_paid,
           sum(e.committed_ore) OVER day AS all_day_committed, sum(e.disbursed_ore) OVER day AS all_day_paid,
           sum(e.committed_ore) OVER month AS all_month_committed, sum(e.disbursed_ore) OVER month AS all_month_paid,
           first_value(e.day_totals) OVER last_of_day AS in_day,
           first_value(e.month_totals) OVER last_of_month AS in_month
    FROM grants.entry e JOIN grants.event v ON v.position = e.position AND v.stream IN (
        SELECT 'case-' || c.case_id FROM copied c WHERE c.k = 1)
    WINDOW day AS (PARTITION BY e.fund_id, e.effective_on), month AS (PARTITION BY e.fund_id, e.effective_month),
           of_day AS (PARTITION BY e.fund_id, e.effective_on ORDER BY e.position, e.line),
           of_month AS (PARTITION BY e.fund_id, e.effective_month ORDER BY e.position, e.line),
           last_of_day AS (PARTITION BY e.fund_id, e.effective_on ORDER BY e.position DESC, e.line DESC),
           last_of_month AS (PARTITION BY e.fund_id, e.effective_month ORDER BY e.position DESC, e.line DESC);

    INSERT INTO grants.entry (position, line, fund_id, effective_on, recorded_at, available_ore, carried_over_ore,
        earmarked_ore, committed_ore, disbursed_ore, withheld_ore, day_totals, month_totals, ground,
        letter_number, cite, effective_month)
    SELECT m.position + c.k * {last}, m.line, CASE WHEN m.own THEN 'case-' || c.made_id ELSE m.fund_id END,
           m.effective_on, m.recorded_at, m.available_ore, m.carried_over_ore, m.earmarked_ore, m.committed_ore,
           m.disbursed_ore, m.withheld_ore,
           CASE WHEN m.own THEN m.day_totals ELSE m.in_day[1:3] || ARRAY[
               m.in_day[4] + (c.k - 1) * m.all_day_committed + m.day_committed,
               m.in_day[5] + (c.k - 1) * m.all_day_paid + m.day_paid, m.in_day[6]]::bigint[] END,
           CASE WHEN m.own THEN m.month_totals ELSE m.in_month[1:3] || ARRAY[
               m.in_month[4] + (c.k - 1) * m.all_month_committed + m.month_committed,
               m.in_month[5] + (c.k - 1) * m.all_month_paid + m.month_paid, m.in_month[6]]::bigint[] END,
           m.ground, m.letter_number, m.cite, m.effective_month
    FROM copied c JOIN moved m USING (case_id);

    UPDATE grants.fund f SET committed_ore = f.committed_ore + {times} * s.committed,
        direct_ore = f.direct_ore + CASE WHEN f.direct_ore = 0 THEN 0 ELSE {times} * s.committed END,
        disbursed_ore = f.disbursed_ore + {times} * s.paid
    FROM (SELECT m.fund_id, sum(m.committed_ore)::bigint AS committed, sum(m.disbursed_ore)::bigint AS paid
          FROM moved m WHERE NOT m.own GROUP BY m.fund_id) AS s WHERE f.id = s.fund_id;

    UPDATE grants_view.edition SET position = (SELECT max(v.position) FROM grants.event v);
"""


def multiply(admin_dsn: str, times: int) -> None:
    """Every case but those that nobody is told of, so many times more. The database is for reading from then on."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'")
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        indexes = connection.execute(INDEXES, (list(TABLES),)).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}".encode())
        cases, last = _size(connection)
        [(columns,)] = connection.execute(COLUMNS).fetchall()
        _name(connection, cases * (times + 1) // AWARDS_EACH + 1)
        connection.execute(MADE.encode(), {"cases": cases, "times": times, "told": NOT_TOLD})
        connection.execute("ANALYZE copied; ANALYZE named")
        for statement in FILL.format(last=last, times=times, each=AWARDS_EACH, columns=columns).split(";\n"):
            connection.execute(statement.encode())
        for _, definition in indexes:
            connection.execute(definition.encode())
        connection.execute("VACUUM ANALYZE")


def _size(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    found = connection.execute(
        "SELECT (SELECT count(*) FROM grants.case_number), (SELECT max(v.position) FROM grants.event v)"
    ).fetchone()
    assert found is not None
    cases, last = found
    assert cases % AWARDS_EACH == 0, "a copy would share a recipient with another"
    return int(cases), int(last)


def _name(connection: psycopg.Connection[Any], recipients: int) -> None:
    connection.execute("CREATE TEMP TABLE named (nth int PRIMARY KEY, name text, number text)")
    with connection.cursor().copy("COPY named FROM STDIN") as rows:
        for nth in range(recipients):
            rows.write_row((nth, name_of(nth), organisation_number(nth)))
