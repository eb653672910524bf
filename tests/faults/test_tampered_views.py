"""S11 for the read models: a row of one is changed, added or taken away, by its owner or by the service that fills it.
`make verify` fills each anew from the log, and names table, row and side. Done to a demonstration of before."""

import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from dev import verify
from dev.projection import PROJECTIONS
from dev.tables import RELATIONS
from dev.verifying.views import TOLD_AT_MOST, check_views
from services.eventlog.projections.projector import Projector
from tests.conftest import Cluster, Database, copied
from tests.eventlog.projector import engine_of
from tests.upgrade.earlier_databases import restored, upgraded

NOBODY = "00000000-0000-0000-0000-00000000000f"
# What is changed in one row of each, and the key of a row that nothing gave.
CHANGED: Mapping[str, tuple[str, str]] = {
    "application": ("sought_ore = sought_ore + 1", f"case_id = '{NOBODY}'"),
    "case_row": ("amount_ore = amount_ore + 1", f"case_id = '{NOBODY}'"),
    "case_notice": ("state = 'withdrawn'", f"case_id = '{NOBODY}'"),
    "complaint_row": ("late = NOT late", f"case_id = '{NOBODY}'"),
    "report_row": ("due_on = 'infinity'", f"case_id = '{NOBODY}'"),
    "award": ("made_position = made_position + 1", f"case_id = '{NOBODY}'"),
    "award_recipient": ("since_position = since_position + 1", f"read_as = '{NOBODY}'"),
    "award_move": ("disbursed_ore = disbursed_ore + 1", f"case_id = '{NOBODY}'"),
    "award_sum": ("booked_withheld_ore = booked_withheld_ore + 1", f"scheme_id = '{NOBODY}'"),
    "task": ("not_by = not_by || 'eva'::text", f"case_id = '{NOBODY}'"),
    "payment": ("voucher = 'x'", f"payment_id = '{NOBODY}'"),
    "payment_sum": ("amount_ore = amount_ore + 1", f"post_id = '{NOBODY}'"),
    "payment_batch": ("control_total_ore = control_total_ore + 1", f"batch_id = '{NOBODY}'"),
}
MET_BY_NOTHING: Mapping[str, tuple[str, str]] = {
    "recipient_met": ("cases", f"'recipient-name', '{NOBODY}', 1"),
    "voucher_met": ("payments", f"'{NOBODY}', 'x', ARRAY['x'], ARRAY[1]"),
}
"""Read models that the demonstration gives no row of: whose they are, and a row."""
ROWS = {
    "application": 17, "case_row": 44, "case_notice": 16, "complaint_row": 1, "report_row": 37, "task": 44,
    "payment": 61, "payment_batch": 11, "payment_sum": 2, "award": 43, "award_recipient": 41, "award_move": 105,
    "award_sum": 74,
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture(scope="module")
def demonstration(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster whose new databases are copies of the demonstration, upgraded, its read models up to the log."""
    with tempfile.TemporaryDirectory() as folder, restored(cluster, "fa5cbcc-demo", Path(folder)) as dsns:
        upgraded(dsns)
        name = str(conninfo_to_dict(dsns["grants_reader"])["dbname"])
        with copied(replace(cluster, template=name)) as database:
            followed(database)
            yield replace(cluster, template=database.name)


@pytest.fixture
def filled(demonstration: Cluster) -> Iterator[Database]:
    with copied(demonstration) as database:
        yield database


def followed(database: Database) -> None:
    """What the service's runner does when it starts on it: a few facts at a time, so that many batches were folded."""
    engine = engine_of(database)
    for projection in PROJECTIONS.values():
        following = Projector(engine, projection, schema="grants", views="grants_view", together=100)
        while following.step():
            pass
    engine.dispose()


def done(database: Database, *statements: str) -> None:
    """What the service itself can do to what it fills."""
    with psycopg.connect(database.service_dsn) as connection:
        for statement in statements:
            assert connection.execute(statement.encode()).rowcount > 0, statement


def of_the_owner(database: Database, *statements: str) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def end_of(database: Database) -> int:
    """The last position of the log: each upgrade adds a fact or two to the demonstration of before."""
    with psycopg.connect(database.reader_dsn) as connection:
        row = connection.execute("SELECT max(position) FROM grants.event WHERE position > 800").fetchone()
    assert row is not None
    return int(row[0])


def found(database: Database) -> list[str]:
    return [fault.detail for fault in check_views(database.reader_dsn)[1]]


def test_untouched_every_row_of_every_read_model_is_what_the_log_gives(filled: Database) -> None:
    counts, faults, told = check_views(filled.reader_dsn)
    assert faults == []
    assert told == []
    assert counts == {f"rows of grants_view.{table}": count for table, count in ROWS.items()}


@pytest.mark.parametrize("table", CHANGED)
def test_a_row_changed_a_row_added_and_a_row_taken_away_are_found_and_named(filled: Database, table: str) -> None:
    change, key = CHANGED[table]
    name = f"grants_view.{table}"
    # Changed first: a row that is added may come to lie before all others.
    done(filled, f"UPDATE {name} SET {change} WHERE ctid = (SELECT min(ctid) FROM {name})")
    of_the_owner(filled, f"CREATE TABLE public.row AS SELECT * FROM {name} LIMIT 1", f"UPDATE public.row SET {key}")
    columns = written(filled, name)
    of_the_owner(filled, f"INSERT INTO {name} ({columns}) SELECT {columns} FROM public.row")
    said = found(filled)
    assert len(said) == 2
    assert any(each.startswith(f"{name}: ") and change.split(" = ")[0] + " stands as " in each for each in said)
    assert any(NOBODY in each and each.endswith("stands there and does not follow from the log") for each in said)
    done(filled, f"DELETE FROM {name}")
    said = found(filled)
    assert len(said) == min(ROWS[table], TOLD_AT_MOST + 1)
    assert all(each.startswith(f"{name}: ") for each in said)
    told = ("follows from the log and is not there", " more rows differ")
    assert all(each.endswith(told) for each in said)


@pytest.mark.parametrize("table", MET_BY_NOTHING)
def test_a_row_added_where_there_are_none_is_found_and_named(filled: Database, table: str) -> None:
    projection, row = MET_BY_NOTHING[table]
    live = f"SELECT edition FROM grants_view.edition WHERE projection = '{projection}' AND state = 'live'"
    done(filled, f"INSERT INTO grants_view.{table} VALUES (({live}), {row})")
    [said] = found(filled)
    assert said.startswith(f"grants_view.{table}: ")
    assert NOBODY in said
    assert said.endswith("stands there and does not follow from the log")


def written(filled: Database, name: str) -> str:
    """The columns that are written; PostgreSQL makes the others of them."""
    query = (
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
    )
    with psycopg.connect(filled.admin_dsn) as connection:
        row = connection.execute(query, (name,)).fetchone()
    assert row is not None
    return str(row[0])


def test_a_read_model_that_is_gone_hides_no_other(filled: Database) -> None:
    of_the_owner(filled, "ALTER TABLE grants_view.case_row RENAME TO taken")
    done(filled, "DELETE FROM grants_view.payment")
    said = found(filled)
    assert any('"grants_view.case_row" does not exist' in each for each in said), said
    assert sum(each.startswith("grants_view.payment: ") for each in said) == ROWS["payment"]


def test_every_read_model_that_is_looked_at_was_tampered_with() -> None:
    """And each of its columns is one that the code which fills it knows."""
    tables = {table.fullname: table for projection in PROJECTIONS.values() for table in projection.tables}
    looked_at = {
        name: each
        for name, each in RELATIONS.items()
        if each.by == "dev.verifying.views" and name.startswith("grants_view.")
    }
    assert looked_at.keys() == tables.keys() == {f"grants_view.{name}" for name in (*CHANGED, *MET_BY_NOTHING)}
    for name, relation in looked_at.items():
        assert relation.columns == {column.name for column in tables[name].columns} - {"edition"}


def test_an_edition_that_says_it_has_come_beyond_the_log_or_not_so_far_as_its_rows_is_a_fault(filled: Database) -> None:
    done(
        filled,
        "UPDATE grants_view.edition SET position = 100000 WHERE projection = 'cases'",
        "UPDATE grants_view.edition SET position = 400 WHERE projection = 'payments'",
    )
    faults = check_views(filled.reader_dsn)[1]
    said = f"position 100000: view: cases says it has come here; the log ends at {end_of(filled)}"
    assert said in map(str, faults)
    assert any(fault.position == 400 and "grants_view.payment" in fault.detail for fault in faults)


def test_what_cannot_be_compared_is_told_and_is_no_fault(filled: Database) -> None:
    done(
        filled,
        "INSERT INTO grants_view.edition (projection, edition, version, state) VALUES ('waiting', 90, 2, 'building')",
        "UPDATE grants_view.edition SET version = 0 WHERE projection = 'payments'",
        "DELETE FROM grants_view.edition WHERE projection = 'reports'",
        "DELETE FROM grants_view.payment",
    )
    counts, faults, told = check_views(filled.reader_dsn)
    assert faults == []
    assert told == [
        f"waiting: an edition is being filled, at position 0 of {end_of(filled)}",
        "reports: no edition is live yet; not compared",
        "payments: filled by version 0 of its code, and this is 2; not compared",
    ]
    assert counts["rows of grants_view.case_row"] == ROWS["case_row"]


def a_case(database: Database) -> tuple[str, int]:
    """The stream of a case, and the position of its first proposal."""
    with psycopg.connect(database.reader_dsn) as reader:
        asked = "SELECT stream, position FROM grants.event WHERE topic = 'award.proposed.v1' ORDER BY position LIMIT 1"
        return reader.execute(asked).fetchone() or ("", 0)


def park(stream: str, position: int) -> str:
    return (
        "INSERT INTO grants_view.parked (projection, edition, stream, position, topic, error, attempts, held)"
        f" SELECT 'cases', edition, '{stream}', {position}, 'award.proposed.v1', 'x', 4, 1"
        " FROM grants_view.edition WHERE projection = 'cases' AND state = 'live'"
    )


def test_a_stream_that_nothing_in_the_log_explains_is_parked_is_a_fault(filled: Database) -> None:
    stream, position = a_case(filled)
    done(filled, park(stream, position))
    said = [fault.detail for fault in check_views(filled.reader_dsn)[1]]
    assert f"cases: {stream} is parked, and nothing in the log explains it" in said
    assert any("stands there and does not follow from the log" in detail for detail in said)


def test_a_stream_that_cannot_be_followed_is_told_and_compared_as_it_was_before(filled: Database) -> None:
    stream, position = a_case(filled)
    of_the_owner(
        filled,
        "ALTER TABLE grants.event DISABLE TRIGGER ALL",
        f"UPDATE grants.event SET data = '{{}}' WHERE position = {position}",
    )
    case_id = stream.removeprefix("case-")
    done(filled, park(stream, position), f"DELETE FROM grants_view.case_row WHERE case_id = '{case_id}'")
    _, faults, told = check_views(filled.reader_dsn)
    assert [fault for fault in faults if "cases" in fault.detail or "case_row" in fault.detail] == []
    assert f"cases: {stream} is parked, and compared as it was before" in told


def test_every_edition_retired_is_a_fault(filled: Database) -> None:
    done(filled, "UPDATE grants_view.edition SET state = 'retired' WHERE projection = 'reports'")
    assert "reports: every edition is retired, and none is read" in [
        fault.detail for fault in check_views(filled.reader_dsn)[1]
    ]


def test_a_log_that_cannot_be_folded_is_a_fault_and_the_others_are_compared(filled: Database) -> None:
    of_the_owner(
        filled,
        "ALTER TABLE grants.event DISABLE TRIGGER ALL",
        "UPDATE grants.event SET data = '{}' WHERE position = (SELECT min(position) FROM grants.event"
        " WHERE topic = 'award.proposed.v1')",
    )
    counts, faults, _ = check_views(filled.reader_dsn)
    assert any("cases cannot be filled beyond this" in fault.detail for fault in faults)
    assert counts["rows of grants_view.payment_batch"] == ROWS["payment_batch"]


def test_make_verify_looks_at_them_unless_it_is_asked_not_to(filled: Database, tmp_path: Path) -> None:
    done(
        filled,
        "UPDATE grants_view.case_row SET recipient = 'x' WHERE ctid = (SELECT min(ctid) FROM grants_view.case_row)",
    )
    assert "recipient stands as x" in said_by_make_verify(filled, tmp_path)
    without = said_by_make_verify(filled, tmp_path, "--without-views")
    assert "recipient stands as x" not in without
    assert "Read models: left out, as asked." in without


def said_by_make_verify(database: Database, folder: Path, *asked: str) -> str:
    said = io.StringIO()
    argv, sys.argv = sys.argv, ["verify", "--dsn", database.reader_dsn, "--checkpoints", str(folder), *asked]
    try:
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            verify.main()
    finally:
        sys.argv = argv
    return said.getvalue()
