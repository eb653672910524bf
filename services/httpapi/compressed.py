"""Pages and what dresses them, compressed for whoever can take that.

What the API answers goes as it is: most of it is small, and programs that fetch much of it sit beside us.
"""

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

FOR_PROGRAMS = ("/v1/", "/internal/")
LEAST_BYTES = 1024
LEVEL = 6


class CompressedPages:
    """gzip for every address but those of programs, where the answer is text and not tiny."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(
            app,
            minimum_size=LEAST_BYTES,
            compresslevel=LEVEL,
            exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/*"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = scope["type"] != "http" or scope["path"].startswith(FOR_PROGRAMS)
        await (self._plain if plain else self._compressed)(scope, receive, send)
