"""Being asked to stop, in whatever way, is one thing: the exception `Stopped`, raised where the work stands."""

import os
import signal
import threading
import time
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop."""


def watch_for_stop(*, with_parent: bool) -> None:
    """Turn a signal to stop, and the end of who called us, into `Stopped`. A second one changes nothing."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in SIGNALS:
        signal.signal(each, stop)
    if with_parent:
        threading.Thread(target=follow_parent, args=(os.getppid(),), daemon=True).start()


def follow_parent(parent: int) -> None:
    """Ask ourselves to stop when the process that called us is gone."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
