"""What FastAPI cannot see for itself: the headers a command takes, which our own dependencies read."""

from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant

from services.httpapi.commands.etag import expected_version
from services.httpapi.commands.idempotency import idempotency_key

HEADERS: dict[Any, dict[str, Any]] = {
    expected_version: {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "description": "The ETag last read: the version this builds on. Another version is refused with 412."
        " `W/` before it, as a proxy that compresses puts it, is passed over: the version is the same.",
        "schema": {"type": "string", "maxLength": 12, "pattern": '^"(0|[1-9][0-9]{0,9})"$'},
    },
    idempotency_key: {
        "in": "header",
        "name": "Idempotency-Key",
        "required": True,
        "description": "A value of the client's own, the same when it tries again: then it is done once.",
        "schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]([ -~]{0,253}[!-~])?$"},
    },
}


def headers_of(dependant: Dependant) -> list[dict[str, Any]]:
    """The headers an operation demands, as OpenAPI parameters."""
    called = set(_calls(dependant))
    return [parameter for call, parameter in HEADERS.items() if call in called]


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
