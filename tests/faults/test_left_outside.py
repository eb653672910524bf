"""What lies in an outbox and a restored log knows nothing of is named; what it knows of is not."""

from pathlib import Path

import psycopg
from psycopg_pool import AsyncConnectionPool

from services.eventlog.command import Command, Write
from services.eventlog.log import Log
from services.grants.case.events.disbursement import PaymentBatchMade
from services.grants.restoring import left as left_to_accounting
from services.notifications.facts.notice import About, NoticeOrdered, NoticePrepared, NoticeSendingBegun
from services.notifications.restoring import left as left_to_dispatch
from tests.conftest import Database
from tests.dashboard.cases import stored
from tests.notifications.world import LETTER_SHA256, POLICY, Kept, held, letter, line, notice


def test_payment_requests_that_no_batch_of_the_log_made_are_named(database: Database, tmp_path: Path) -> None:
    made = stored("disbursement.batch-made.v1")
    assert isinstance(made, PaymentBatchMade)
    log = Log(database.service_dsn, AsyncConnectionPool(database.service_dsn, open=False), schema="grants")
    assert log.append_now(Command(actor="anne"), Write("payment-batch-1", 0, (made,))).outcome == "recorded"
    log.close()
    for name in (made.file_name, "another.json", ".unfinished"):
        (tmp_path / name).touch()
    with psycopg.connect(database.service_dsn) as connection:
        assert left_to_accounting(tmp_path)(connection) == ["another.json"]
        assert left_to_accounting(tmp_path / "none")(connection) == ()


def test_what_dispatch_was_given_and_no_try_of_the_log_began_is_named(database: Database, tmp_path: Path) -> None:
    """Also once dispatch has taken the folder away and left its receipt."""
    with Kept(database) as world:
        prepared = NoticePrepared(
            about=About(kind="round", id="x"),
            lines=(line("one", held("one").manifest_sha256),),
            planned_on=None,
            renews=None,
            prepared_by="kari",
        )
        ordered = NoticeOrdered(
            channel="file-outbox", policy=POLICY, document_sha256=LETTER_SHA256, ordered_by="ingrid"
        )
        begun = NoticeSendingBegun(dispatch=1, channel="file-outbox", key="known")
        world.record(letter("one"), held("one"))
        world.record(notice("one"), prepared, ordered, begun)
    for name in ("known", "unknown", "unfinished", "receipts"):
        (tmp_path / name).mkdir()
    for name in ("known", "taken"):
        (tmp_path / "receipts" / f"{name}.json").touch()
    with psycopg.connect(database.notifications_dsn) as connection:
        assert left_to_dispatch(tmp_path)(connection) == ["taken", "unknown"]
