"""What months are paid for is folded once, when it is recorded, and kept beside what was written: it was folded again
each time it was looked up, half a dozen times for each line of a file. Text of ASCII alone is folded without the tables
of Unicode, which say nothing of it."""

from alembic import op

from migrations.redefining import redefine

revision = "0034"
down_revision = "0033"

UNSEEN_ASCII = "".join(rf"\{sign:04X}" for sign in (*range(1, 33), 127))
BODY = "SELECT normalize(casefold(regexp_replace("
LAST = "'', 'g')), NFKC)"
PLAIN = f"""SELECT CASE WHEN octet_length(given) = length(given)
        THEN lower(translate(given COLLATE pg_unicode_fast, U&'{UNSEEN_ASCII}', ''))
        ELSE normalize(casefold(regexp_replace("""
KEPT = """
ALTER TABLE grants.month_taken ADD COLUMN read_as text NOT NULL GENERATED ALWAYS AS (grants.folded(paid_for)) STORED;
DROP INDEX grants.month_taken_as_read;
CREATE INDEX month_taken_as_read ON grants.month_taken (read_as, month) WHERE standing;
"""


def upgrade() -> None:
    connection = op.get_bind()
    folded: str = connection.exec_driver_sql("SELECT pg_get_functiondef('grants.folded'::regproc)").scalar_one()
    assert folded.count(BODY) == folded.count(LAST) == 1, folded
    connection.exec_driver_sql(folded.replace(BODY, PLAIN).replace(LAST, f"{LAST} END"))
    connection.exec_driver_sql(KEPT)
    months = "grants.keep_months"
    redefine(connection, months, "grants.folded(m.paid_for) AS paid_for", "m.read_as")
    redefine(connection, months, "grants.folded(other.paid_for) = mine.paid_for", "other.read_as = mine.read_as")


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
