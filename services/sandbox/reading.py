"""What is read apart from the service: by which function, what its answer becomes, and how it may refuse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.eventlog.refusal import Refusal

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Reading(Generic[Value]):
    """`function` ("package.module:name") is called in the other process with the file's bytes and what was asked, and
    answers with what JSON can say; `taken` makes that the value wanted here. A refusal comes over as its code, and is
    one of `refusals`: nothing that was read is ever run or unpickled."""

    function: str
    taken: Callable[[Any], Value]
    refusals: tuple[type[Refusal], ...]
