"""Who is written together: those who come back when they were answered together, never at the cost of one alone."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Semaphore
from uuid import uuid4

import pytest

from services.eventlog.command import Command, Outcome
from services.eventlog.writing import company
from services.eventlog.writing.writer import Row, Waiting, Writer
from tests.patience import PATIENCE_SECONDS

LONG = 2 * PATIENCE_SECONDS  # more than any of these tests takes, so that what did not wait is told from what did


class Watched(Writer):
    """A writer whose database is a test: it says how many came together, and answers them when it is let."""

    def __init__(self) -> None:
        self.came: SimpleQueue[int] = SimpleQueue()
        self.let = Semaphore(0)
        super().__init__("", "grants")

    def _send(self, together: Sequence[Waiting]) -> list[Outcome]:
        self.came.put(len(together))
        assert self.let.acquire(timeout=LONG)
        now = datetime.now(UTC)
        return [Outcome("recorded", each.command.id, 1, 1, now, None, None, None, None) for each in together]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(company, "SECONDS_BETWEEN", LONG)
    monkeypatch.setattr(company, "MOST_TOGETHER", 2)
    made = Watched()
    yield made
    made.let.release(9)
    made.close()


def submit(writer: Writer) -> Waiting:
    row = Row(f"case-{uuid4().hex}", 1, "test.moved.v1", b"{}", b"{}")
    waiting = Waiting(Command(actor="kari"), [row], None)
    writer.submit(waiting)
    return waiting


def test_whoever_comes_alone_is_not_kept_waiting(watched: Watched) -> None:
    for _ in range(3):
        alone = submit(watched)
        assert watched.came.get(timeout=PATIENCE_SECONDS) == 1
        watched.let.release()
        alone.caller.result(timeout=PATIENCE_SECONDS)


def test_those_who_come_back_are_written_together(watched: Watched) -> None:
    submit(watched)
    assert watched.came.get(timeout=PATIENCE_SECONDS) == 1
    submit(watched)  # it waits while the first is written: there is company
    watched.let.release()
    for _ in range(3):  # and from then on two by two, though each comes by itself
        submit(watched)
        assert watched.came.get(timeout=PATIENCE_SECONDS) == 2
        watched.let.release()
        submit(watched)


def test_nobody_waits_once_all_are_there(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "MOST_TOGETHER", 64)
    first = submit(watched)
    assert watched.came.get(timeout=PATIENCE_SECONDS) == 1
    both = [submit(watched)]  # it waits while the first is written, who comes back
    watched.let.release()
    first.caller.result(timeout=PATIENCE_SECONDS)
    both.append(submit(watched))
    for _ in range(3):
        assert watched.came.get(timeout=PATIENCE_SECONDS) == 2  # a third is not waited for
        watched.let.release()
        for each in both:
            each.caller.result(timeout=PATIENCE_SECONDS)
        both = [submit(watched), submit(watched)]


def test_nobody_waits_for_company_that_does_not_come(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "SECONDS_BETWEEN", 0.001)
    submit(watched)
    assert watched.came.get(timeout=PATIENCE_SECONDS) == 1
    late = submit(watched)
    watched.let.release(2)
    assert watched.came.get(timeout=PATIENCE_SECONDS) == 1
    late.caller.result(timeout=PATIENCE_SECONDS)


def test_what_waits_is_written_before_the_writer_closes(watched: Watched) -> None:
    submit(watched)
    assert watched.came.get(timeout=PATIENCE_SECONDS) == 1
    last = submit(watched)
    watched.let.release(2)
    watched.close()
    assert last.caller.done()
