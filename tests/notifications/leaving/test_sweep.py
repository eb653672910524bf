"""The sweep: what has come to its time leaves, at once and not before, whatever is wrong with the others."""

from datetime import timedelta

import pytest

from services.notifications.gate.reading import GateReading
from services.notifications.release import sweep as sweeping
from tests.conftest import Database
from tests.notifications.leaving.parts import Parts, at_work, exempt_scheme, order
from tests.notifications.leaving.sweep import ordered
from tests.notifications.world import days, letter


def test_it_leaves_at_the_edge_and_not_an_instant_before(database: Database) -> None:
    async def story(parts: Parts) -> None:
        ordered(parts, "a")
        opens_at = parts.world.now + days(14) + timedelta(hours=15)  # from 9 on 1 March in Norway to 0 on 16 March
        parts.world.now = opens_at - timedelta(microseconds=1)
        parts.world.set_clock(parts.world.now)
        assert await parts.sweep().sweep() == 0
        parts.world.now = opens_at
        parts.world.set_clock(parts.world.now)
        assert await parts.sweep().sweep() == 1
        assert await parts.sweep().sweep() == 0
        assert (await parts.topics(letter("a")))[-1] == "letter.released.v1"

    at_work(database, story)


def test_clocks_that_disagree_stop_it_and_the_metric_tells(database: Database) -> None:
    async def story(parts: Parts) -> None:
        exempt_scheme(parts.world)
        order(parts.world, "a")
        wrong = parts.sweep(lambda: parts.world.now + timedelta(seconds=61))
        assert await wrong.sweep() == 0
        assert [wrong._stopped._value.get(), wrong._skew._value.get()] == [1, 61]
        borne = parts.sweep(lambda: parts.world.now + timedelta(seconds=60))
        assert await borne.sweep() == 1
        assert borne._stopped._value.get() == 0

    at_work(database, story)


def test_letters_that_stay_keep_no_others_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many as are read together cannot leave (their bytes are nowhere); the one after them does."""
    monkeypatch.setattr(sweeping, "TOGETHER", 3)

    async def story(parts: Parts) -> None:
        exempt_scheme(parts.world)
        for nth in range(6):
            order(parts.world, f"stays-{nth}")
        parts.world.now += timedelta(minutes=1)
        order(parts.world, "goes")
        kept = parts.files.find

        async def find(sha256: str) -> bytes | None:
            return await kept(sha256) if looked_at[-1] == letter("goes") else None

        looked_at: list[str] = []
        standing = GateReading.standing

        async def looking(reading: GateReading, item: str) -> object:
            looked_at.append(item)
            return await standing(reading, item)

        monkeypatch.setattr(GateReading, "standing", looking)
        monkeypatch.setattr(parts.files, "find", find)
        assert await parts.sweep().sweep() == 1
        assert len(looked_at) == 7
        assert (await parts.topics(letter("goes")))[-1] == "letter.released.v1"

    at_work(database, story)


def test_a_letter_that_cannot_even_be_read_keeps_no_others_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(parts: Parts) -> None:
        exempt_scheme(parts.world)
        for name in "abc":
            order(parts.world, name)
        standing = GateReading.standing

        async def broken(reading: GateReading, item: str) -> object:
            if item == letter("b"):
                raise KeyError(item)
            return await standing(reading, item)

        monkeypatch.setattr(GateReading, "standing", broken)
        assert await parts.sweep().sweep() == 2

    at_work(database, story)
