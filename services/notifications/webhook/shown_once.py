"""A secret beside the answer that made it: shown for some minutes, and kept nowhere with the answer."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from starlette.responses import Response

from services.eventlog.log import Log
from services.httpapi.commands.encoding import JsonResponse
from services.notifications.webhook.events import EndpointRegistered, EndpointSecretRotated
from services.notifications.webhook.rules import fold, stream_of
from services.notifications.webhook.sending.sealing import Secrets

SHOWN_FOR = timedelta(minutes=10)
"""How long a secret is shown to whoever repeats the command that made it, for want of the first answer."""
NO_STORE = {"Cache-Control": "no-store"}


async def with_secret(log: Log, secrets: Secrets, now: Callable[[], datetime], response: Response) -> Response:
    """The answer, and the secret of the row it names beside it: while it is the last, and was made just now."""
    told = json.loads(bytes(response.body))
    if "public_key" not in told:
        return response
    history = await log.load(stream_of(UUID(told["id"])))
    made = [each for each in history.recorded if isinstance(each.event, EndpointRegistered | EndpointSecretRotated)]
    endpoint = fold(history.facts)
    assert endpoint.secret is not None
    is_last = endpoint.secret.public_key == told["public_key"] and not endpoint.deleted
    is_new = now() - made[-1].recorded_at < SHOWN_FOR
    told["secret"] = (await secrets.open(endpoint.secret.id)).shared if is_last and is_new else None
    headers = {name: value for name, value in response.headers.items() if name in ("etag", "location")}
    return JsonResponse(told, response.status_code, headers | NO_STORE)
