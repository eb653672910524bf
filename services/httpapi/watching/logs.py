"""One line of JSON for each record, whatever stands in it.

Line breaks, terminal codes and quotes come out escaped, so nobody can write a second record into the first. Tokens are
blanked. Of a failure we keep its kind and where it happened but not its message, which may quote what a person wrote;
for the same reason nothing here logs bodies, queries or raw paths.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from services.httpapi.correlation import correlation_id
from services.tracing import spans

_SECRETS = re.compile(r"eyJ[\w-]+\.[\w-]*\.[\w-]*|(?<=earer )[\w.~+/=-]{8,}", re.ASCII)
DEEPEST_FRAMES = 30

_requests_to: "logging.StreamHandler[TextIO] | None" = None


class JsonLines(logging.Formatter):
    """Members: time (UTC), level, logger, message, correlation_id, where it is traced trace_id and span_id, and those
    of `extra={"fields": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "correlation_id": correlation_id(),
            **_traced(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0]:
            kind, failure, trace = record.exc_info
            entry |= {"failure": kind.__qualname__, "at": _frames(trace)}
            if sqlstate := getattr(failure, "sqlstate", None):
                entry["sqlstate"] = sqlstate
        return _SECRETS.sub("[token]", json.dumps(entry, default=str))


def _traced() -> dict[str, str]:
    here = spans.ids()
    return {"trace_id": here[0], "span_id": here[1]} if here else {}


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-DEEPEST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def log_request(method: str, route: str, status: int, seconds: float) -> None:
    """The line every request leaves. Written by hand, a tenth of what a log record costs: `method` is one of a known
    few, `route` our own template and the correlation id plain, so that nothing here needs escaping but the template."""
    if _requests_to is None:
        return
    here = spans.ids()
    traced = f'"trace_id": "{here[0]}", "span_id": "{here[1]}", ' if here else ""
    line = (
        f'{{"time": "{datetime.now(UTC).isoformat(timespec="milliseconds")}", "level": "info", "logger": "access", '
        f'"message": "request", "correlation_id": "{correlation_id()}", {traced}"method": "{method}", '
        f'"route": {json.dumps(route)}, "status": {status}, "ms": {seconds * 1000:.2f}}}\n'
    )
    _requests_to.acquire()
    try:
        _requests_to.stream.write(line)
        _requests_to.flush()
    finally:
        _requests_to.release()


def configure_logs(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Every logger of the process, uvicorn's too, to one stream (standard output) as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    global _requests_to
    _requests_to = handler if root.isEnabledFor(logging.INFO) else None
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
