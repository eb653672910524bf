"""What meets when texts are compared as they read is kept as it comes to meet, and what is paid of each post is summed
as it moves. Every fact of a payment, every name and every payment of a year was read for them.

The rows are made by services/grants/case_view/list_projection.py and services/grants/disbursement/payments.py, from the
log; until they are filled a first time everything is looked at, as before."""

from alembic import op

revision = "0064"
down_revision = "0063"

KEPT = """
-- Names (by their beginning, and a digest of all of it as compared) and organisation numbers of recipients that meet.
CREATE TABLE grants_view.recipient_met (
    edition integer          NOT NULL,
    kind    text             NOT NULL CHECK (kind IN ('recipient-name', 'organisation-number')),
    key     text COLLATE "C" NOT NULL,
    digest  bigint,  -- of the name, as in the list of cases
    PRIMARY KEY (edition, kind, key)
);
CREATE INDEX case_row_named ON grants_view.case_row (edition, organisation_number, recipient_digest)
    WHERE organisation_number IS NOT NULL;

-- Vouchers that one case has on several movements.
CREATE TABLE grants_view.voucher_met (
    edition   integer          NOT NULL,
    case_id   uuid             NOT NULL,
    key       text COLLATE "C" NOT NULL,
    written   text[]           NOT NULL,
    positions bigint[]         NOT NULL,
    PRIMARY KEY (edition, case_id, key)
);

-- What payments of each post come to, those that are booked in the year of their post. The others are few, and found by
-- their post and by their year: what is held over says on which they stand.
ALTER TABLE grants_view.payment ADD COLUMN post_id text, ADD COLUMN booked_year integer;
CREATE TABLE grants_view.payment_sum (
    edition    integer NOT NULL,
    post_id    text    NOT NULL,
    state      text    NOT NULL,
    amount_ore bigint  NOT NULL,
    PRIMARY KEY (edition, post_id, state)
) WITH (fillfactor = 70);
CREATE INDEX payment_elsewhere ON grants_view.payment (edition, post_id)
    WHERE booked_year <> left(post_id, 4)::integer;
CREATE INDEX payment_elsewhere_in ON grants_view.payment (edition, booked_year)
    WHERE booked_year <> left(post_id, 4)::integer;

REVOKE ALL ON grants_view.recipient_met, grants_view.voucher_met, grants_view.payment_sum FROM PUBLIC;
GRANT SELECT ON grants_view.recipient_met, grants_view.voucher_met, grants_view.payment_sum
    TO grants_service, grants_reader;
GRANT INSERT, UPDATE, DELETE ON grants_view.recipient_met, grants_view.voucher_met, grants_view.payment_sum
    TO grants_service;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(KEPT.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
