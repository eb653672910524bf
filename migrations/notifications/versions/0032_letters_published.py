"""What the dashboard may read of publication: the day each letter of allocation was recorded as published, and when."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    statement = """
        CREATE VIEW notifications.letter_publication WITH (security_barrier) AS
            SELECT stream, position, recorded_at, convert_from(data, 'UTF8')::jsonb ->> 'key' AS key,
                   (convert_from(data, 'UTF8')::jsonb ->> 'met_on')::date AS published_on
            FROM notifications.event
            WHERE stream ^@ 'deadlines-'
              AND topic IN ('deadline.met.v1', 'deadline.undated-met.v1', 'deadline.reopened.v1')
              AND convert_from(data, 'UTF8')::jsonb ->> 'key' ^@ 'letter-publication-';
        REVOKE ALL ON notifications.letter_publication FROM PUBLIC;
        GRANT SELECT ON notifications.letter_publication TO tilsagn_dashboard;
    """
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
