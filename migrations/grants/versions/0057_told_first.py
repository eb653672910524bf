"""What presupposes that a recipient was told of its award is held against its letter. A log that holds facts says from
where on."""

from alembic import op

from migrations.log import log_change

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(log_change("grants", "fifth_rules.sql"))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
