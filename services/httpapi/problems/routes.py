"""`/problems/<code>`: what the `type` of a problem leads to. Open to all: it says nothing of anybody's business."""

from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import Path as InPath
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from services.httpapi.callers.admission import open_to_all
from services.httpapi.problem import NotFound
from services.httpapi.problems.catalogue import Entries, entries_of
from services.httpapi.route import Router

HERE = Path(__file__).parent
KEPT = {"Cache-Control": "public, max-age=3600"}
_PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, auto_reload=False
)

Code = Annotated[str, InPath(max_length=60, pattern="^[a-z0-9-]+$", description="The `code` of a problem.")]


def problem_router(service: str, words: Path) -> Router:
    """The entries of a service (`services.grants`), with what is written of its own codes in `words`."""
    router = Router(prefix="/problems", tags=["problems"])

    @cache
    def entries() -> Entries:
        return entries_of(service, words)

    @router.get("", dependencies=[open_to_all], response_class=HTMLResponse)
    def list_problems() -> Response:
        """Every code this service refuses with, in bokmål and English."""
        return _page("list.html", entries=entries().values())

    @router.get("/problems.css", dependencies=[open_to_all], include_in_schema=False)
    def show_style() -> Response:
        return Response((HERE / "problems.css").read_bytes(), media_type="text/css", headers=KEPT)

    @router.get("/{code}", dependencies=[open_to_all], response_class=HTMLResponse)
    def show_problem(code: Code) -> Response:
        """When a refusal with this code happens and what to do about it, in bokmål and English. It is where the `type`
        of a problem leads."""
        if (entry := entries().get(code)) is None:
            raise NotFound("No refusal has that code. See /problems.")
        return _page("entry.html", entry=entry)

    return router


def _page(template: str, **facts: object) -> Response:
    return HTMLResponse(_PAGES.get_template(template).render(**facts), headers=KEPT)
