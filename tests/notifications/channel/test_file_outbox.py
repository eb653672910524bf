"""The file outbox: a sending is there whole, once; its receipt is read as it is written, or not at all."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notifications.channel.file_outbox import FileOutbox
from services.notifications.channel.port import Arrived, CannotTell, Lost, NotSent, Sent
from tests.notifications.channel.envelopes import KEY, LETTER, envelope


def test_a_sending_is_a_folder_with_the_very_bytes_and_whom_they_are_for(tmp_path: Path) -> None:
    assert asyncio.run(FileOutbox(tmp_path).send(envelope())) == Sent(reference=KEY)
    assert (tmp_path / KEY / LETTER.name).read_bytes() == LETTER.content
    told = json.loads((tmp_path / KEY / "message.json").read_text(encoding="utf-8"))
    assert told["receiver"]["organisation_number"] == "974760673"
    assert told["files"][0]["name"] == LETTER.name
    assert list((tmp_path / "unfinished").iterdir()) == []


def test_the_same_key_again_sends_nothing_more(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    asyncio.run(outbox.send(envelope()))
    before = (tmp_path / KEY).stat().st_mtime_ns
    assert asyncio.run(outbox.send(envelope())) == Sent(reference=KEY)
    assert (tmp_path / KEY).stat().st_mtime_ns == before


def test_what_was_carried_on_is_not_sent_again(tmp_path: Path) -> None:
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / f"{KEY}.json").write_text(
        '{"delivered_at": "2020-05-20T06:40:03Z", "evidence": "kvittert"}'
    )
    outbox = FileOutbox(tmp_path)
    assert asyncio.run(outbox.find(KEY)) == Sent(reference=KEY)
    asyncio.run(outbox.send(envelope()))
    assert not (tmp_path / KEY).exists()


def test_what_a_killed_sender_left_half_written_is_begun_anew(tmp_path: Path) -> None:
    half = tmp_path / "unfinished" / KEY
    half.mkdir(parents=True)
    (half / LETTER.name).write_bytes(b"%PDF")
    outbox = FileOutbox(tmp_path)
    assert asyncio.run(outbox.find(KEY)) is None
    asyncio.run(outbox.send(envelope()))
    assert (tmp_path / KEY / LETTER.name).read_bytes() == LETTER.content


def test_tries_of_one_sending_at_once_leave_it_there_whole(tmp_path: Path) -> None:
    """Each clears what an earlier try left half written; none may clear what another is writing."""

    async def at_once(key: str) -> None:
        tries = (FileOutbox(tmp_path).send(envelope(key=key)) for _ in range(8))
        assert await asyncio.gather(*tries) == [Sent(reference=key)] * 8
        assert sorted(file.name for file in (tmp_path / key).iterdir()) == ["message.json", LETTER.name]

    for number in range(20):
        asyncio.run(at_once(f"{KEY}-{number}"))


def test_an_outbox_that_cannot_be_written_sends_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the directory should be")
    with pytest.raises(NotSent) as refused:
        asyncio.run(FileOutbox(tmp_path / "outbox").send(envelope()))
    assert not refused.value.lasting


def test_a_receipt_says_when_the_receiver_had_it(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    asyncio.run(outbox.send(envelope()))
    assert asyncio.run(outbox.follow(KEY, KEY)) is None
    (tmp_path / "receipts").mkdir()
    receipt = tmp_path / "receipts" / f"{KEY}.json"
    receipt.write_text('{"delivered_at": "2020-05-20T08:40:03+02:00", "evidence": "SvarUt LEST"}')
    at = datetime(2020, 5, 20, 6, 40, 3, tzinfo=UTC)
    assert asyncio.run(outbox.follow(KEY, KEY)) == Arrived(at=at, evidence="SvarUt LEST")
    receipt.write_text('{"problem": "ukjent mottaker"}')
    assert asyncio.run(outbox.follow(KEY, KEY)) == Lost(problem="ukjent mottaker")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        "{}",
        '{"delivered_at": "i går"}',
        '{"delivered_at": "2020-05-20T08:40:03", "evidence": "uten sone"}',
        '{"delivered_at": "2020-05-20T08:40:03Z", "evidence": ""}',
        '{"delivered_at": "2020-05-20T08:40:03Z"}',
    ],
)
def test_a_receipt_that_makes_no_sense_is_no_receipt(tmp_path: Path, written: str) -> None:
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / f"{KEY}.json").write_text(written)
    with pytest.raises(CannotTell):
        asyncio.run(FileOutbox(tmp_path).follow(KEY, KEY))
