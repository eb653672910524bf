"""What waits tells the last day it can be done, and which organisations its case is of."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(
        "ALTER TABLE grants_view.task"
        " ADD COLUMN until_on date,"  # the last day it can be done, where there is one
        " ADD COLUMN organisations text[] NOT NULL DEFAULT '{}'"  # organisation numbers of whom the case is of
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
