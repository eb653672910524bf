"""A refusal as a page: in bokmål, at the address that was asked for, and with nothing of the address in it."""

from typing import cast

import psycopg
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.dashboard.pages import page
from services.dashboard.pages.answering import Here, NotThere, html
from services.dashboard.pages.asked import NotUnderstood
from services.dashboard.pages.asking import Declined
from services.dashboard.sign_in.access import own_page
from services.dashboard.sign_in.reader import found_reader
from services.dashboard.sign_in.refusals import PageRefusal, SignedOut
from services.dashboard.words.spoken import N_, gettext
from services.eventlog.refusal import Refusal
from services.httpapi.correlation import correlation_id
from services.httpapi.problem import (
    STATUS_WORDS,
    HttpRefusal,
    Unavailable,
    list_methods,
    on_database_failure,
    on_http_exception,
    problem,
)


def refuse_as_pages(app: FastAPI) -> None:
    """Whatever is refused on the way to a page is told as a page."""
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(NotUnderstood, on_not_understood)
    app.add_exception_handler(Declined, on_declined)
    app.add_exception_handler(HTTPException, on_no_such_page)
    app.add_exception_handler(psycopg.OperationalError, on_database_away)


INTERNAL = "/internal/"
NOT_THERE = N_("Det er ingen side på denne adressen.")


async def on_refusal(request: Request, refusal: Exception) -> Response:
    """Whoever is not signed in is shown where to; others are told why not."""
    assert isinstance(refusal, Refusal)
    if request.url.path.startswith(INTERNAL) and not isinstance(refusal, PageRefusal):
        return problem(refusal)
    headers = dict(refusal.headers) if isinstance(refusal, HttpRefusal) else {}
    if isinstance(refusal, SignedOut):
        there = own_page(f"{request.url.path}?{request.url.query}".rstrip("?")) if request.method == "GET" else "/"
        people = cast("tuple[str, ...]", request.app.state.people)
        return html(page.sign_in_page(there, people=people), status=refusal.status, headers=headers)
    if isinstance(refusal, NotThere):
        return html(page.missing_page(refusal.detail, reader=found_reader(request)), status=refusal.status)
    told = refusal.detail if isinstance(refusal, PageRefusal) else ""
    refused = page.refused_page(refusal.title, told, correlation=correlation_id())
    return html(refused, status=refusal.status, headers=headers)


async def on_not_understood(request: Request, failure: Exception) -> Response:
    """What was asked cannot be read: says how to write it, with the field ready to be filled in again. What was written
    is never shown back."""
    assert isinstance(failure, NotUnderstood)
    here = Here(own_page(request.url.path), {})
    told = page.render("not_understood.html", reader=found_reader(request), problem=failure, here=here)
    return html(told, status=400)


async def on_declined(request: Request, failure: Exception) -> Response:
    """A service was asked in the reader's name and said no: its own title and sentence, and its code to quote."""
    assert isinstance(failure, Declined)
    told = failure.told
    return html(page.render("declined.html", reader=found_reader(request), told=told), status=told.status)


async def on_no_such_page(request: Request, failure: Exception) -> Response:
    """No such page, or one that cannot be written to."""
    assert isinstance(failure, HTTPException)
    if request.url.path.startswith(INTERNAL):
        return await on_http_exception(request, failure)
    if failure.status_code == 404:
        return html(page.missing_page(gettext(NOT_THERE)), status=404)
    _, title, _ = STATUS_WORDS.get(failure.status_code, STATUS_WORDS[400])
    headers = {"Allow": ", ".join(_methods(request))} if failure.status_code == 405 else {}
    refused = page.refused_page(title, "", correlation=correlation_id())
    return html(refused, status=failure.status_code, headers=headers)


def _methods(request: Request) -> list[str]:
    """What the address takes; whatever is shown may also be asked for without its body."""
    methods = list_methods(request)
    return sorted({*methods, "HEAD"}) if "GET" in methods else methods


async def on_database_away(request: Request, failure: Exception) -> Response:
    """The database is away, busy or too slow: the page says so, and when to try again."""
    answer = await on_database_failure(request, failure)
    if request.url.path.startswith(INTERNAL):
        return answer
    told = gettext(N_("Prøv igjen om litt. Ingenting er gått tapt."))
    refused = page.refused_page(Unavailable.title, told, correlation=correlation_id())
    return html(refused, status=answer.status_code, headers={"Retry-After": answer.headers.get("retry-after", "2")})
