"""Signed checkpoints outside the database: what they say, who may have written them, and when they are made."""

import asyncio
import json
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY, load_public_key, load_signing_key, verify
from services.eventlog.checkpoints.checkpointer import Checkpointer
from services.grants.balance.digest import read_digest
from tests.conftest import Database
from tests.eventlog.played import KEY, Played, played
from tests.patience import a_while, until


def checkpointer(year: Played, **settings: float) -> Checkpointer:
    return Checkpointer(
        year.database.service_dsn, year.checkpoints, KEY, log="grants", digest=read_digest, **settings  # type: ignore[arg-type]
    )  # fmt: skip


def written(year: Played) -> list[dict[str, object]]:
    return [json.loads(content) for content in year.checkpoints.contents()]


def test_a_checkpoint_says_what_stood_and_names_the_one_before(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        assert year.checkpointer.sign()
        year.live_through(1)
        assert year.checkpointer.sign()
        first, second = written(year)
        assert (first["number"], first["position"], second["number"], second["position"]) == (1, 1, 2, 6)
        assert first["log"] == "grants"
        assert first["balances"] != second["balances"]
        found, faults = verify(year.checkpoints.contents(), load_public_key(year.checkpoints.directory / PUBLIC_KEY))
        assert faults == []
        assert [made.position for made in found] == [1, 6]


def test_nothing_is_signed_when_nothing_is_new(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        assert year.checkpointer.sign() is None
        year.open_year()
        assert year.checkpointer.sign(2) is None
        assert year.checkpointer.sign()
        assert year.checkpointer.sign() is None
        assert len(written(year)) == 1


def test_two_processes_write_one_line_of_checkpoints(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        other = checkpointer(year)
        for number in range(1, 7):
            year.live_through(number) if number > 1 else year.open_year()
            (year.checkpointer if number % 2 else other).sign()
            assert other.sign() is None
        found, faults = verify(year.checkpoints.contents(), KEY.public_key())
        assert faults == []
        assert [made.number for made in found] == [1, 2, 3, 4, 5, 6]


def test_a_number_somebody_else_wrote_first_is_left_as_it_is(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        made = year.checkpointer.sign()
        assert made
        content = year.checkpoints.files()[0].read_bytes()
        assert year.checkpoints.add(made, Ed25519PrivateKey.generate()) is False
        assert year.checkpoints.files()[0].read_bytes() == content
        assert sorted(path.name for path in year.checkpoints.directory.iterdir()) == ["00000001.json", PUBLIC_KEY]


def test_it_is_made_after_so_many_events_and_at_the_end(database: Database, tmp_path: Path) -> None:
    async def serve(year: Played) -> None:
        background = checkpointer(year, every_events=5, every_seconds=3600.0, look_seconds=0.02)
        background.start()
        year.open_year()
        year.live_through(1)
        await until_written(year, 1)
        assert [made["number"] for made in written(year)] == [1]
        year.live_through(2)
        await background.stop()
        assert written(year)[-1]["position"] == 11

    with played(database, tmp_path) as year:
        asyncio.run(serve(year))


async def until_written(year: Played, number: int) -> None:
    await until(lambda: written(year), lambda them: len(them) >= number)


NEVER = {"every_seconds": 3600.0, "look_seconds": 3600.0}


def test_what_stands_unsigned_is_signed_when_the_service_starts_and_only_then(
    database: Database, tmp_path: Path
) -> None:
    async def serve(year: Played, number: int) -> None:
        background = checkpointer(year, **NEVER)
        background.start()
        await until_written(year, number)
        await background.stop()

    with played(database, tmp_path) as year:
        year.open_year()
        asyncio.run(serve(year, 1))
        asyncio.run(serve(year, 1))  # nothing is new
        year.live_through(1)
        asyncio.run(serve(year, 2))
        assert [made["number"] for made in written(year)] == [1, 2]


def test_the_first_facts_of_a_new_log_are_signed_without_waiting(database: Database, tmp_path: Path) -> None:
    async def serve(year: Played) -> None:
        background = checkpointer(year, **NEVER)
        background.start()
        await a_while()
        assert written(year) == []
        year.open_year()
        await until_written(year, 1)
        await background.stop()

    with played(database, tmp_path) as year:
        asyncio.run(serve(year))


def test_a_log_that_does_not_verify_raises_the_alarm_and_ends_nothing(database: Database, tmp_path: Path) -> None:
    async def serve(year: Played, seen: Callable[[Checkpointer], Awaitable[object]]) -> str | None:
        background = checkpointer(year, every_seconds=0.01, look_seconds=0.01)
        background.start()
        await seen(background)
        await background.stop()
        return background.alarm

    with played(database, tmp_path) as year:
        year.open_year()
        year.checkpointer.sign()
        assert asyncio.run(serve(year, lambda _: a_while())) is None
        last = year.checkpoints.files()[0]
        last.write_bytes(last.read_bytes().replace(b'"position":1', b'"position":2'))
        assert "checkpoint" in (asyncio.run(serve(year, lambda its: until(lambda: its.alarm))) or "")


def test_keys_are_read_from_pem_files_and_only_the_right_kind(tmp_path: Path) -> None:
    private = tmp_path / "key.pem"
    private.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert load_signing_key(private).public_key() == KEY.public_key()
    with pytest.raises(ValueError, match="key"):
        load_public_key(private)


def test_everybody_may_read_what_is_published(database: Database, tmp_path: Path) -> None:
    with played(database, tmp_path) as year:
        year.open_year()
        year.checkpointer.sign()
        for path in year.checkpoints.directory.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o644
