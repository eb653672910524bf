"""Under which key each deadline of a year's letters goes, for good: by what it is, never by its place in a letter.

What is due is told from other things by its letter, its kind, what it is of and how it reads. Where several read alike,
they are told apart by the day, then by where the letter says it, and else by their order; so a line that is moved, put
in before or taken out hands nothing of one deadline to another, and one whose text is another is another deadline.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from services.grants.deadline.events import Deadline

LENGTH = 16
"""How many hex digits of a hash name a text: 64 bits, among the some hundreds of a year."""


def name_of(*what: object) -> str:
    """A short name of what a deadline is, as it reads. How it is broken into lines is no part of it."""
    words = "\n".join(" ".join(str(each).split()) for each in what)
    return hashlib.sha256(words.encode()).hexdigest()[:LENGTH]


def keep_names(told: Mapping[str, Deadline], standing: Iterable[Deadline]) -> list[Deadline]:
    """Each deadline under the key it was told by, or under a new one. `standing` have as key what they are, which
    several may share; a number is added to it. What has fallen away lends its key to nothing else."""
    groups: dict[str, list[int]] = defaultdict(list)
    stands = list(standing)
    for place, each in enumerate(stands):
        groups[each.key].append(place)
    known: dict[str, list[Deadline]] = defaultdict(list)
    for each in told.values():
        known[each.key.rpartition("-")[0]].append(each)
    for name, places in groups.items():
        keys = _keys(name, known[name], [stands[place] for place in places])
        for place, key in zip(places, keys, strict=True):
            stands[place] = replace(stands[place], key=key)
    return stands


ALIKE: tuple[Callable[[Deadline], object], ...] = (
    lambda each: (each.due_on, each.amount_ore, each.assignment, each.cite),
    lambda each: (each.due_on, each.amount_ore),
    lambda each: each.due_on,
)
"""What makes one of several that read alike the same as one that was told, the surest first."""


def _keys(name: str, told: Sequence[Deadline], standing: Sequence[Deadline]) -> list[str]:
    """Of deadlines that read alike: the key of each."""
    kept: dict[int, str] = {}
    left = sorted(told, key=lambda each: each.state == "fallen")
    for alike in (*ALIKE, None):
        for place, each in enumerate(standing):
            if place in kept:
                continue
            # One that was moved: whatever is still waited for under this name, in the letter's order.
            same = (other for other in left if (alike(other) == alike(each) if alike else other.state == "due"))
            found = next(same, None)
            if found:
                kept[place] = found.key
                left.remove(found)
    number = max((int(each.key.rpartition("-")[2]) for each in told), default=0)
    for place in range(len(standing)):
        if place not in kept:
            number += 1
            kept[place] = f"{name}-{number}"
    return [kept[place] for place in range(len(standing))]
