"""Documents that are made from the code and kept: they must be what the code makes now."""

from itertools import zip_longest
from pathlib import Path


def check_made(kept: Path, made: str, command: str) -> None:
    """Fail where the kept document is not what is made, with the first line that differs and the command that makes it.
    A comparison left to the test runner would lay out every difference of thousands of lines, for minutes."""
    pairs = zip_longest(kept.read_text(encoding="utf-8").splitlines(), made.splitlines())
    for number, (stands, wanted) in enumerate(pairs, 1):
        if stands != wanted:
            raise AssertionError(
                f"{kept.name}, line {number}: {stands!r} stands where {wanted!r} is made. Run python -m {command}"
                " and commit the change."
            )
    assert kept.read_bytes() == made.encode(), f"{kept.name} ends otherwise. Run python -m {command}."
