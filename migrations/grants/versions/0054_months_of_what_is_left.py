"""A case stands for its months as long as anything of its promise is left, in whatever year's books: what was held over
and fell away there still counted, and so did what was paid and came back as income of a later year."""

from alembic import op

from migrations.redefining import redefine

revision = "0054"
down_revision = "0053"

# What was promised in the case and is not taken back: in its own year's books, or in those of the last year it was held
# over to, beside what was paid in the years before. What came back without being credited is in no books of the case.
LEFT = """
CREATE FUNCTION grants.promise_left(of_stream text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT (CASE WHEN last.into_year IS NULL THEN f.committed_ore ELSE f.disbursed_ore + held.left_ore END
            - back.returned_ore)::bigint
    FROM grants.fund f
    CROSS JOIN LATERAL (SELECT max(h.into_year) AS into_year FROM grants.held_over h
        WHERE h.stream = f.id AND h.ground <> 'paid') AS last
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE e.into_year WHEN last.into_year THEN e.claimed_ore ELSE e.paid_ore END), 0) AS left_ore
        FROM grants.held_over_entry e
        JOIN grants.held_over h ON h.stream = e.stream AND h.into_year = e.into_year AND h.ground <> 'paid'
        WHERE e.stream = f.id) AS held
    CROSS JOIN LATERAL (
        SELECT coalesce(sum((told ->> 'amount_ore')::bigint), 0) AS returned_ore
        FROM grants.event e CROSS JOIN LATERAL (SELECT convert_from(e.data, 'UTF8')::jsonb AS told) AS t
        WHERE e.stream = f.id AND e.topic = 'withholding.repayment-received.v1'
              AND NOT (told ->> 'credited')::boolean) AS back
    WHERE f.id = of_stream
$$;
REVOKE ALL ON FUNCTION grants.promise_left FROM PUBLIC;
"""
FREED = """
UPDATE grants.month_taken m SET standing = false
FROM (SELECT DISTINCT t.stream FROM grants.month_taken t JOIN grants.fund f ON f.id = t.stream WHERE t.standing) AS held
WHERE m.stream = held.stream AND m.standing AND grants.promise_left(held.stream) <= 0;
"""
FUND = "JOIN grants.fund f ON f.id = r.stream\n"
JOINED = "CROSS JOIN LATERAL (SELECT grants.promise_left(r.stream) AS left_ore OFFSET 0) AS f\n"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(LEFT)
    months = "grants.keep_months"
    redefine(connection, months, FUND, JOINED)
    redefine(connection, months, "f.committed_ore > 0", "f.left_ore > 0")
    connection.exec_driver_sql(FREED)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
