"""One way in for every request: who asks, then what is asked, and only then the route.

FastAPI reads the body before it asks who sends it, takes any JSON, and passes over query parameters it does not know.
These routes turn that about: the caller is known before the body is read, the body is read strictly, and a misspelt
`valid_at` is refused instead of answered as if it had not been written.
"""

import json
import re
from collections.abc import Callable, Coroutine, Iterator
from inspect import isclass
from typing import Any, get_origin

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.eventlog.reading import begin_reading, end_reading
from services.httpapi.callers.admission import gatekeepers
from services.httpapi.problem import MEDIA_TYPE, SPEAKABLE, HttpRefusal
from services.httpapi.reading import API, MIN_POSITION, Reading
from services.httpapi.strict.document import expect_media_type
from services.httpapi.strict.strict_json import LOOKED_THROUGH, read_json
from services.sandbox import Sandbox

LARGE_BYTES = 64 * 1024
"""What of JSON is read beside other requests: what any address takes."""

SAYS_NOTHING = re.compile(rb"\s*(\{\s*\})?\s*")

REFUSED = {
    "description": "Refused; the members are those of RFC 9457, the code says why",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class QueryInvalid(HttpRefusal):
    code = "query-invalid"
    status = 400
    title = "Adressen har ukjente eller gjentatte parametre"


class BodyNotExpected(HttpRefusal):
    """What is said there would be passed over, and whoever said it would believe it was heard."""

    code = "body-not-expected"
    status = 422
    title = "Denne adressen tar ikke imot noe innhold"


class StrictRequest(Request):
    """A request whose JSON has been read, strictly, once."""

    document: Any = None

    async def json(self) -> Any:
        return self.document


class Route(APIRoute):
    def get_route_handler(self) -> Handle:
        handle = super().get_route_handler()
        checks = gatekeepers(self.dependant)
        parameters = dict(_query_parameters(self.dependant))
        takes_json = self.body_field is not None
        takes_other = "requestBody" in (self.openapi_extra or {})
        only_reads = "GET" in (self.methods or ())
        of_the_log = self.path.startswith(API)
        of_any_server = parameters | ({MIN_POSITION: False} if only_reads and of_the_log else {})

        async def admit(request: Request) -> Response:
            for check in checks:
                await check(request)
            reading: Reading | None = getattr(request.app.state, "reading", None) if of_the_log else None
            if request.scope["query_string"]:
                _check_query(request, parameters if reading is None else of_any_server)
            if not takes_json and not takes_other:
                await _expect_no_body(request)
            if reading is not None:
                request, told = await reading.admit(request)
                if told:
                    response = await handle(request)
                    response.headers.update(told)
                    return response
            if only_reads:
                return await handle(request)
            begun = begin_reading()
            try:
                return await handle(await _read_body(request) if takes_json else request)
            finally:
                end_reading(begun)

        return admit


class Router(APIRouter):
    """An APIRouter of strict routes. Its prefix and roles stand here, never where it is included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            route_class=Route,
            redirect_slashes=False,
            responses={"default": REFUSED},
            generate_unique_id_function=_operation_id,
            **options,
        )


def _operation_id(route: APIRoute) -> str:
    return "-".join([*(str(tag) for tag in route.tags[:1]), route.name.replace("_", "-")])


async def _expect_no_body(request: Request) -> None:
    """An empty JSON object says nothing, and is what some clients send with every command."""
    announced = any(name in request.headers for name in ("content-length", "transfer-encoding"))
    if announced and not SAYS_NOTHING.fullmatch(await request.body()):
        raise BodyNotExpected("This address takes no body. Leave it out: nothing was done.")


async def _read_body(request: Request) -> Request:
    strict = StrictRequest(request.scope, request.receive)
    body = await strict.body()
    if body:
        expect_media_type(strict, "application/json")
        strict.document = await _read(request, body)
        request.scope.setdefault("state", {})["document"] = strict.document
    return strict


async def _read(request: Request, body: bytes) -> Any:
    """The document. A large one is looked through in a process of its own first, where the service has any: then it is
    known to be strict, and is read here without asking again."""
    sandbox: Sandbox | None = getattr(request.app.state, "sandbox", None)
    if sandbox is None or len(body) <= LARGE_BYTES:
        return read_json(body)
    await sandbox.read(LOOKED_THROUGH, body)
    return json.loads(body)


def _query_parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Each query parameter's name, and whether it may be repeated."""
    for field in dependant.query_params:
        kind = field.field_info.annotation
        if isclass(kind) and issubclass(kind, BaseModel):
            yield from ((inner.alias or name, _repeats(inner.annotation)) for name, inner in kind.model_fields.items())
        else:
            yield field.alias, _repeats(kind)
    for inner_dependant in dependant.dependencies:
        yield from _query_parameters(inner_dependant)


def _repeats(kind: Any) -> bool:
    return get_origin(kind) in (list, tuple, set, frozenset)


def _check_query(request: Request, parameters: dict[str, bool]) -> None:
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in parameters:
            shown = f" {name}" if SPEAKABLE.fullmatch(name) else ""
            raise QueryInvalid(f"There is no query parameter{shown} here.", known=sorted(parameters))
        if name in seen and not parameters[name]:
            raise QueryInvalid(f"The query parameter {name} is given more than once.", known=sorted(parameters))
        seen.add(name)
