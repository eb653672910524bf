"""What a decision rests on is held against the log again, as it was before claims were carried over; and the letter of
a case goes on though an account of its recipient is erased."""

from alembic import op

from migrations.redefining import redefine

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    connection = op.get_bind()
    effects = "grants.apply_effects"
    redefine(
        connection,
        effects,
        "    moves  boolean := false;\n",
        "    rests  boolean := false;\n    moves  boolean := false;\n",
    )
    redefine(
        connection,
        effects,
        "        marks := marks OR",
        "        rests := rests OR coalesce(effect ? 'unmoved', false);\n        marks := marks OR",
    )
    redefine(
        connection,
        effects,
        "    IF moves THEN\n",
        "    IF rests THEN\n        PERFORM grants.keep_unmoved(befores, effects);\n    END IF;\n    IF moves THEN\n",
    )
    redefine(
        connection,
        "grants.goes_on",
        "disbursement.payee-account-registered.v1",
        "disbursement.payee-account-erased.v1,\n        disbursement.payee-account-registered.v1",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
