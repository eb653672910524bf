"""The same command sent twice is done once.

Here the key is read and the request reduced to a hash; the log stores both in the transaction of the append, so that
key and effect cannot come apart. Draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from services.httpapi.callers.admission import identify
from services.httpapi.problem import HttpRefusal

_KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")


class IdempotencyKeyMissing(HttpRefusal):
    code = "idempotency-key-missing"
    status = 400
    title = "Idempotency-Key mangler"


class IdempotencyKeyMalformed(HttpRefusal):
    code = "idempotency-key-malformed"
    status = 400
    title = "Idempotency-Key kan ikke leses"


class IdempotencyKeyReused(HttpRefusal):
    """The key belongs to another request. Doing either would be a guess."""

    code = "idempotency-key-reused"
    status = 422
    title = "Idempotency-Key er brukt til noe annet"


class AnswerNoLongerKept(HttpRefusal):
    """The command was recorded, longer ago than answers are kept. It is not done again."""

    code = "answer-no-longer-kept"
    status = 410
    title = "Svaret er ikke lenger lagret"


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The client's key, the SHA-256 of what it was sent with, and what that says: the members of the JSON it held,
    or of the query where it held none."""

    key: str
    request_hash: bytes
    stated: Mapping[str, Any] = field(default_factory=dict, compare=False)


async def idempotency_key(request: Request) -> IdempotencyKey:
    """The key of this command; the hash covers subject, method, address and body, so that a repeat is told from
    another command under the same key. JSON counts by its content, not its spacing."""
    given = request.headers.getlist("idempotency-key")
    if not given:
        raise IdempotencyKeyMissing("Send Idempotency-Key with a value of your own, the same when you try again.")
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise IdempotencyKeyMalformed("Idempotency-Key takes one value of 1 to 255 printable ASCII characters.")
    caller = await identify(request)
    scope, content = request.scope, await _content(request)
    hashed = request_hash(caller.subject, scope["method"], scope["path"], scope["query_string"], content)
    return IdempotencyKey(given[0], hashed, _stated(request))


Idempotency = Annotated[IdempotencyKey, Depends(idempotency_key)]


def request_hash(subject: str, method: str, path: str, query: bytes, content: bytes) -> bytes:
    """SHA-256 over the parts, each preceded by its length so that none can run into the next."""
    digest = hashlib.sha256()
    for part in (subject.encode(), method.encode(), path.encode(), query, content):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def _stated(request: Request) -> Mapping[str, Any]:
    document = request.scope.get("state", {}).get("document")
    return document if isinstance(document, dict) else dict(request.query_params)


async def _content(request: Request) -> bytes:
    document = request.scope.get("state", {}).get("document")
    if document is None:
        return await request.body()
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
