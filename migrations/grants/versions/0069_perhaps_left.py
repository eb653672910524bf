"""A letter perhaps left in a try of which nobody can tell what came, and one that came back is not out: what goes on in
a case while its letter is being sent and what its pages are made of know the new facts. The list of cases keeps which
letters tell of what was promised last. A log that holds facts says from where on."""

from alembic import op

from migrations.log import rules_of_grants
from migrations.redefining import redefine

revision = "0069"
down_revision = "0068"

PERHAPS = ("award.letter-perhaps-left.v1", "award.letter-try-written-off.v1", "award.letter-not-arrived.v1")


def upgrade() -> None:
    connection = op.get_bind()
    left = "award.letter-left.v1,"
    redefine(connection, "grants.goes_on", left, f"{left} {', '.join(PERHAPS)},")
    case_fact = connection.exec_driver_sql("SELECT pg_get_viewdef('grants.case_fact'::regclass)").scalar_one()
    known = "'award.letter-left.v1'::text,"
    assert known in case_fact
    knows = case_fact.replace(known, f"{known} {' '.join(f'{topic!r}::text,' for topic in PERHAPS)}")
    view = f"CREATE OR REPLACE VIEW grants.case_fact WITH (security_barrier) AS {knows}"
    connection.exec_driver_sql(view.replace("%", "%%"))
    connection.exec_driver_sql("ALTER TABLE grants_view.case_row ADD COLUMN letters_telling text[]")
    keeps = "keeps   CONSTANT integer := "
    redefine(connection, "grants.may_be_untold", f"{keeps}5", f"{keeps}9")
    connection.exec_driver_sql(rules_of_grants(9))


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
