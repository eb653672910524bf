"""Account numbers, in rows that can be erased, and the files they were written into. The log has neither.

Only the service reads them: whoever may read the log or the balances has no right to these tables.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool

from services.grants.disbursement.batch.payment_file import PaymentFile
from services.grants.disbursement.batch.rules import PayeeAccount


@dataclass(frozen=True, slots=True)
class AccountRows:
    """The tables `grants.payee_account` and `grants.payment_file`. A number is erased by the fact that says so, in its
    own transaction, and by nothing else."""

    pool: AsyncConnectionPool

    async def keep(self, account: PayeeAccount) -> str | None:
        """Store an account before a fact refers to it, and answer the digest (hex) that binds the row; None if it was
        erased since. The same id again changes nothing."""
        query = """INSERT INTO grants.payee_account (id, account_number, organisation_number)
            VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"""
        async with self.pool.connection() as connection:
            await connection.execute(query, (account.account_id, account.account_number, account.organisation_number))
            digests = "SELECT encode(digest, 'hex') FROM grants.payee_account_digests(%s)"
            found = await (await connection.execute(digests, ([account.account_id],))).fetchone()
        return None if found is None else found[0]

    async def find_all(self, account_ids: Collection[UUID]) -> dict[UUID, PayeeAccount]:
        """Those of these accounts that were ever stored; an erased one has no number."""
        query = """SELECT id AS account_id, account_number, organisation_number FROM grants.payee_account
            WHERE id = ANY (%s)"""
        async with self.pool.connection() as connection, connection.cursor(row_factory=class_row(PayeeAccount)) as rows:
            await rows.execute(query, (list(account_ids),))
            return {account.account_id: account for account in await rows.fetchall()}

    async def keep_file(self, batch_id: UUID, file: PaymentFile) -> None:
        """Store the exact bytes before the batch is recorded. The same bytes again change nothing."""
        query = """INSERT INTO grants.payment_file (sha256, batch_id, content) VALUES (%s, %s, %s)
            ON CONFLICT DO NOTHING"""
        async with self.pool.connection() as connection:
            await connection.execute(query, (file.sha256, batch_id, file.content))

    async def read_file(self, sha256: str) -> bytes:
        """The bytes of a recorded batch's file. They were stored before it was recorded, so they are there."""
        query = "SELECT content FROM grants.payment_file WHERE sha256 = %s"
        async with self.pool.connection() as connection:
            found = await (await connection.execute(query, (sha256,))).fetchone()
        assert found is not None, "a batch was recorded without its file"
        return bytes(found[0])
