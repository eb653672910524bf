"""How we say no over HTTP: one shape (RFC 9457) for every refusal, so that a front-end needs to read only one.

Front-ends may rely on `code` and `status`; `title` is bokmål for people; `detail` says what to do. Nothing here
repeats what the caller wrote: an answer that echoes its question is how a page, a log or a terminal gets somebody
else's script. No cache keeps a refusal: what is refused now may be right when it is asked again.
"""

import json
import logging
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import psycopg
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from services.eventlog.connections.standby import NotThePrimary
from services.eventlog.mapper import UnknownTopic
from services.eventlog.node import ReadOnlyNode
from services.eventlog.refusal import Refusal
from services.eventlog.writing.writer import AnswerLost, WriterClosed
from services.httpapi.correlation import correlation_id

MEDIA_TYPE = "application/problem+json"
SPEAKABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", re.ASCII)
SHOWN_ERRORS = 50
RETRY_SECONDS = "5"
"""When to try again what says nothing more exact of it."""

log = logging.getLogger(__name__)


class HttpRefusal(Refusal):
    """A refusal of the HTTP floor itself, which may have to add headers to its answer."""

    headers: ClassVar[tuple[tuple[str, str], ...]] = ()


class RequestInvalid(HttpRefusal):
    code = "request-invalid"
    status = 422
    title = "Forespørselen er ikke gyldig"


class NotFound(HttpRefusal):
    """Nothing here by that name. Rooms raise it for a post, letter or case that does not exist."""

    code = "not-found"
    status = 404
    title = "Finnes ikke"


class Unavailable(HttpRefusal):
    """What we stand on does not answer now. Nothing was done, or the idempotency key tells; trying again is right."""

    code = "database-unavailable"
    status = 503
    title = "Tjenesten er utilgjengelig akkurat nå"
    headers = (("Retry-After", "2"),)


class StatementTimeout(Unavailable):
    code = "statement-timeout"
    title = "Forespørselen tok for lang tid"


class DatabaseBusy(Unavailable):
    code = "database-busy"
    title = "Tjenesten er opptatt akkurat nå"
    headers = (("Retry-After", "1"),)


class NewerFacts(Unavailable):
    """Another version of this service has recorded what this one does not know. Acting without it would be a guess."""

    code = "newer-facts"
    title = "Saken har opplysninger fra en nyere versjon av tjenesten"


class Unexpected(HttpRefusal):
    code = "unexpected"
    status = 500
    title = "Noe gikk galt hos oss"


def problem(refusal: Refusal) -> Response:
    """The refusal as application/problem+json."""
    headers = dict(refusal.headers) if isinstance(refusal, HttpRefusal) else {}
    if refusal.status == 503:
        headers.setdefault("Retry-After", RETRY_SECONDS)
    return _render(refusal.code, refusal.status, refusal.title, refusal.detail, refusal.details, headers)


def _render(
    code: str, status: int, title: str, detail: str, details: Mapping[str, Any], headers: Mapping[str, str]
) -> Response:
    """Details never overrule the members everybody relies on."""
    correlation = correlation_id()
    document = {
        **details,
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": f"/problems/{code}/{correlation}",
        "code": code,
        "correlation_id": correlation,
    }
    body = json.dumps(document, ensure_ascii=False, default=_told).encode("utf-8", "replace")
    return Response(body, status, {"Cache-Control": "no-store", **headers}, MEDIA_TYPE)


def _told(value: object) -> str:
    """What JSON has no word for: instants as RFC 3339 in UTC, the rest as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


def unexpected() -> Response:
    """What is told of our own mistake: that it is ours, and the id to find it by."""
    return problem(Unexpected("The failure is recorded. Quote the correlation id when you report it."))


async def on_refusal(_: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return problem(refusal)


async def on_invalid_request(_: Request, failure: Exception) -> Response:
    """Where each fault is and what is wrong there, never what stood there."""
    assert isinstance(failure, RequestValidationError)
    faults = failure.errors()
    return problem(
        RequestInvalid(
            "Some fields are missing, unknown or not of the form asked for; see errors.",
            errors=[{"where": where(fault["loc"]), "what": what(fault)} for fault in faults[:SHOWN_ERRORS]],
            errors_total=len(faults),
        )
    )


def where(location: Sequence[Any]) -> list[str | int]:
    """The path to the fault. A key the caller made up is named only when it looks like a name."""
    return [step if isinstance(step, int) or SPEAKABLE.fullmatch(str(step)) else "?" for step in location]


def what(fault: Mapping[str, Any]) -> str:
    """The fault in words. Pydantic's own sentences tell limits and forms; those that quote the input are replaced."""
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return str(context["error"])
    if kind == "union_tag_invalid":
        return f"is none of {context['expected_tags']}"
    return "is not of the form asked for" if kind.endswith("_parsing") else str(fault["msg"])


async def on_http_exception(request: Request, failure: Exception) -> Response:
    """No such path, no such method, and whatever else the framework refuses by status alone."""
    assert isinstance(failure, HTTPException)
    code, title, detail = STATUS_WORDS.get(failure.status_code, STATUS_WORDS[400])
    headers = {"Allow": ", ".join(list_methods(request))} if failure.status_code == 405 else failure.headers or {}
    return _render(code, failure.status_code, title, detail, {}, headers)


def list_methods(request: Request) -> list[str]:
    """Every method the address takes. Starlette's own Allow names those of the first route there, and no others."""
    routes = (route for route in request.app.routes if route.matches(request.scope)[0] != Match.NONE)
    return sorted({method for route in routes for method in getattr(route, "methods", None) or ()})


async def on_database_failure(_: Request, failure: Exception) -> Response:
    """The database is away, full, busy or too slow: 503, so that clients wait and retry with the same key."""
    sqlstate = getattr(failure, "sqlstate", None)
    log.error("database failure", extra={"fields": {"kind": type(failure).__name__, "sqlstate": sqlstate}})
    if isinstance(failure, NotThePrimary | pg.ReadOnlySqlTransaction):
        return problem(ReadOnlyNode("The database is a standby, and takes nothing. Ask a process on the primary."))
    if isinstance(failure, pg.QueryCanceled):
        return problem(StatementTimeout("The database did not finish in time. Try again, or ask for less."))
    if isinstance(failure, pg.DeadlockDetected | pg.SerializationFailure | pg.LockNotAvailable):
        return problem(DatabaseBusy("Others were changing the same rows. Try again with the same Idempotency-Key."))
    return problem(Unavailable("The database does not answer. Try again with the same Idempotency-Key."))


async def on_newer_facts(_: Request, failure: Exception) -> Response:
    """While two versions run side by side, one meets what only the other knows."""
    log.error("a fact of a kind that is not known here", extra={"fields": {"topic": str(failure)}})
    return problem(NewerFacts("A newer version of the service has recorded something here. Try again in a moment."))


STATUS_WORDS: dict[int, tuple[str, str, str]] = {
    400: ("request-unreadable", "Forespørselen kan ikke leses", "The request could not be read."),
    404: ("not-found", "Finnes ikke", "There is nothing at this address."),
    405: ("method-not-allowed", "Metoden er ikke tillatt", "This address does not take that method; see Allow."),
    413: ("body-too-large", "Forespørselen er for stor", "The body is larger than this address accepts."),
    415: ("media-type-unsupported", "Innholdstypen støttes ikke", "This address does not read that media type."),
}

Handler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]

HANDLERS: Mapping[int | type[Exception], Handler] = {
    Refusal: on_refusal,
    RequestValidationError: on_invalid_request,
    HTTPException: on_http_exception,
    psycopg.OperationalError: on_database_failure,
    pg.IdleInTransactionSessionTimeout: on_database_failure,
    pg.ReadOnlySqlTransaction: on_database_failure,
    UnknownTopic: on_newer_facts,
    AnswerLost: on_database_failure,
    WriterClosed: on_database_failure,
}
