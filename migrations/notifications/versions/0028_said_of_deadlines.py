"""What a deadline says has versions of its own: how often anything of it was made otherwise, whom it was for when it
was first known, and which edition of it calendars were given."""

from alembic import op

revision = "0028"
down_revision = "0027"

COLUMNS = (
    "version integer NOT NULL DEFAULT 1",
    "position bigint NOT NULL DEFAULT 0",
    "first_roles text[] NOT NULL DEFAULT '{}'",
)
ENTRIES = """
CREATE TABLE notifications_view.calendar_entry (
    deadline_id uuid        PRIMARY KEY,
    sha256      text        NOT NULL,  -- of what the entry says
    sequence    integer     NOT NULL,  -- counts the times it said something else
    said_at     timestamptz NOT NULL   -- since when it says this
) WITH (fillfactor = 80)
"""


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE notifications_view.deadline ADD COLUMN {column}")
    op.execute(ENTRIES)
    op.execute("REVOKE ALL ON notifications_view.calendar_entry FROM PUBLIC")
    op.execute("GRANT SELECT ON notifications_view.calendar_entry TO notifications_service, notifications_reader")
    op.execute("GRANT INSERT, UPDATE, DELETE ON notifications_view.calendar_entry TO notifications_service")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
