"""Which values a quick run tries at a place: drawn by the place and the value alone, so that a place that comes to be
changes nothing of what is tried at the others. `make faults` tries all."""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

Value = TypeVar("Value", str, bytes)

ONE_IN = 5
"""About one in five is tried."""


def lot_of(place: object, value: str | bytes) -> int:
    """Drawn once for a place and a value, whatever others there are."""
    return crc32(f"{place} {value!r}".encode())


def drawn(place: object, values: Sequence[Value]) -> list[Value]:
    """Those of the values that a quick run tries there."""
    return [value for value in values if lot_of(place, value) % ONE_IN == 0]
