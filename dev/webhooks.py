"""`python -m dev.webhooks`: writes what receivers outside are promised: `contracts/webhooks/` (a JSON Schema and an
example of each message), `contracts/asyncapi-webhooks.json`, and the signature vectors in
`contracts/webhook-vectors.json`, made by the service's own composer and signer."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dev.webhook_messages import AT, INSTANT, MESSAGE, MESSAGES, UUID_PATTERN, Told
from services.eventlog.feeds.feed import HASH
from services.inbox.contract import CONTRACTS
from services.notifications.webhook.sending.composing import MEDIA_TYPE, Content, compose
from services.notifications.webhook.sending.signing import Keys, seconds_of, signature

FOLDER = CONTRACTS / "webhooks"
ASYNCAPI = CONTRACTS / "asyncapi-webhooks.json"
VECTORS = CONTRACTS / "webhook-vectors.json"
GROWS = "Members may be added within a version; a receiver passes over those it does not know."
OLD, NEW = (Keys(secret=bytes([nth]) * 32, seed=bytes([nth + 1]) * 32) for nth in (1, 3))
TOLERANCE_SECONDS = 300
EXAMPLE_HASH = "5f2c" * 16


def files() -> Iterator[tuple[Path, str]]:
    """Every file and what stands in it."""
    for kind, told in MESSAGES.items():
        yield FOLDER / f"{kind}.schema.json", written(schema(kind, told))
        yield FOLDER / "examples" / f"{kind}.json", written(json.loads(example(kind, told)))
    yield ASYNCAPI, written(asyncapi())
    yield VECTORS, written(vectors())


def written(what: Any) -> str:
    return json.dumps(what, indent=2, ensure_ascii=False) + "\n"


def example(kind: str, told: Told) -> bytes:
    """The bytes as they are sent."""
    number = 412 if told.numbered else None
    stands = EXAMPLE_HASH if told.numbered else None
    content = Content(
        id=MESSAGE, type=kind, occurred_at=AT, sequence=number, subject=told.subject, data=told.data, hash=stands
    )
    return compose(content, 1)


def schema(kind: str, told: Told) -> Mapping[str, Any]:
    """The whole CloudEvent."""
    event: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "pattern": UUID_PATTERN, "description": "As in webhook-id, for every try of it."},
        "source": {"const": "/notifications"},
        "type": {"const": kind},
        "subject": {"type": "string", "description": "What it is about, as notice/<id>."},
        "time": {**INSTANT, "description": "When it happened, UTC."},
        "datacontenttype": {"const": "application/json"},
        "tilsagncontract": {"const": 1, "description": "The version of this format, pinned by the endpoint."},
    }
    if told.numbered:
        says = "Its number at this endpoint, as in the header tilsagn-sequence: from 1, without gaps."
        event["tilsagnsequence"] = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "description": says}
    data = {"as_of": INSTANT, **told.always}
    event["data"] = {"type": "object", "required": list(data), "properties": {**data, **told.sometimes}}
    required = list(event)
    if told.numbered:
        says = "What stands at its number: this message, chained by SHA-256 to all that were handed on before it."
        event[HASH] = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": says}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/contracts/webhooks/{kind}.schema.json",
        "title": told.title,
        "description": f"{told.says} {GROWS}",
        "type": "object",
        "required": required,
        "properties": event,
    }


def asyncapi() -> Mapping[str, Any]:
    """What is sent, to whom it is sent: AsyncAPI 3."""
    headers = {
        "type": "object",
        "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
        "properties": {
            "webhook-id": {"type": "string", "description": "The message's id: the same for every try of it."},
            "webhook-timestamp": {"type": "string", "description": "Seconds since 1970 of this try."},
            "webhook-signature": {"type": "string", "description": "v1 and v1a, each by every secret that signs."},
            "tilsagn-sequence": {"type": "string", "description": "Its number at this endpoint."},
        },
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Tilsagn: webhooks", "version": "1.0.0", "description": f"docs/webhooks.md. {GROWS}"},
        "defaultContentType": MEDIA_TYPE,
        "channels": {
            "endpoint": {
                "description": "The address an administrator registered; each message is a POST to it.",
                "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in MESSAGES},
            }
        },
        "operations": {
            "deliver": {
                "action": "send",
                "channel": {"$ref": "#/channels/endpoint"},
                "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
            }
        },
        "components": {
            "messages": {
                kind: {
                    "name": kind,
                    "title": told.title,
                    "summary": told.says,
                    "headers": headers,
                    "payload": {
                        "schemaFormat": "application/schema+json;version=2020-12",
                        "schema": {"$ref": f"./webhooks/{kind}.schema.json"},
                    },
                    "examples": [{"name": kind, "payload": json.loads(example(kind, told))}],
                }
                for kind, told in MESSAGES.items()
            }
        },
    }


def vectors() -> Mapping[str, Any]:
    """Signed messages a receiver must take, and others it must not. `now` is the receiver's clock."""
    return {
        "description": "Each vector is one request. `valid` is what a receiver must find by the keys named, at `now`,"
        f" with a tolerance of {TOLERANCE_SECONDS} seconds. v1 is HMAC-SHA256 by `secret`, v1a by `public_key`.",
        "tolerance_seconds": TOLERANCE_SECONDS,
        "vectors": [{"name": name, **vector} for name, vector in _vectors().items()],
    }


def _vectors() -> Mapping[str, Mapping[str, Any]]:
    body, now, id = example("notice.received", MESSAGES["notice.received"]), seconds_of(AT), str(MESSAGE)
    both = signature([NEW, OLD], id=id, timestamp=now, body=body)
    one = signature([OLD], id=id, timestamp=now, body=body)
    symmetric, asymmetric = one.split(" ")

    def vector(signatures: str, valid: bool, **other: Any) -> Mapping[str, Any]:
        plain: dict[str, Any] = {"id": id, "timestamp": str(now), "body": body.decode(), "now": now}
        keys: dict[str, Any] = {"secret": OLD.shared, "public_key": OLD.public, "kinds": ["v1", "v1a"]}
        return {**plain, "signature": signatures, **keys, "valid": valid, **other}

    def at(then: int) -> str:
        return signature([OLD], id=id, timestamp=then, body=body)

    changed = body.replace(b"2020-06-16", b"2020-06-15")
    short = base64.b64encode(base64.b64decode(symmetric[3:])[:16]).decode()
    unicode = '{"tittel":"Blåbærsyltetøy – 100 % «ren»"}'
    return {
        "one secret, both kinds": vector(one, True),
        "v1 alone": vector(symmetric, True, kinds=["v1"]),
        "v1a alone": vector(asymmetric, True, kinds=["v1a"]),
        "two secrets, the one before is known": vector(both, True),
        "two secrets, the new one is known": vector(both, True, secret=NEW.shared, public_key=NEW.public),
        "the valid one last": vector(f"v1,{'A' * 43}= v1a,{'A' * 86}== {one}", True),
        "the valid one first": vector(f"{one} v1,{'A' * 43}=", True),
        "v1a put first": vector(f"{asymmetric} {symmetric}", True),
        "a version nobody knows beside": vector(f"v9,{'A' * 43}= {one}", True),
        "letters beyond ASCII": vector(
            signature([OLD], id=id, timestamp=now, body=unicode.encode()), True, body=unicode
        ),
        "an empty body": vector(signature([OLD], id=id, timestamp=now, body=b""), True, body=""),
        "at the edge of the tolerance, old": vector(at(now - TOLERANCE_SECONDS), True, timestamp=str(now - 300)),
        "at the edge of the tolerance, ahead": vector(at(now + TOLERANCE_SECONDS), True, timestamp=str(now + 300)),
        "too old": vector(at(now - 301), False, timestamp=str(now - 301)),
        "from the future": vector(at(now + 301), False, timestamp=str(now + 301)),
        "time that is no number": vector(one, False, timestamp="2020-06-01T08:00:00Z"),
        "no time": vector(one, False, timestamp=""),
        "time changed": vector(one, False, timestamp=str(now + 1)),
        "body changed": vector(one, False, body=changed.decode()),
        "body with a space more": vector(one, False, body=body.decode() + " "),
        "another message's id": vector(one, False, id="00000000-0000-4000-8000-000000000000"),
        "signed with another secret": vector(signature([NEW], id=id, timestamp=now, body=body), False),
        "an empty secret": vector(one, False, secret="whsec_", public_key="whpk_"),
        "a signature cut short": vector(f"v1,{short}", False),
        "no signature": vector("", False),
        "a signature without its version": vector(symmetric[3:], False),
        "v1 said to be v1a": vector(symmetric.replace("v1,", "v1a,"), False),
    }


if __name__ == "__main__":
    (FOLDER / "examples").mkdir(parents=True, exist_ok=True)
    for path, told in files():
        path.write_text(told, encoding="utf-8")
