"""The lines of a post are found without reading what cases are promised on them; and the dashboard reads who each
promise is for."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.get_bind().exec_driver_sql("""
        CREATE INDEX fund_line ON grants.fund (year, chapter, post) WHERE kind <> 'commitment';
        GRANT USAGE ON SCHEMA grants_view TO tilsagn_dashboard;
        GRANT SELECT (projection, edition, state) ON grants_view.edition TO tilsagn_dashboard;
        GRANT SELECT (edition, case_id, recipient, organisation_number) ON grants_view.case_row TO tilsagn_dashboard;
    """)


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
