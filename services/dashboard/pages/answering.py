"""A page as it leaves: nothing in it may run, nothing of it may be kept by others, nobody may frame it."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}


def html(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """The page. What a reader may see depends on who they are, so no cache keeps it."""
    return HTMLResponse(text, status_code=status, headers={**HEADERS, **(headers or {})})
