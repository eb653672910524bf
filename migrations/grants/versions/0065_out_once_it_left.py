"""A letter is out once it has left; that it was let out says that it may. What goes on in a case while its letter is
being sent, what is a secret to the ministry and what its pages are made of know the two new facts. A log that holds
facts says from where on."""

from alembic import op

from migrations.log import rules_of_grants
from migrations.redefining import redefine

revision = "0065"
down_revision = "0064"

RELEASED = "'award.letter-released.v1',"


def upgrade() -> None:
    connection = op.get_bind()
    goes_on = "award.letter-released.v1,"
    redefine(connection, "grants.goes_on", goes_on, f"award.letter-left.v1, {goes_on} award.letter-released.v2,")
    redefine(connection, "grants.untold_of", RELEASED, f"{RELEASED} 'award.letter-left.v1',")
    redefine(connection, "grants.kept_of", "|late_after|", "|late_after|left_on|")
    case_fact = connection.exec_driver_sql("SELECT pg_get_viewdef('grants.case_fact'::regclass)").scalar_one()
    known = "'award.letter-released.v1'::text,"
    assert known in case_fact
    knows = case_fact.replace(known, f"{known} 'award.letter-released.v2'::text, 'award.letter-left.v1'::text,")
    view = f"CREATE OR REPLACE VIEW grants.case_fact WITH (security_barrier) AS {knows}"
    connection.exec_driver_sql(view.replace("%", "%%"))
    connection.exec_driver_sql(rules_of_grants(6))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
