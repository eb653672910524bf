"""`python -m dev.asyncapi`: writes contracts/asyncapi-<service>.json (AsyncAPI 3): what each service's feed tells, and
what the service hears of the other's. Made from the schemas, the examples and the code's own lists of both."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from dev.openapi import FILES as OPENAPI
from services.eventlog.feeds.feed import HASH, LONGEST_WAIT_SECONDS, MOST
from services.eventlog.feeds.places import PATTERN
from services.grants.wiring import HEARD as HEARD_BY_GRANTS
from services.inbox.contract import CONTRACTS, PREFIX
from services.notifications.grants_feed.inbox import heard

FILES = {name: CONTRACTS / f"asyncapi-{name}.json" for name in OPENAPI}
HEARS: Mapping[str, tuple[str, Collection[str]]] = {
    "grants": ("notifications", HEARD_BY_GRANTS),
    "notifications": ("grants", heard("file-outbox")),
}
PORTS = {"grants": 8000, "notifications": 8001}
SCHEMA_FORMAT = "application/schema+json;version=2020-12"
GROWS = (
    "CloudEvents 1.0, read by asking. Fields are only ever added within a version; a reader passes over types and"
    " fields it does not know."
)


def description(name: str) -> str:
    """The service's AsyncAPI as committed: sorted, so that a change shows as a change."""
    return json.dumps(document(name), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def document(name: str) -> dict[str, Any]:
    """What the service sends, by its own feed, and receives, by the other's."""
    other, types = HEARS[name]
    theirs = sorted(each.removeprefix(PREFIX) for each in types)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Tilsagn: {name}", "version": "1.0.0", "description": GROWS},
        "defaultContentType": "application/cloudevents+json",
        "servers": {each: server(each) for each in (name, other)},
        "channels": {
            "feed": channel(name, {each: f"#/components/messages/{each}" for each in types_of(name)}),
            "heard": channel(other, {each: f"./asyncapi-{other}.json#/components/messages/{each}" for each in theirs}),
        },
        "operations": {
            "tell": operation("send", "feed", f"Everything the {name} service tells, in the order of its log."),
            "hear": operation("receive", "heard", f"What the {name} service acts on. It passes over the rest."),
        },
        "components": {
            "messages": {each: message(name, each) for each in types_of(name)},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def types_of(name: str) -> list[str]:
    """Every type the service tells, with its version."""
    return sorted(path.name.removesuffix(".schema.json") for path in (CONTRACTS / name).glob("*.schema.json"))


def server(name: str) -> dict[str, Any]:
    return {
        "host": f"localhost:{PORTS[name]}",
        "protocol": "http",
        "description": "As `make run` starts it. A deployment names its own.",
        "security": [{"$ref": "#/components/securitySchemes/bearer"}],
    }


def channel(of: str, messages: Mapping[str, str]) -> dict[str, Any]:
    return {
        "address": "/v1/feed",
        "servers": [{"$ref": f"#/servers/{of}"}],
        "messages": {each: {"$ref": place} for each, place in messages.items()},
    }


def operation(action: str, place: str, summary: str) -> dict[str, Any]:
    query = {
        "type": "object",
        "properties": {
            "after": {"type": "integer", "minimum": 0, "description": "The position read to: Next-After, or an id."},
            "hash": {
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
                "description": f"What stood there: Next-Hash, or a message's {HASH}. Otherwise 409, log-diverged.",
            },
            "place": {
                "type": "string",
                "pattern": PATTERN,
                "description": "Next-Place, instead of after and hash. Where this log lacks it: 409, log-diverged, with"
                " the last position in common (last_common) and the place to go on from it with.",
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST},
            "wait": {"type": "integer", "minimum": 0, "maximum": int(LONGEST_WAIT_SECONDS), "description": "Seconds."},
        },
    }
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{place}"},
        "summary": summary,
        "bindings": {"http": {"method": "GET", "query": query, "bindingVersion": "0.3.0"}},
    }


def message(source: str, kind: str) -> dict[str, Any]:
    """One message: its schema by reference, its examples as they are committed."""
    schema = read(CONTRACTS / source / f"{kind}.schema.json")
    examples = {path.stem: read(path) for path in sorted((CONTRACTS / source / "examples").glob("*.json"))}
    return {
        "name": f"{PREFIX}{kind}",
        "title": schema["title"],
        "description": schema["description"],
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{source}/{kind}.schema.json"}},
        "examples": [
            {"name": name, "payload": example}
            for name, example in examples.items()
            if example["type"] == f"{PREFIX}{kind}"
        ],
    }


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for each, path in FILES.items():
        path.write_text(description(each), encoding="utf-8")
