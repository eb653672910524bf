"""The body as text, where it says it is of a kind that is asked for. How it is read: `strict_json.py`."""

from typing import Any

from starlette.requests import Request

from services.httpapi.problem import HttpRefusal
from services.httpapi.strict.strict_json import DocumentUnreadable, decode, read_json

__all__ = [
    "DocumentUnreadable",
    "MediaTypeUnsupported",
    "decode",
    "expect_media_type",
    "read_json",
    "read_text",
    "takes",
]


class MediaTypeUnsupported(HttpRefusal):
    code = "media-type-unsupported"
    status = 415
    title = "Innholdstypen støttes ikke"


def takes(*media_types: str) -> dict[str, Any]:
    """What a route says of a body it reads itself, for OpenAPI; without it a route that reads no JSON takes none."""
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types}
    return {"requestBody": {"required": True, "content": content}}


async def read_text(request: Request, *media_types: str) -> str:
    """The body as text, for addresses that read something other than JSON. Refuses another media type (415), and
    another encoding than UTF-8, a byte order mark or NUL (400)."""
    expect_media_type(request, *media_types)
    return decode(await request.body())


def expect_media_type(request: Request, *media_types: str) -> None:
    """Refuses a body that does not say it is one of these, or says it is not UTF-8."""
    declared = request.headers.getlist("content-type")
    kind, _, rest = (declared[0] if len(declared) == 1 else "").partition(";")
    charset = rest.replace(" ", "").replace('"', "").lower()
    if kind.strip().lower() not in media_types or charset not in ("", "charset=utf-8"):
        raise MediaTypeUnsupported(f"Send {' or '.join(media_types)} in UTF-8.", accepted=list(media_types))
