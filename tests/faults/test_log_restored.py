"""A log whose last facts are lost for good goes on once two people have said so, and says it for ever after."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dev.verifying.log import verify
from services.duties.apart import SamePersonTwice
from services.eventlog.checkpoints.behind import LogBehind, signed_at
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer, SigningRefused
from services.eventlog.command import Command
from services.eventlog.epoch.events import RESTORED, LogRestored
from services.eventlog.mapper import decode, encode
from services.eventlog.writing.writer import Row, Waiting, Writer
from services.grants.balance.digest import read_digest
from services.httpapi.restoration.acting import Restoration
from services.httpapi.restoration.proposed import NAME
from services.httpapi.restoration.refusals import LogNotWhole, NothingLost, RestorationNotProposed
from services.reason import ReasonMissing
from tests.conftest import Database
from tests.eventlog.export import exported
from tests.eventlog.played import KEY, Played, played
from tests.faults.log_behind import fact, log_of, looking
from tests.faults.restored_gate import restored
from tests.faults.tampering import rechain, tamper
from tests.patience import PATIENCE_SECONDS

WHY = "Disken brant, og siste sikkerhetskopi er fra i går kveld."
LEFT = "payment-batch-1.json"


def going_on(year: Played) -> Restoration:
    return Restoration(
        year.database.service_dsn, year.checkpoints, KEY, log="grants", digest=read_digest, outside=lambda _: [LEFT]
    )


def signing(year: Played) -> Checkpointer:
    """A signer that begins anew, as after a restart."""
    return Checkpointer(year.database.service_dsn, year.checkpoints, KEY, log="grants", digest=read_digest)


def agreed(year: Played) -> LogRestored:
    going_on(year).propose(reason=WHY, by="kari")
    return going_on(year).confirm(by="ola")


def verified(year: Played) -> tuple[dict[str, int], list[str]]:
    directory = year.checkpoints.directory
    counts, faults = verify(year.database.reader_dsn, directory, directory / PUBLIC_KEY)
    return dict(counts), [str(each) for each in faults]


@pytest.fixture
def backup(database: Database, tmp_path: Path) -> Iterator[Played]:
    """A year of which a backup was taken after the first case; two cases and two checkpoints came after it."""
    with played(database, tmp_path) as year:
        year.open_year()
        year.live_through(1)
        year.checkpointer.sign()
    with restored(database) as copy:
        with played(database, tmp_path) as year:
            for number in (2, 3):
                year.live_through(number)
                year.checkpointer.sign()
        with played(copy, tmp_path) as year:
            yield year


def test_two_people_let_the_log_go_on_and_everything_says_so_afterwards(backup: Played) -> None:
    lost = going_on(backup).look()
    assert (lost.head.position, lost.lost_from, lost.newest.position) == (6, 7, 16)
    said = agreed(backup)
    assert said == LogRestored(
        goes_on_after=6, lost_from=7, lost_to=16, last_checkpoint=1, lost_checkpoints_from=2, lost_checkpoints_to=3,
        left_outside=(LEFT,), reason=WHY, proposed_by="kari", confirmed_by="ola",
    )  # fmt: skip
    last = log_of(backup.database)[-1]
    assert (last.position, last.stream, decode(last.topic, last.data)) == (7, RESTORED, said)
    with psycopg.connect(backup.database.service_dsn) as connection:
        looking(backup)(connection)
    backup.live_through(4)
    made = signing(backup).sign()
    assert made is not None
    assert (made.number, made.position, made.resumes) == (5, 12, None)
    counts, faults = verified(backup)
    assert faults == []
    assert counts["break after 6: positions 7 to 16 are lost, as kari and ola agreed"] == 1
    assert counts["checkpoints of what is lost"] == 2
    assert not (backup.checkpoints.directory / NAME).exists()
    with pytest.raises(NothingLost):
        going_on(backup).look()


def test_an_auditor_reads_the_break_in_the_export(backup: Played, tmp_path: Path) -> None:
    agreed(backup)
    signing(backup).sign()
    file = tmp_path / "export.jsonl"
    file.write_bytes(exported(backup))
    key = backup.checkpoints.directory / PUBLIC_KEY
    command = [sys.executable, "contracts/verify_export.py", str(file), "--public-key", str(key)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert (
        "After position 6 the log goes on without facts that were signed for, up to 16: see position 7." in told.stdout
    )
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    breaks = [each for each in lines if each["kind"] == "checkpoint" and '"resumes"' in each["content"]]
    assert len(breaks) == 1


def test_one_person_is_not_two_and_a_reason_is_owed(backup: Played) -> None:
    with pytest.raises(RestorationNotProposed):
        going_on(backup).confirm(by="ola")
    with pytest.raises(ReasonMissing):
        going_on(backup).propose(reason=" ", by="kari")
    going_on(backup).propose(reason=WHY, by="kari")
    with pytest.raises(SamePersonTwice) as refused:
        going_on(backup).confirm(by="KARI ")
    assert refused.value.code == "same-person-twice"
    assert len(log_of(backup.database)) == 6
    assert len(backup.checkpoints.files()) == 3


def test_what_the_service_did_not_sign_proposes_nothing(backup: Played) -> None:
    going_on(backup).propose(reason=WHY, by="kari")
    file = backup.checkpoints.directory / NAME
    file.write_text(file.read_text().replace('"kari"', '"per"'))
    with pytest.raises(RestorationNotProposed):
        going_on(backup).confirm(by="kari")


def test_what_was_recorded_meanwhile_is_looked_at_before_it_goes_on(backup: Played) -> None:
    """A process that is not told where the checkpoints are records all the same."""
    going_on(backup).propose(reason=WHY, by="kari")
    backup.live_through(9)
    with pytest.raises(RestorationNotProposed):
        going_on(backup).confirm(by="ola")
    said = agreed(backup)
    assert (said.goes_on_after, said.lost_from) == (11, 7)
    assert signing(backup).sign()
    assert verified(backup)[1] == []


def test_a_log_that_holds_everything_has_nothing_to_go_on_without(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        year.checkpointer.sign()
        with pytest.raises(NothingLost):
            going_on(year).propose(reason=WHY, by="kari")


def test_a_log_that_does_not_hang_together_does_not_go_on(backup: Played) -> None:
    going_on(backup).propose(reason=WHY, by="kari")
    backup.live_through(9)
    tamper(backup, "UPDATE grants.event SET metadata = '{}' WHERE position = 9")
    going_on(backup).propose(reason=WHY, by="kari")
    with pytest.raises(LogNotWhole):
        going_on(backup).confirm(by="ola")
    assert len(backup.checkpoints.files()) == 3


def test_killed_between_the_checkpoint_and_the_fact_nothing_goes_on_and_it_is_done_once_more(
    backup: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on(backup).propose(reason=WHY, by="kari")
    add = Checkpoints.add

    def add_and_die(kept: Checkpoints, *told: Any) -> bool:
        add(kept, *told)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Checkpoints, "add", add_and_die)
        with pytest.raises(KeyboardInterrupt):
            going_on(backup).confirm(by="ola")
    assert (len(log_of(backup.database)), len(backup.checkpoints.files())) == (6, 4)
    writer = Writer(backup.database.service_dsn, "grants", admit=looking(backup))
    with pytest.raises(LogBehind, match="who agreed is not recorded"):
        writer.submit(fact(1)).result(PATIENCE_SECONDS)
    writer.close()
    assert agreed(backup).lost_checkpoints_to == 4
    assert signing(backup).sign()
    assert verified(backup)[1] == []


def test_who_has_only_the_database_cannot_let_it_go_on(backup: Played) -> None:
    """The fact alone, without the checkpoint that the service signs, opens nothing and is found."""
    said = LogRestored(
        goes_on_after=6, lost_from=7, lost_to=16, last_checkpoint=1, lost_checkpoints_from=2, lost_checkpoints_to=3,
        left_outside=(), reason=WHY, proposed_by="kari", confirmed_by="ola",
    )  # fmt: skip
    writer = Writer(backup.database.service_dsn, "grants")
    row = Row(RESTORED, 1, said.TOPIC, encode(said), b'{"actor":"kari","command_id":"-","correlation_id":"-"}')
    assert writer.submit(Waiting(Command(actor="kari"), [row], None)).result(PATIENCE_SECONDS).outcome == "recorded"
    writer.close()
    with pytest.raises(LogBehind), psycopg.connect(backup.database.service_dsn) as connection:
        looking(backup)(connection)
    with pytest.raises(SigningRefused):
        signing(backup).sign()
    assert any(
        "it says that facts are lost, and no checkpoint goes on without any" in each for each in verified(backup)[1]
    )


def test_the_fact_is_missed_where_somebody_takes_it_away(backup: Played) -> None:
    agreed(backup)
    tamper(backup, "UPDATE grants.event SET topic = 'award.returned.v1', data = '{}' WHERE position = 7")
    rechain(backup, 7)
    with pytest.raises(SigningRefused, match="no fact says who agreed"):
        signing(backup).sign()
    assert any("no fact says who agreed" in each for each in verified(backup)[1])


def test_a_log_may_lose_facts_twice(backup: Played) -> None:
    agreed(backup)
    signing(backup).sign()
    with restored(backup.database) as again:
        backup.live_through(4)
        signing(backup).sign()
        with played(again, backup.checkpoints.directory.parent) as year:
            said = agreed(year)
            assert (said.goes_on_after, said.lost_from, said.lost_to, said.last_checkpoint) == (7, 8, 12, 5)
            assert signing(year).sign()
            assert verified(year)[1] == []
            assert signed_at(year.checkpoints.directory, schema="grants")
