"""Functions, constraints, triggers, rights: changed by the owner, or by whoever owns the cluster."""

import re

from tests.faults.planted.tampering import Copy, Tampering, Who

DECIDES = """
    CREATE OR REPLACE FUNCTION notifications.decide_release() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$ BEGIN NEW.released_at := now(); RETURN NEW; END $$
"""
CLOCK = """
    CREATE OR REPLACE FUNCTION {}.log_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
    SET search_path = pg_catalog, pg_temp AS $$ SELECT clock_timestamp() + '20 days'::interval $$
"""


def changed(name: str, statement: str, found: str, *, by_superuser: bool = False) -> Tampering:
    def does(copy: Copy) -> None:
        (copy.as_superuser if by_superuser else copy.as_owner)(statement)

    by: Who = "superuser" if by_superuser else "owner"
    return Tampering(
        name=name,
        by=by,
        does=does,
        found=rf"schema: {found}",
        touches=("schema", *re.findall(r"\w+\.alembic_version", statement)),
    )


SCHEMA = (
    changed("the function that decides a release", DECIDES, r"function notifications\.decide_release\(\): changed"),
    changed("the clock of notifications", CLOCK.format("notifications"), r"function notifications\.log_clock\(\)"),
    changed("the clock of grants", CLOCK.format("grants"), r"function grants\.log_clock\(\): changed"),
    changed(
        "what sums the movements of a day",
        "CREATE OR REPLACE AGGREGATE grants.total(bigint) (sfunc = int8larger, stype = bigint, initcond = '0')",
        r"function grants\.total\(bigint\): changed",
    ),
    changed(
        "the hard stop dropped",
        "ALTER TABLE grants.fund DROP CONSTRAINT fund_holds_what_is_committed",
        r"constraint grants\.fund\.fund_holds_what_is_committed: gone",
    ),
    changed("a table granted to PUBLIC", "GRANT UPDATE ON grants.fund TO PUBLIC", r"relation grants\.fund: changed"),
    changed(
        "a log granted to its service",
        "GRANT INSERT, UPDATE ON notifications.event TO notifications_service",
        r"relation notifications\.event: changed",
    ),
    changed(
        "a trigger put to sleep by a rule of its own",
        "CREATE RULE silent AS ON DELETE TO notifications.objection DO INSTEAD NOTHING",
        r"rule notifications\.objection\.silent: added",
    ),
    changed("another table", "CREATE TABLE grants.another (id int)", r"relation grants\.another: added"),
    changed(
        "the owner of the commands",
        "ALTER TABLE grants.command OWNER TO grants_service",
        r"relation grants\.command: changed",
        by_superuser=True,
    ),
    changed(
        "the revision", "UPDATE grants.alembic_version SET version_num = '0001'", r"grants stands at revision 0001"
    ),
    changed(
        "the revision of notifications",
        "UPDATE notifications.alembic_version SET version_num = '0001'",
        r"notifications stands at revision 0001",
    ),
    *(
        changed(
            f"the facts of {schema} as text",
            f"CREATE OR REPLACE VIEW {schema}.event_text AS SELECT position, stream, version, topic, recorded_at,"
            " 'x' COLLATE \"C\" AS data, 'x' COLLATE \"C\" AS metadata, encode(hash, 'hex') AS hash"
            f" FROM {schema}.event",
            rf"relation {schema}\.event_text: changed",
        )
        for schema in ("grants", "notifications")
    ),
)
