"""What came since a log was last verified whole is verified by itself; and how far that was, nobody moves who has only
the database or the checkpoints."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev import verify as make_verify
from dev.verifying.following import SAID_EACH
from dev.verifying.log import verify
from dev.verifying.outside import Outside
from dev.verifying.signatures import read_signatures
from dev.verifying.since import verify_since
from dev.verifying.verified import NotVerified, Whole, find, keep, whole_at
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, Checkpoints
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.grants.balance.digest import read_digest
from tests.conftest import Database
from tests.grants.balance.limits import Year
from tests.grants.round.rounds import NAMED, SETTLING, open_year

AT = datetime(2020, 3, 2, 12, tzinfo=UTC)
OWNER = "ALTER TABLE grants.event DISABLE TRIGGER ALL; ALTER TABLE grants.command DISABLE TRIGGER ALL; "


@dataclass(frozen=True, kw_only=True)
class Log:
    """A log of two checkpoints, verified whole as far as the first; and the second, of what came since."""

    database: Database
    folder: Path
    key: Ed25519PrivateKey
    whole: Whole
    head: int

    def found(self, whole: Whole | None = None) -> list[str]:
        faults = verify_since(self.database.reader_dsn, self.folder, self.folder / PUBLIC_KEY, whole or self.whole)[1]
        return [str(fault) for fault in faults]

    def done(self, statement: str) -> None:
        with psycopg.connect(self.database.admin_dsn) as connection:
            connection.execute((OWNER + statement).encode())


@pytest.fixture
def log(database: Database, tmp_path: Path) -> Log:
    open_year(database, {SETTLING: 100_000, NAMED: 100_000})
    year, key, folder = Year(database, earlier=False), Ed25519PrivateKey.generate(), tmp_path / "checkpoints"
    signing = Checkpointer(database.service_dsn, Checkpoints(folder), key, log="grants", digest=read_digest)
    assert year.brings(1, "2020-Q1") == "recorded"
    assert signing.sign()
    [last] = read_signatures(folder, folder / PUBLIC_KEY)[0].made
    whole = whole_at(folder, last, AT)
    assert whole is not None
    assert [year.brings(2, "2020-Q2"), year.approves(2), year.promises(3, 100, on=date(2020, 3, 2))].count(
        "recorded"
    ) >= 2
    made = signing.sign()
    assert made is not None
    return Log(database=database, folder=folder, key=key, whole=whole, head=made.position)


def test_what_came_since_holds_and_is_all_that_is_looked_at(log: Log) -> None:
    counts, faults = verify_since(log.database.reader_dsn, log.folder, log.folder / PUBLIC_KEY, log.whole)
    assert faults == []
    assert (counts["events"], counts["checkpoints"]) == (log.head - log.whole.position, 1)
    assert counts["chained commands"] == counts["commands"] + 2 > 2  # two say that it was signed
    assert log.whole.said() == (
        f"facts 1 to {log.whole.position} were last verified whole on 2020-03-02, and are not looked at now"
    )


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE grants.event SET data = data || ' ' WHERE position = {after}", "changed"),
        ("UPDATE grants.event SET metadata = '{{}}' WHERE position = {after}", "changed"),
        ("DELETE FROM grants.event WHERE position = {after}", "missing"),
        ("DELETE FROM grants.event WHERE position > {at}", "cut"),
        ("UPDATE grants.event SET hash = sha256('x') WHERE position = {at}", "rewritten"),
        ("UPDATE grants.command SET answer = 'x' WHERE first_position = {after}", "command"),
        ("DELETE FROM grants.command WHERE first_position = {after}", "command"),
        ("UPDATE grants.event SET version = 77 WHERE position = {after}", "version"),
    ],
)
def test_what_is_changed_since_is_found(log: Log, statement: str, told: str) -> None:
    log.done(statement.format(after=log.whole.position + 1, at=log.whole.position))
    assert any(f" {told}: " in fault for fault in log.found()), log.found()


def test_what_is_changed_before_is_found_by_a_whole_verification(log: Log) -> None:
    log.done("UPDATE grants.event SET data = data || ' ' WHERE position = 1")
    assert log.found() == []
    faults = verify(log.database.reader_dsn, log.folder, log.folder / PUBLIC_KEY)[1]
    assert any("changed" in str(fault) for fault in faults)


def test_a_checkpoint_that_is_another_or_gone_or_not_signed_is_found(log: Log) -> None:
    first, second = Checkpoints(log.folder).files()
    kept = first.read_bytes()
    first.write_bytes(kept + b" ")
    assert any("number 1 is not the one that stood" in fault for fault in log.found())
    first.write_bytes(kept)
    said = json.loads(second.read_bytes())
    second.write_text(json.dumps(said | {"position": said["position"] - 1}))
    assert any("number 2 is not what was signed" in fault for fault in log.found())
    second.unlink()
    assert any("checkpoints 2 to 2 were made, and are gone" in fault for fault in log.found())


def test_how_far_it_was_is_moved_by_nobody_without_the_key(log: Log, tmp_path: Path) -> None:
    """Whoever holds the database signs with another key, edits the file, or lays that of the other log there."""
    folder, mine, theirs = tmp_path / "verified", Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    with pytest.raises(NotVerified, match="verify the log of grants whole first"):
        find(folder, "grants", mine.public_key())
    keep(folder, log.whole, mine)
    assert find(folder, "grants", mine.public_key()) == log.whole
    path = folder / "grants.json"
    said = json.loads(path.read_text())
    for name in said:
        moved = said | {name: said[name] + 1 if isinstance(said[name], int) else said[name][::-1] + "0"}
        path.write_text(json.dumps(moved))
        with pytest.raises(NotVerified):
            find(folder, "grants", mine.public_key())
    keep(folder, replace(log.whole, position=log.head), theirs)
    with pytest.raises(NotVerified, match="InvalidSignature"):
        find(folder, "grants", mine.public_key())
    keep(folder, log.whole, mine)
    path.rename(folder / "notifications.json")
    with pytest.raises(NotVerified, match="is of the log of grants"):
        find(folder, "notifications", mine.public_key())


def test_what_was_signed_while_it_was_looked_at_is_not_kept_as_looked_at(log: Log, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(log.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    first, second = read_signatures(log.folder, log.folder / PUBLIC_KEY)[0].made
    outside = Outside(folder=tmp_path / "verified", key=key)
    for at, kept in ((second.made_at, second), (first.made_at, first)):
        outside.keep({"grants": log.folder / PUBLIC_KEY}, {"grants": log.folder}, datetime.fromisoformat(at))
        assert find(tmp_path / "verified", "grants", log.key.public_key()).checkpoint == kept.number


def test_make_verify_keeps_how_far_and_goes_on_from_there(log: Log, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    outside = ("--verified", str(tmp_path / "verified"), "--verifier-key", str(key))
    with pytest.raises(SystemExit, match="verify the log of grants whole first"):
        said_by_make_verify(log, *outside, "--since-last")
    keep(tmp_path / "verified", log.whole, Outside.of(tmp_path, key, None).signing_key())
    code, said = said_by_make_verify(log, *outside, "--since-last")
    assert code == 0, said
    assert said.startswith(f"Of the log of grants, {log.whole.said()}.\nThe log of grants:\n")
    log.done(f"UPDATE grants.event SET data = data || ' ' WHERE position = {log.head}")
    code, said = said_by_make_verify(log, *outside, "--since-last")
    assert code == 1
    assert "changed" in said


def test_how_far_it_has_come_is_told(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SAID_EACH == 100_000
    monkeypatch.setattr("dev.verifying.following.SAID_EACH", 2)
    told: list[int] = []
    verify(log.database.reader_dsn, log.folder, log.folder / PUBLIC_KEY, say=told.append)
    assert told == list(range(2, log.head + 1, 2))


def said_by_make_verify(log: Log, *asked: str) -> tuple[object, str]:
    said, argv = io.StringIO(), sys.argv
    given = ["--dsn", log.database.reader_dsn, "--checkpoints", str(log.folder), *asked]
    sys.argv = ["verify", *given]
    try:
        with contextlib.redirect_stdout(said):
            make_verify.main()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            raise
        return ended.code, said.getvalue()
    finally:
        sys.argv = argv
    return 0, said.getvalue()
