"""What any address takes is read where requests are served: whatever stands in 64 KiB costs little, and no body is
answered with a fault for each of thousands of things.

Seen: 63 kilobytes of empty lines (`{"lines": [{}, {}, ...]}`) cost a third of a second, for each was found wrong.
"""

import gc
import tracemalloc
from time import process_time

import pytest
from pydantic import ValidationError

from services.grants.round.requests import Lines, LinesReturn
from services.httpapi.route import LARGE_BYTES
from services.httpapi.strict.strict_json import DocumentUnreadable, read_json

MOST_SECONDS, MOST_BYTES = 0.1, 8 * 1024**2


def filled(unit: bytes) -> bytes:
    return b"[" + b",".join([unit] * ((LARGE_BYTES - 2) // (len(unit) + 1))) + b"]"


BODIES = {
    "numbers": filled(b"0"),
    "lists": filled(b"[]"),
    "objects": filled(b"{}"),
    "texts": filled(b'""'),
    "large numbers": filled(b"9223372036854775807"),
    "decimals": filled(b"1e9"),
    "nested": filled(b"[" * 30 + b"]" * 30),
    "objects in objects": filled(b'{"a":' * 29 + b"0" + b"}" * 29),
    "keys": b"{" + b",".join(b'"%x":0' % nth for nth in range(7_000)) + b"}",
    "too deep": b"[" * LARGE_BYTES,
    "a long number": b"[" + b"1" * (LARGE_BYTES - 2) + b"]",
    "a long decimal": b"[0." + b"1" * (LARGE_BYTES - 4) + b"]",
    "escapes": b'["' + b"\\u00e5" * ((LARGE_BYTES - 4) // 6) + b'"]',
    "pairs": b'["' + b"\\ud83d\\ude00" * ((LARGE_BYTES - 4) // 12) + b'"]',
}


@pytest.mark.parametrize("what", BODIES)
def test_a_small_body_costs_little_whatever_stands_in_it(what: str) -> None:
    body = BODIES[what]
    assert LARGE_BYTES // 2 < len(body) <= LARGE_BYTES
    gc.collect()
    gc.freeze()  # as the server does: what was there before is not what reading costs
    began = process_time()
    read(body)
    assert process_time() - began < MOST_SECONDS
    tracemalloc.start()
    try:
        read(body)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def read(body: bytes) -> None:
    try:
        read_json(body)
    except DocumentUnreadable:
        return


@pytest.mark.parametrize(
    ("kind", "asked"),
    [(Lines, {"lines": [{}] * 1_001}), (LinesReturn, {"reason": "x", "case_ids": ["x"] * 10_001})],
)
def test_too_many_things_are_told_of_once(kind: type[Lines | LinesReturn], asked: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate(asked)
    assert [each["type"] for each in refused.value.errors()] == ["too_long"]
