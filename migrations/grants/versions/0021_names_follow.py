"""The names of funds follow the transcription that opens them now."""

from alembic import op

from migrations.redefining import redefine

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    connection = op.get_bind()
    asked = "chapter integer, post integer, name text, hard_stop boolean)"
    named = "chapter integer, post integer, name text, hard_stop boolean, renames boolean)"
    redefine(connection, "grants.open_funds", f"{asked}),", f"{named} WHERE NOT coalesce(renames, false)),")
    redefine(
        connection,
        "grants.open_funds",
        "BEGIN\n    WITH RECURSIVE",
        "BEGIN\n"
        "    UPDATE grants.fund f SET name = a.name, kind = a.kind\n"
        "    FROM jsonb_to_recordset(funds) AS a (id text, kind text, name text, renames boolean)\n"
        "    WHERE a.renames AND f.id = a.id AND f.kind <> 'commitment';\n"
        "    WITH RECURSIVE",
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
