"""What awards have come to is kept in sums, by scheme, call and round and by recipient, so that the pages of schemes
and of recipients no longer add up every award there is.

At 240,000 awards they took 14 and 17 seconds. The rows are made by services/grants/overview/sums/view.py, from the log;
until they are filled a first time the pages add up every award, as before."""

from alembic import op

revision = "0052"
down_revision = "0051"

SUMS = """
-- Awards that are made: what each is summed under. `read_as` is the beginning of its recipient's name, as compared.
CREATE TABLE grants_view.award (
    edition             integer NOT NULL,
    case_id             uuid    NOT NULL,
    opened_position     bigint  NOT NULL,
    year                integer NOT NULL,
    scheme_id           text,
    call_id             text,
    round_id            uuid,
    recipient           text    NOT NULL,
    read_as             text    NOT NULL,
    organisation_number text,
    made_on             date    NOT NULL,
    made_position       bigint  NOT NULL,
    PRIMARY KEY (edition, case_id)
) WITH (fillfactor = 90);
CREATE INDEX award_of_recipient ON grants_view.award (edition, organisation_number, opened_position)
    WHERE organisation_number IS NOT NULL;
CREATE INDEX award_unnumbered ON grants_view.award (edition, opened_position) WHERE organisation_number IS NULL;

-- Every name that an organisation has had in an award, and since which award, in the order it is listed by.
CREATE TABLE grants_view.award_recipient (
    edition             integer NOT NULL,
    read_as             text    NOT NULL,
    organisation_number text    NOT NULL,
    since_position      bigint  NOT NULL,
    PRIMARY KEY (edition, read_as, organisation_number)
);

-- Each move of an award from the day it counts from: in the books of its own year (`booked`), and over all years.
CREATE TABLE grants_view.award_move (
    edition              integer NOT NULL,
    case_id              uuid    NOT NULL,
    position             bigint  NOT NULL,
    effective_on         date    NOT NULL,
    awards               bigint  NOT NULL,
    approved_ore         bigint  NOT NULL,
    booked_committed_ore bigint  NOT NULL,
    booked_disbursed_ore bigint  NOT NULL,
    booked_withheld_ore  bigint  NOT NULL,
    committed_ore        bigint  NOT NULL,
    disbursed_ore        bigint  NOT NULL,
    withheld_ore         bigint  NOT NULL,
    PRIMARY KEY (edition, case_id, position, effective_on)
);
CREATE INDEX award_move_at ON grants_view.award_move (edition, position);

-- Sums of those moves over a month or a day, and over 2^size positions in the log. What is of no call or round has ''.
CREATE TABLE grants_view.award_sum (
    edition              integer NOT NULL,
    year                 integer NOT NULL,
    span                 text    NOT NULL CHECK (span IN ('month', 'day')),
    size                 integer NOT NULL,
    starts_on            date    NOT NULL,
    block                bigint  NOT NULL,
    scheme_id            text    NOT NULL,
    call_id              text    NOT NULL,
    round_id             text    NOT NULL,
    awards               bigint  NOT NULL,
    approved_ore         bigint  NOT NULL,
    booked_committed_ore bigint  NOT NULL,
    booked_disbursed_ore bigint  NOT NULL,
    booked_withheld_ore  bigint  NOT NULL,
    PRIMARY KEY (edition, year, span, size, starts_on, block, scheme_id, call_id, round_id)
) WITH (fillfactor = 70);

REVOKE ALL ON grants_view.award, grants_view.award_recipient, grants_view.award_move, grants_view.award_sum FROM PUBLIC;
GRANT SELECT ON grants_view.award, grants_view.award_recipient, grants_view.award_move, grants_view.award_sum
    TO grants_service, grants_reader, tilsagn_dashboard;
GRANT INSERT, UPDATE, DELETE ON grants_view.award, grants_view.award_recipient, grants_view.award_move,
    grants_view.award_sum TO grants_service;
"""
PIECES = """
-- Every three signs that follow each other in a name as it is compared: whatever stands within it is found by them.
CREATE FUNCTION grants.pieces(given text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT substr(given, nth, 3)), '{}') FROM generate_series(1, length(given) - 2) AS nth
$$;
REVOKE ALL ON FUNCTION grants.pieces FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.pieces TO grants_service, grants_reader, tilsagn_dashboard;
CREATE INDEX award_recipient_pieces ON grants_view.award_recipient USING gin (grants.pieces(read_as))
    WITH (fastupdate = off);
"""


def upgrade() -> None:
    connection = op.get_bind()
    for statements in (SUMS, PIECES):
        connection.exec_driver_sql(statements.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
