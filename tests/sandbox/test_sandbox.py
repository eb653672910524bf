"""A file is read in a process of its own, within bounds, that leaves nothing behind and outlives nobody."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from services.calendar.patience import PATIENCE
from services.sandbox import Bounds, FileNotRead, FileTooCostly, Sandbox
from tests.patience import PATIENCE_SECONDS, until, wait_until
from tests.sandbox import readings
from tests.sandbox.readings import NoSuchFile, reading

STRICT = Bounds(seconds=1, memory_bytes=128 * 1024 * 1024, waiting=PATIENCE_SECONDS)


def using(story: Callable[[Sandbox], Awaitable[Any]], *, most: int = 1, bounds: Bounds = STRICT) -> Any:
    async def go() -> Any:
        sandbox = Sandbox(most, bounds=bounds)
        try:
            return await story(sandbox)
        finally:
            await sandbox.close()

    return asyncio.run(go())


def children(pid: int | None = None) -> set[int]:
    """The processes below this one, or another."""
    found, layer = set[int](), {pid or os.getpid()}
    while layer:
        below = set()
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) in layer and fields[0] != "Z":
                below.add(int(stat.parent.name))
        layer = below - found
        found |= below
    return found


def test_what_is_read_there_comes_over_and_so_does_a_refusal() -> None:
    async def story(sandbox: Sandbox) -> None:
        assert await sandbox.read(reading(readings.read), "blåbær".encode(), times=2) == {"text": "blåbærblåbær"}
        with pytest.raises(NoSuchFile, match="nothing in it") as refused:
            await sandbox.read(reading(readings.read), b"")
        assert refused.value.details == {"line": 1}

    using(story)


def test_no_file_meets_what_another_left_behind() -> None:
    async def story(sandbox: Sandbox) -> None:
        for name in (b"first", b"second"):
            assert await sandbox.read(reading(readings.remember), name) == [name.decode()]

    using(story)


@pytest.mark.parametrize(
    ("misbehaving", "refusal"),
    [
        (readings.spin, FileTooCostly),
        (readings.hog, FileTooCostly),
        (readings.abort, FileNotRead),
        (readings.kill_template, FileNotRead),
    ],
)
def test_whatever_a_file_does_it_is_refused_in_time_and_the_next_is_read(
    misbehaving: Callable[[bytes], Any], refusal: type[Exception]
) -> None:
    async def story(sandbox: Sandbox) -> None:
        with pytest.raises(refusal):
            await sandbox.read(reading(misbehaving), b"x")
        assert await sandbox.read(reading(readings.read), b"y") == {"text": "y"}

    using(story)


def test_nothing_is_written_from_there(tmp_path: Path) -> None:
    async def story(sandbox: Sandbox) -> None:
        with pytest.raises(FileNotRead):
            await sandbox.read(reading(readings.write_file), str(tmp_path / "written").encode())

    using(story)
    assert [file.read_bytes() for file in tmp_path.iterdir()] in ([], [b""])


def test_one_that_only_waits_is_ended_with_all_that_it_began() -> None:
    before = children()

    async def story(sandbox: Sandbox) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):  # it would wait for longer
            with pytest.raises(FileNotRead, match="within 1 seconds"):
                await sandbox.read(reading(readings.sleep), b"x")
        assert children() == before
        sandbox._bounds = STRICT  # of the one that never ends alone
        assert await sandbox.read(reading(readings.read), b"y") == {"text": "y"}

    using(story, bounds=Bounds(seconds=5, waiting=1))


def test_at_most_so_many_are_read_at_once_and_the_others_wait_their_turn() -> None:
    async def story(sandbox: Sandbox) -> None:
        before = children()
        texts = await asyncio.gather(*(sandbox.read(reading(readings.read), b"%d" % nth) for nth in range(8)))
        assert [each["text"] for each in texts] == [str(nth) for nth in range(8)]
        assert len(children() - before) == 2

    using(story, most=2, bounds=Bounds())


def test_closing_leaves_no_process_also_none_at_work() -> None:
    before = children()

    async def story(sandbox: Sandbox) -> None:
        working = asyncio.create_task(sandbox.read(reading(readings.sleep), b"x"))
        await until(lambda: len(children() - before) == 2)  # the template and the child that sleeps
        await sandbox.close()
        with pytest.raises(FileNotRead):
            await working

    using(story, bounds=Bounds())
    assert children() == before


SERVICE = """
import asyncio, sys
from services.sandbox import Sandbox
from tests.sandbox import readings

async def go():
    sandbox = Sandbox()
    await sandbox.read(readings.reading(readings.read), b"x")
    working = asyncio.create_task(sandbox.read(readings.reading(readings.sleep), b"x"))
    print("ready", flush=True)
    await working

asyncio.run(go())
"""


def test_it_dies_with_the_service_however_that_ended() -> None:
    service = subprocess.Popen([sys.executable, "-c", SERVICE], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert service.stdout is not None
    assert service.stdout.readline() == b"ready\n"
    below = wait_until(lambda: children(service.pid), lambda them: len(them) == 2)  # the template and the child
    service.send_signal(signal.SIGKILL)
    service.wait()
    service.stdout.close()
    wait_until(lambda: [pid for pid in below if Path(f"/proc/{pid}").exists()], lambda left: not left)


def test_nothing_of_the_service_is_there_to_be_reached() -> None:
    told = using(lambda sandbox: sandbox.read(reading(readings.surroundings), b"x"))
    # Python itself sets LC_CTYPE where there is no locale, and the tests their patience wherever they are imported.
    assert set(told["environment"]) <= {"LC_CTYPE", PATIENCE}
    assert (told["threads"], told["niceness"]) == (1, min(os.nice(0) + 10, 19))
    # Standard error is the service's own, whatever that is; all else is a pipe between the two.
    mine = str(Path("/proc/self/fd/2").readlink())
    assert [each for each in told["files"] if not each.startswith(("pipe:", "/proc")) and each != mine] == []
    assert told["session"] == told["template"] != os.getsid(0)


def test_no_descriptor_of_the_service_is_left_open_there_by_its_own_loop() -> None:
    """uvloop, which the service runs on, hands down what it does not close itself."""
    mine = socket.socket()
    mine.set_inheritable(True)

    async def story() -> Any:
        sandbox = Sandbox(1, bounds=STRICT)
        try:
            return await sandbox.read(reading(readings.surroundings), b"x")
        finally:
            await sandbox.close()

    with mine, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(story())
        inode = str(Path(f"/proc/self/fd/{mine.fileno()}").readlink())
    assert inode not in told["files"]
