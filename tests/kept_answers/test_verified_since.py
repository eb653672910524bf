"""Daily verification looks at what was cleared since the log was last verified whole, also where those commands stood
long before; and not at what was cleared before that."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from dev.verifying.signatures import read_signatures
from dev.verifying.since import verify_since
from dev.verifying.verified import Whole, whole_at
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from services.eventlog.command import Command, Write
from services.kept_answers.events import TERM_STREAM, TermConfirmed, TermProposed
from tests.conftest import Database
from tests.faults.planted.lived import BEGAN, FOLDERS, KEPT, appending, clear_answers, signer, simulated

LOG = "grants"


def lived_on(database: Database, folder: Path) -> tuple[Whole, Whole]:
    """A log verified whole before its first answers were cleared, and once more when they had been."""
    with simulated(database) as clock:
        log, signing = appending(database, LOG, clock.now), signer(database, folder, LOG, clock.now)

        def signed() -> Whole:
            assert signing.sign()
            directory = folder / FOLDERS[LOG]
            whole = whole_at(directory, read_signatures(directory, directory / PUBLIC_KEY)[0].made[-1], clock.now())
            assert whole is not None
            return whole

        try:
            facts = (TermProposed(**KEPT, proposed_by="siri"), TermConfirmed(**KEPT, confirmed_by="liv"))
            for version, fact in enumerate(facts):
                command = Command(actor="liv", key=f"k{version}", request_hash=b"asked", answer=b"{}")
                assert log.append_now(command, Write(TERM_STREAM, version, (fact,))).outcome == "recorded"
            for version in range(2, 5):
                signed()
                more = TermProposed(**KEPT | {"days": 30 + version}, proposed_by="siri")
                assert log.append_now(Command(actor="siri"), Write(TERM_STREAM, version, (more,))).outcome == "recorded"
            before = signed()
            clock.set(BEGAN + timedelta(days=31))
            clear_answers(database, LOG, clock.now())
            return before, signed()
        finally:
            log.close()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("", ""),
        ("actor = 'another'", "cleared: numbers 1 to 2 are not what was left"),
        ("answer_sha256 = sha256('x')", "cleared: numbers 1 to 2 are not what was left"),
        ("answer = '{}', answer_sha256 = NULL", "cleared: the answer of number 2 stands"),
    ],
)
def test_what_was_cleared_since_is_looked_at_and_nothing_before(
    change: str, found: str, database: Database, tmp_path: Path
) -> None:
    before, after = lived_on(database, tmp_path)
    if change:
        with psycopg.connect(database.admin_dsn) as owner:
            owner.execute("ALTER TABLE grants.command DISABLE TRIGGER USER")
            owner.execute(f"UPDATE grants.command SET {change} WHERE nth = 2".encode())
    directory = tmp_path / FOLDERS[LOG]
    counts, faults = verify_since(database.reader_dsn, directory, directory / PUBLIC_KEY, before)
    assert counts["answers cleared"] == 2
    told = [f"{each.kind}: {each.detail}" for each in faults]
    assert bool(told) == bool(found), told
    assert any(each.startswith(found) for each in told) or not found, told
    counts, faults = verify_since(database.reader_dsn, directory, directory / PUBLIC_KEY, after)
    assert (counts["answers cleared"], faults) == (0, [])
