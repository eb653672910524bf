"""Reading what was sent, strictly: two readers of the same bytes must never understand two different things.

JSON leaves room for that (RFC 8259, section 4 and 8): duplicate keys, huge numbers, NaN, lone surrogates, other
encodings. Each is refused here instead of resolved, and always with the same answer: 400 `document-unreadable`. Knows
no HTTP, so that what is large is looked through in another process (`services.sandbox`).
"""

import json
import math
import re
from typing import Any, NoReturn

from services.eventlog.refusal import Refusal
from services.sandbox import Reading

DEEPEST = 32
LARGEST = 2**63 - 1
MOST_VALUES = 500_000
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


class DocumentUnreadable(Refusal):
    code = "document-unreadable"
    status = 400
    title = "Innholdet kan ikke leses"


def read_json(body: bytes) -> Any:
    """The document, or `DocumentUnreadable`: UTF-8 without a byte order mark, every key once, whole numbers within
    64 bits, finite decimals, no lone surrogates, at most 32 levels deep."""
    text = decode(body)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_each_key_once,
            parse_int=_bounded_int,
            parse_float=_finite_float,
            parse_constant=_no_constant,
        )
    except RecursionError:
        raise DocumentUnreadable(f"The JSON is nested deeper than {DEEPEST} levels.") from None
    except json.JSONDecodeError as failure:
        raise DocumentUnreadable(
            "The body is not JSON.", line=failure.lineno, column=failure.colno, position=failure.pos
        ) from None
    if _deeper_than(DEEPEST, document):
        raise DocumentUnreadable(f"The JSON is nested deeper than {DEEPEST} levels.")
    if _ESCAPED_SURROGATE.search(text):
        _refuse_lone_surrogates(document)
    return document


def look_through(body: bytes) -> None:
    """Read a large document as strictly, and refuse one that holds more values than any request is made of."""
    layer, values = [read_json(body)], 0
    while layer:
        values += len(layer)
        if values > MOST_VALUES:
            raise DocumentUnreadable(f"The JSON holds more than {MOST_VALUES} values.")
        layer = [
            child
            for node in layer
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]


LOOKED_THROUGH: Reading[None] = Reading(
    function=f"{__name__}:{look_through.__name__}", taken=lambda _: None, refusals=(DocumentUnreadable,)
)
"""A JSON body too large to be read beside other requests: only whether it is one to read."""


def decode(body: bytes) -> str:
    """UTF-8 text without a byte order mark or NUL; else `DocumentUnreadable` with the place."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as failure:
        line = body.count(b"\n", 0, failure.start) + 1
        raise DocumentUnreadable("The body is not UTF-8.", position=failure.start, line=line) from None
    if text.startswith(_BYTE_ORDER_MARK):
        raise DocumentUnreadable("The body begins with a byte order mark; send UTF-8 without it.")
    if "\0" in text:
        raise DocumentUnreadable("The body holds a NUL character.", position=text.index("\0"))
    return text


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DocumentUnreadable("The JSON gives the same key twice in one object.")
    return found


def _bounded_int(digits: str) -> int:
    if len(digits) > len("-9223372036854775808") or not -LARGEST - 1 <= int(digits) <= LARGEST:
        raise DocumentUnreadable("The JSON holds a whole number beyond 64 bits.")
    return int(digits)


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise DocumentUnreadable("The JSON holds a number too large to be held.")
    return number


def _no_constant(_: str) -> NoReturn:
    raise DocumentUnreadable("The JSON holds NaN or Infinity, which are not JSON.")


def _deeper_than(levels: int, document: Any) -> bool:
    layer = [document]
    for _ in range(levels + 1):
        layer = [
            child
            for node in layer
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not layer:
            return False
    return True


def _refuse_lone_surrogates(document: Any) -> None:
    """Half of a character cannot be stored or sent on. Escapes that pair up have become whole characters by now."""
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise DocumentUnreadable("The JSON holds half of a surrogate pair.") from None
