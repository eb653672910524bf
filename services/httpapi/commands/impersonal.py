"""Commands that tell of a person: what is kept beside them tells nothing of who it was."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request

from services.httpapi.callers.admission import identify
from services.httpapi.commands.idempotency import Idempotency, IdempotencyKey, request_hash


def without(*personal: str) -> Callable[[Request, Idempotency], Awaitable[IdempotencyKey]]:
    """A dependency: the command's key, with the request hashed as if it said only *that* there is something in these
    fields of its body. A hash of somebody's name and number can be guessed back; that the person is the same is known
    from their row."""

    async def impersonal(request: Request, key: Idempotency) -> IdempotencyKey:
        document = request.scope.get("state", {}).get("document")
        told = [name for name in personal if isinstance(document, dict) and document.get(name) is not None]
        if not told:
            return key
        content = json.dumps(
            {**document, **dict.fromkeys(told, True)}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        caller, scope = await identify(request), request.scope
        hashed = request_hash(
            caller.subject, scope["method"], scope["path"], scope["query_string"], content.encode("utf-8", "replace")
        )
        return IdempotencyKey(key.key, hashed)

    return impersonal
