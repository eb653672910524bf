"""What is left in rows that are erased is told to whoever verifies: whether anything is, and whose they were. Of
accounts and of the register of staff it was asked alone whether they are said to be erased, so that a number or a name
laid back in a row that still said so was not seen."""

from alembic import op

revision = "0063"
down_revision = "0062"

LEFT = """
CREATE FUNCTION grants.left_of_erased(of_table text, asked uuid[])
    RETURNS TABLE (id uuid, emptied boolean, whose text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.id, num_nonnulls(c.name, c.email, c.phone, c.salt) = 0, c.case_id::text
    FROM grants.contact c WHERE of_table = 'contact' AND c.id = ANY (asked) AND c.erased_at IS NOT NULL
    UNION ALL
    SELECT a.id, num_nonnulls(a.account_number, a.salt) = 0, NULL
    FROM grants.payee_account a WHERE of_table = 'payee_account' AND a.id = ANY (asked) AND a.erased_at IS NOT NULL
    UNION ALL
    SELECT s.id, num_nonnulls(s.name, s.title, s.salt) = 0, s.subject
    FROM grants.staff s WHERE of_table = 'staff' AND s.id = ANY (asked) AND s.erased_at IS NOT NULL
$$;
REVOKE ALL ON FUNCTION grants.left_of_erased FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grants.left_of_erased TO grants_reader;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(LEFT)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
