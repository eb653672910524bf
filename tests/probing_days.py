"""Every day that a request names is tried wrong before it is sent right: in 1900 and in 2199, and one day beyond what
the refusal itself calls the first or the last. Likewise every number that a register or a letter gives: with those of
nobody. Once for each field of each address, in whatever test first sends it.

What each of these days means stands in `tests/grants/back_dating/test_every_day_asked_for.py`, which walks the API's
own description; here it is seen that none of them is taken without a word, and that none brings the service down.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from typing import Any

import httpx

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
Path = tuple[str | int, ...]
LONG_AGO, FAR_AHEAD = "1900-01-01", "2199-12-31"
EARLIEST, LATEST = "first_day_on", "last_day_on"
NOBODYS: dict[str, tuple[str | int, ...]] = {
    "organisation_number": ("000000000", "100000008", "974760674"),
    "account_number": ("00000000000", "12345678912"),
    "municipality_number": ("0000", "9999"),
    "letter": (999,),
    "letter_number": (999,),
    "year": (1900, 2199),
    "until_year": (1900, 2199),
}
"""By the name of a field, values that no register has given and no letter bears."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T\d.+)?")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/|$)|(?<=schemes/)[^/]+|(?<=calls/)[^/]+")
_seen: set[tuple[str, str]] = set()
_ALONE: ContextVar[bool] = ContextVar("whether requests are sent as they are, and nothing else", default=False)


class DayTaken(AssertionError):
    """A day that cannot be was taken without a word, or refused as something it is not."""


@contextmanager
def left_alone() -> Iterator[None]:
    """Within, requests are sent as they are: for a test that looks at what refused requests leave behind."""
    was = _ALONE.set(True)
    try:
        yield
    finally:
        _ALONE.reset(was)


async def send_probing(request: httpx.Request, send: Send) -> httpx.Response:
    """Send the request; and before it, each of its days wrong. What came of those is judged once the request itself has
    gone well, for then only the day was wrong with them."""
    taken: list[str] = []
    tried: list[tuple[str, str]] = []
    for path, said, body in _list_new(request):
        field = (f"{request.method} {_ID.sub('{}', request.url.path)}", _name(path))
        tried.append(field)
        days = [day + said[10:] for day in (LONG_AGO, FAR_AHEAD)] if isinstance(said, str) else []
        for wrong in NOBODYS.get(str(path[-1]), tuple(days)):
            answer = await send(_changed(request, body, path, wrong))
            taken += _judged(request, answer, f"{field} on {wrong}")
            for beyond in _beyond(answer):
                answer = await send(_changed(request, body, path, beyond + str(said)[10:]))
                taken += _judged(request, answer, f"{field} on {beyond}")
    answer = await send(request)
    if answer.is_success:
        _seen.update(tried)
        if taken:
            raise DayTaken("; ".join(taken))
    return answer


def _list_new(request: httpx.Request) -> Iterator[tuple[Path, str | int, Any]]:
    if _ALONE.get() or request.method not in ("POST", "PUT") or not isinstance(request.stream, httpx.ByteStream):
        return
    try:
        body = json.loads(request.content)
    except (ValueError, RecursionError):
        return
    at = f"{request.method} {_ID.sub('{}', request.url.path)}"
    for path, said in _list_bounded(body, ()):
        if (at, _name(path)) not in _seen and 1 not in path:
            yield path, said, body


def _list_bounded(value: Any, path: Path) -> Iterator[tuple[Path, str | int]]:
    is_day = isinstance(value, str) and _DAY.fullmatch(value) is not None
    if is_day or (isinstance(value, str | int) and path and path[-1] in NOBODYS):
        yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield from _list_bounded(inner, (*path, step))


def _name(path: Path) -> str:
    return ".".join("[]" if isinstance(step, int) else step for step in path)


def _changed(request: httpx.Request, body: Any, path: Path, wrong: str | int) -> httpx.Request:
    headers = [(name, value) for name, value in request.headers.multi_items() if name != "content-length"]
    if "idempotency-key" in request.headers:
        headers = [(name, value) for name, value in headers if name != "idempotency-key"]
        headers.append(("idempotency-key", f"{request.headers['idempotency-key'][:60]} {_name(path)} {wrong}"))
    content = json.dumps(_put(body, path, wrong)).encode()
    return httpx.Request(request.method, request.url, headers=headers, content=content)


def _put(value: Any, path: Path, wrong: str | int) -> Any:
    if not path:
        return wrong
    first, *rest = path
    copy = value.copy()
    copy[first] = _put(value[first], tuple(rest), wrong)
    return copy


def _beyond(answer: httpx.Response) -> list[str]:
    """The day before the first, or after the last, that a refusal names."""
    told = answer.json() if answer.is_client_error else {}
    days = [(told.get(EARLIEST), -1), (told.get(LATEST), 1)]
    return [str(date.fromisoformat(day) + timedelta(days=by)) for day, by in days if isinstance(day, str)]


def _judged(request: httpx.Request, answer: httpx.Response, what: str) -> list[str]:
    """What is wrong with an answer to a day that cannot be. A repeat of what is recorded already, which says nothing
    new, may be answered as one."""
    nothing_new = answer.headers.get("etag") == request.headers.get("if-match") and "if-match" in request.headers
    if answer.is_success:
        return [] if nothing_new else [f"{what} is taken"]
    code = answer.json().get("code") if answer.is_client_error else None
    return [] if code and code != "request-invalid" else [f"{what} gave {answer.status_code} {code}"]
