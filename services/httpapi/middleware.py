"""What every request passes on its way in and out, in one thin layer: its correlation id, the headers that keep a
browser careful, one line in the log, one count, one span where requests are traced. It is also where a failure nobody
foresaw becomes a plain 500.
"""

import logging
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter

from opentelemetry.trace import Span
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.eventlog.refusal import Refusal
from services.httpapi.correlation import HEADER, begin
from services.httpapi.problem import on_refusal, unexpected
from services.httpapi.watching.logs import log_request
from services.httpapi.watching.metrics import METHODS, RequestMetrics
from services.process.schema import Schemas
from services.tracing import spans

CLIENT_WENT_AWAY = 499
INTERNAL = "/internal/"

CAREFUL_BROWSER = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

log = logging.getLogger(__name__)


class Doorway:
    """Pure ASGI and lean: it costs every request, so it adds one function call to each message sent and no more.

    What an answer says of itself stands: a page with a policy of its own gets no second one, for a browser holds a page
    to both.

    While the schema serves this code no more, nobody is let in but who asks how we do, and each is told why, with 503.
    So is whoever met it first, before anybody had looked."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics, schemas: Schemas | None = None) -> None:
        self.app, self.metrics, self.schemas = app, metrics, schemas

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        added = [(HEADER, begin(scope["headers"]).encode()), *CAREFUL_BROWSER]
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(header for header in added if header[0] not in said)]
            await send(message)

        unserved = self.schemas.refused if self.schemas else None
        with _span_of(scope) as span:
            try:
                if unserved is not None and not scope["path"].startswith(INTERNAL):
                    await _refuse(unserved, scope, receive, send_on)
                else:
                    await self.app(scope, receive, send_on)
            except ClientDisconnect:
                status = CLIENT_WENT_AWAY
            except Exception:
                log.exception("unexpected failure")
                if status:
                    raise
                if self.schemas and (refusal := await self.schemas.find_refusal()) is not None:
                    await _refuse(refusal, scope, receive, send_on)
                else:
                    await unexpected()(scope, receive, send_on)
            finally:
                self._note(scope, status or CLIENT_WENT_AWAY, perf_counter() - began, span)

    def _note(self, scope: Scope, status: int, seconds: float, span: Span | None) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        route = route_template(scope)
        self.metrics.count(method, route, status, seconds)
        log_request(method, route, status, seconds)
        if span is not None:
            spans.answered(span, method, route, status)


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """As the service tells any refusal: as a problem, or as a page."""
    handler = scope["app"].exception_handlers.get(Refusal, on_refusal)
    answer = await handler(Request(scope, receive), refusal)
    await answer(scope, receive, send)


def _span_of(scope: Scope) -> AbstractContextManager[Span | None]:
    """The request's span, within the caller's trace if it told one. Who asks how we do is not traced."""
    if not spans.is_on() or scope["path"].startswith(INTERNAL):
        return nullcontext()
    return spans.request(scope["headers"])


def route_template(scope: Scope) -> str:
    """`/v1/cases/{case_id}` for whatever case was asked for; "unmatched" where no route is."""
    return getattr(scope.get("route"), "path", None) or "unmatched"
