"""Versions over HTTP: a change names the version it builds on, a reader may ask for what is new only.

The ETag of a thing is its stream's version. `If-Match` is required of changes (428), so that nobody overwrites what
they have not seen; whether it still holds is decided by the log, in the transaction (412).
"""

import re
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from services.httpapi.problem import HttpRefusal

_VERSION = re.compile(r'(?:W/)?"(0|[1-9]\d{0,9})"', re.ASCII)


class PreconditionRequired(HttpRefusal):
    code = "precondition-required"
    status = 428
    title = "Versjonen du bygger på mangler"


class PreconditionMalformed(HttpRefusal):
    code = "precondition-malformed"
    status = 400
    title = "Versjonen du bygger på kan ikke leses"


def etag(version: int) -> str:
    """The version as an entity tag: 3 is `"3"`."""
    return f'"{version}"'


async def expected_version(request: Request) -> int:
    """The version `If-Match` names. One tag; a list and `*` do not say what was seen.

    `W/` before it is what a proxy that compresses makes of our tags. It doubts the bytes, and a change builds on the
    version alone, which the bytes are not."""
    given = request.headers.getlist("if-match")
    if not given:
        raise PreconditionRequired('Send If-Match with the ETag you last read, such as If-Match: "3".')
    found = _VERSION.fullmatch(given[0].strip(" \t")) if len(given) == 1 else None
    if found is None:
        raise PreconditionMalformed('If-Match takes exactly one ETag as given by us, such as "3".')
    return int(found[1])


ExpectedVersion = Annotated[int, Depends(expected_version)]


def not_modified(request: Request, tag: str) -> Response | None:
    """A 304 when the reader already has what `tag` stands for (weak comparison, RFC 9110 13.1.2), else None."""
    known = {each.strip().removeprefix("W/") for each in ",".join(request.headers.getlist("if-none-match")).split(",")}
    if known.isdisjoint({"*", tag.removeprefix("W/")}):
        return None
    return Response(status_code=304, headers={"ETag": tag})
