"""The thread through one request: the same id in the answer, in every log line, and with every event it led to."""

import re
import secrets
from collections.abc import Iterable
from contextvars import ContextVar

HEADER = b"x-correlation-id"
_PLAIN = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[str] = ContextVar("correlation_id", default="-")


def correlation_id() -> str:
    """The id of the request being served; "-" outside of one."""
    return _current.get()


def begin(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Takes up the caller's id when it is a plain one, else makes a new one.

    Anything else a caller could write there (line breaks, terminal codes, JSON, a megabyte) would end in our logs, so
    it is not cleaned but passed over.
    """
    for name, value in headers:
        if name == HEADER:
            found = value.decode("ascii") if _PLAIN.fullmatch(value) else secrets.token_hex(8)
            break
    else:
        found = secrets.token_hex(8)
    _current.set(found)
    return found
