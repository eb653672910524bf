"""A case's lists: so many of each in one answer, and the rest in pages at the list's own name.

A case may come to thousands of facts, and nothing bounds how often a report is returned or a sum released in parts.
What an answer holds of each list is bounded, wherever in it the list stands; of one that is cut it says how many there
are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.httpapi.paging import WHOLE_UNTIL

Cut = dict[str, int]
CUT = "cut"


def bounded(shown: Mapping[str, Any], most: int = WHOLE_UNTIL) -> dict[str, Any]:
    """The answer, with the first of each list and no more; what was cut is told under `cut`, by the list's name: the
    fields down to it, parted by points, with the place (from 0) of the item that a list stands in."""
    cut: Cut = {}
    answer: dict[str, Any] = {name: _first(value, name, most, cut) for name, value in shown.items()}
    return answer | {CUT: cut} if cut else answer


def find_list(shown: Mapping[str, Any], name: str) -> Sequence[Any] | None:
    """The whole list of that name; None where there is none."""
    found: Any = shown
    for part in name.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif _is_list(found) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found if _is_list(found) else None


def list_names(shown: Any, name: str = "") -> Iterator[str]:
    """The name of each list in an answer, of those within lists too."""
    if _is_list(shown):
        yield name
    within = shown.items() if isinstance(shown, Mapping) else enumerate(shown) if _is_list(shown) else ()
    for part, value in within:
        yield from list_names(value, f"{name}.{part}" if name else str(part))


def _first(value: Any, name: str, most: int, cut: Cut) -> Any:
    if isinstance(value, Mapping):
        return {part: _first(each, f"{name}.{part}", most, cut) for part, each in value.items()}
    if not _is_list(value):
        return value
    if len(value) > most:
        cut[name] = len(value)
    return type(value)(_first(each, f"{name}.{place}", most, cut) for place, each in enumerate(value[:most]))


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)
