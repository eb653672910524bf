"""What the process logs while a test runs, as it would stand in the file."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from services.httpapi.watching.logs import configure_logs

ROOT = logging.getLogger()


@contextmanager
def logged_meanwhile() -> Iterator[io.StringIO]:
    """Every line of it; afterwards the process logs as it did before."""
    handlers, level = ROOT.handlers[:], ROOT.level
    stream = io.StringIO()
    configure_logs(stream=stream)
    try:
        yield stream
    finally:
        ROOT.handlers[:] = handlers
        ROOT.setLevel(level)
