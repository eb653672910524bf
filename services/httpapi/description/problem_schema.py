"""The one shape of every refusal (problem.py), as OpenAPI tells it."""

from http import HTTPStatus
from typing import Any

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; further members belong to the code.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "correlation_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string", "description": "Bokmål, for people."},
        "status": {"type": "integer", "minimum": HTTPStatus.BAD_REQUEST, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "correlation_id": {"type": "string"},
    },
    "additionalProperties": True,
    "examples": [
        {
            "type": "/problems/stale-version",
            "title": "Saken er endret siden du leste den",
            "status": HTTPStatus.PRECONDITION_FAILED.value,
            "detail": "Read it again, and decide on what it says now.",
            "instance": "/problems/stale-version/7c1f0c8e-5d0c-4f0e-9a59-0c6f7b1f2a11",
            "code": "stale-version",
            "correlation_id": "7c1f0c8e-5d0c-4f0e-9a59-0c6f7b1f2a11",
        }
    ],
}
