"""What `make run` does beside starting: keeps a worker up, and lets a developer's own receiver be reached too."""

import subprocess
import sys
from pathlib import Path

import pytest

from dev.kept_up import KeptWorker
from dev.shown_webhook import ALLOWED, Receiving
from dev.state import State
from services.notifications.receiver.addresses import read_allowed


def ended(code: str) -> "subprocess.Popen[bytes]":
    child = subprocess.Popen([sys.executable, "-c", code])
    child.wait()
    return child


def test_a_worker_that_was_killed_is_started_again_and_told_of() -> None:
    said: list[str] = []
    started: list[int] = []

    def start() -> "subprocess.Popen[bytes]":
        started.append(1)
        return ended("pass")

    killed = ended("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    worker = KeptWorker("grants-worker", killed, start, lambda: "the end of its log", said.append)
    worker.look()
    assert said == ["grants-worker ended by itself (-9). Starting another ...\nthe end of its log"]
    worker.look()
    assert len(started) == 1, "another is started five seconds after at the earliest"


def test_a_worker_that_runs_is_left_alone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        KeptWorker("grants-worker", child, lambda: pytest.fail("it runs"), str, pytest.fail).look()
    finally:
        child.kill()
        child.wait()


def test_a_developers_own_receiver_is_allowed_beside_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receiving = Receiving(State(tmp_path), 8003)
    monkeypatch.delenv(ALLOWED, raising=False)
    assert receiving.allowed == {ALLOWED: "http://127.0.0.1/32:8003"}
    monkeypatch.setenv(ALLOWED, "http://127.0.0.1/32:9000, https://hook.intern:443")
    told = receiving.allowed[ALLOWED].split()
    assert told == ["http://127.0.0.1/32:9000", "https://hook.intern:443", "http://127.0.0.1/32:8003"]
    assert [read_allowed(each).port for each in told] == [9000, 443, 8003]
