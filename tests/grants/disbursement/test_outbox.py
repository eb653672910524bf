"""A batch's file is in the outbox once, whole, under its own name, whatever happens on the way."""

from hashlib import sha256
from pathlib import Path

import pytest

from services.grants.disbursement.batch.accounting import AnotherFileThere, FileOutbox
from services.grants.disbursement.batch.payment_file import PaymentFile


def file_of(content: bytes) -> PaymentFile:
    return PaymentFile(name="tilsagn-2020-03-01-x.jsonl", content=content, sha256=sha256(content).hexdigest())


def test_a_file_handed_over_twice_is_there_once(tmp_path: Path) -> None:
    outbox, file = FileOutbox(tmp_path), file_of(b"one\n")
    outbox.hand_over(file)
    outbox.hand_over(file)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {file.name: b"one\n"}


def test_another_file_of_that_name_is_not_written_over(tmp_path: Path) -> None:
    FileOutbox(tmp_path).hand_over(file_of(b"one\n"))
    with pytest.raises(AnotherFileThere):
        FileOutbox(tmp_path).hand_over(file_of(b"two\n"))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"one\n"]


def test_what_a_killed_process_left_behind_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".tilsagn-2020-03-01-x.jsonl.0123456789abcdef.part").write_bytes(b"on")
    FileOutbox(tmp_path).hand_over(file_of(b"one\n"))
    assert [path.name for path in tmp_path.iterdir()] == ["tilsagn-2020-03-01-x.jsonl"]


def test_only_the_owner_and_the_group_read_it(tmp_path: Path) -> None:
    FileOutbox(tmp_path).hand_over(file_of(b"one\n"))
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o007 == 0


def test_a_directory_that_is_not_there_is_a_failure_to_try_again(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        FileOutbox(tmp_path / "gone").hand_over(file_of(b"one\n"))
