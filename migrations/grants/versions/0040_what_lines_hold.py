"""What is set aside on an earmark for what is held over of it is taken off what remains there, as it is on a post; and
what is paid of claims is held against the lines it was promised on, not against all that the post has released.

A receipt beyond what its own line and those above it have did not show while another line had room. What remains of an
earmark, in what is refused and in what is foreseen too, told of money that nobody can promise; and a promise dated back
was not held against what was set aside on the days in between."""

from alembic import op

from migrations.redefining import redefine

revision = "0040"
down_revision = "0039"

FUNCTIONS = """
CREATE INDEX entry_set_aside ON grants.entry (fund_id, effective_on) WHERE ground = 'held-over' AND earmarked_ore <> 0;

-- What of a fund below a post is set aside by the end of a day, as known at a position: it covers what is held over of
-- the fund's line, which is committed on the post.
CREATE FUNCTION grants.set_aside_at(fund text, day date, known bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(e.earmarked_ore), 0)::bigint FROM grants.entry e
    WHERE e.fund_id = fund AND e.ground = 'held-over' AND e.earmarked_ore <> 0 AND e.effective_on <= day
          AND e.position <= known
          AND EXISTS (SELECT FROM grants.fund f WHERE f.id = fund AND f.kind <> 'post')
$$;

-- What is paid by the end of a day, as known at a position, of claims on a post beyond what letters release of their
-- own line and of those above it. What is promised on a commitment authority is paid of the post's own money.
CREATE FUNCTION grants.paid_beyond(of_post text, on_ date, known bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    pools  jsonb;
    claim  record;
    line   text;
    drawn  bigint;
    lacks  bigint;
    beyond bigint := 0;
BEGIN
    SELECT jsonb_object_agg(s.fund, s.amount) INTO pools FROM (
        SELECT t.fund, sum(t.amount)::bigint AS amount FROM (
            SELECT e.fund_id AS fund, e.carried_over_ore AS amount FROM grants.entry e
            WHERE e.fund_id = of_post AND e.effective_on <= on_ AND e.position <= known
            UNION ALL
            SELECT k.fund_id, CASE k.name WHEN 'carried_over_free' THEN -k.amount ELSE k.amount END FROM grants.mark k
            WHERE (k.fund_id = of_post AND k.name IN ('carried_over_free', 'carried_over_on_line')
                   OR k.fund_id ^@ (of_post || '/') AND k.name = 'carried_over_on_line')
                  AND k.effective_on <= on_ AND k.position <= known) AS t
        GROUP BY t.fund) AS s;
    FOR claim IN
            SELECT o.path[2:] AS path, o.path[cardinality(o.path)] AS root, sum(e.paid_ore)::bigint AS paid
            FROM grants.held_over h JOIN grants.fund o ON o.id = h.stream
            JOIN grants.held_over_entry e ON e.post_id = of_post AND e.stream = h.stream AND e.into_year = h.into_year
            WHERE h.post_id = of_post AND h.ground <> 'commitment-authority' AND e.effective_on <= on_
                  AND e.position <= known
            GROUP BY o.path[2:], o.path[cardinality(o.path)] LOOP
        lacks := claim.paid;
        FOREACH line IN ARRAY claim.path LOOP
            line := of_post || substr(line, length(claim.root) + 1);
            drawn := greatest(0, least(lacks, coalesce((pools ->> line)::bigint, 0)));
            lacks := lacks - drawn;
            pools := pools || jsonb_build_object(line, coalesce((pools ->> line)::bigint, 0) - drawn);
        END LOOP;
        beyond := beyond + lacks;
    END LOOP;
    RETURN beyond;
END $$;
REVOKE ALL ON FUNCTION grants.set_aside_at, grants.paid_beyond FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.set_aside_at, grants.paid_beyond TO grants_service, grants_reader, tilsagn_dashboard;
"""
ALWAYS = "'infinity', 9223372036854775807"
LEFT = "'remaining_ore', f.available_ore - f.committed_ore,"
LEFT_OF_LINE = f"'remaining_ore', f.available_ore - f.committed_ore - grants.set_aside_at(f.id, {ALWAYS}),"
AHEAD = "f.available_ore - f.committed_ore, r.planned, f.available_ore - f.committed_ore - r.planned,"
AHEAD_OF_LINE = "aside.left_, r.planned, aside.left_ - r.planned,"
FUND = "    JOIN grants.fund f ON f.id = r.fund_id\n    CROSS JOIN LATERAL (SELECT grants.least_left_since"
FUND_OF_LINE = f"""    JOIN grants.fund f ON f.id = r.fund_id
    CROSS JOIN LATERAL (SELECT f.available_ore - f.committed_ore
                               - grants.set_aside_at(f.id, {ALWAYS}) AS left_ OFFSET 0) AS aside
    CROSS JOIN LATERAL (SELECT grants.least_left_since"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(FUNCTIONS.replace("%", "%%"))
    redefine(connection, "grants.lacking", LEFT, LEFT_OF_LINE)
    redefine(connection, "grants.foresee", FUND, FUND_OF_LINE)
    redefine(connection, "grants.foresee", AHEAD, AHEAD_OF_LINE)
    redefine(
        connection,
        "grants.least_left_since",
        "SELECT min(left_) FROM day",
        "SELECT min(left_ - grants.set_aside_at(fund, on_, 9223372036854775807)) FROM day",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
