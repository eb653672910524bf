"""Processes we start must not outlive us, also when we are killed without a word."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from dev.account import as_account

PR_SET_PDEATHSIG = 1


def start_child(
    command: Sequence[str | Path],
    *,
    last_signal: signal.Signals,
    log: IO[bytes],
    account: pwd.struct_passwd | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    handed: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process of our own in a session of its own, so that a Ctrl-C reaches us first and we decide the order.

    Where the kernel can (Linux), the child gets `last_signal` the moment we die, however we die. Call from the main
    thread: the kernel counts the thread that started it as the parent. `handed` are file descriptors that it keeps.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def follow_parent() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(last_signal))
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        env=None if environment is None else dict(environment),
        cwd=directory,
        pass_fds=handed,
        start_new_session=True,
        preexec_fn=follow_parent,
        **as_account(account),
    )


def end_child(child: subprocess.Popen[bytes], *, ask: signal.Signals, insist: signal.Signals, seconds: float) -> None:
    """Ask it to end, wait, and insist if it does not. Returns when it has ended."""
    if child.poll() is not None:
        return
    child.send_signal(ask)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(insist)
        child.wait()
