"""Cases are numbered without a call of a function for each fact: what is called so often is written out."""

from alembic import op

from migrations.redefining import redefine

revision = "0030"
down_revision = "0029"

OPENS = "streams[i] ~ '^case-[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'"
DECLARED = "    seals   bytea[] := '{}';\n"
SAID = (
    "            saids := array_append(saids, "
    "grants.case_numbered(of_year, already + cardinality(given) + 1, opens));\n"
)
SAID_HERE = """            said := convert_to('{"year":' || of_year || ',"first":' || already + cardinality(given) + 1
                || ',"case_ids":["' || array_to_string(opens, '","') || '"]}', 'UTF8');
            saids := array_append(saids, said);
"""
CHAINED = """            head_hash := grants.chained(head_hash, head, 'numbers-' || of_year, told + cardinality(facts),
                                        'case.numbered.v1', saids[cardinality(saids)], metadatas[upto + 1], now_at);
"""
CHAINED_HERE = """            head_hash := sha256(head_hash || int8send(head) || stream_of
                || int4send(told + cardinality(facts)) || topic_of || int4send(octet_length(said)) || said
                || int4send(octet_length(metadatas[upto + 1])) || metadatas[upto + 1] || timestamptz_send(now_at));
"""
ONCE = "                told := (SELECT"
ONCE_MORE = """                said := convert_to('numbers-' || of_year, 'UTF8');
                stream_of := int4send(octet_length(said)) || said;
                said := 'case.numbered.v1'::bytea;
                topic_of := int4send(octet_length(said)) || said;
                told := (SELECT"""
GIVEN = """            given := given || opens;
            givens := givens || array_fill(head, ARRAY[cardinality(opens)]);
            IF cardinality(opens) = 1 THEN
"""
GIVEN_HERE = """            given := given || opens;
            givens := givens || array_fill(head, ARRAY[cardinality(opens)]);
            IF cardinality(opens) = 1 AND answers[c] IS NOT NULL THEN
"""


def upgrade() -> None:
    connection = op.get_bind()
    for was, becomes in (
        ("grants.opens_case(streams[i], 1)", OPENS),
        (DECLARED, DECLARED + "    said    bytea;\n    stream_of bytea;\n    topic_of bytea;\n"),
        (ONCE, ONCE_MORE),
        (SAID, SAID_HERE),
        (CHAINED, CHAINED_HERE),
        (GIVEN, GIVEN_HERE),
    ):
        redefine(connection, "grants.record", was, becomes)
    connection.exec_driver_sql(
        "DROP FUNCTION grants.chained(bytea, bigint, text, integer, text, bytea, bytea, timestamptz)"
    )


def downgrade() -> None:
    raise NotImplementedError("what is recorded is not taken back; restore a backup instead")
