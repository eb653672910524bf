"""A table's CSV file as whoever opens it reads it: its rows, and what it says at the end of what is left out of it."""

import csv
import io


def rows_of(text: str) -> list[dict[str, str]]:
    """Its rows, each by the titles of the columns."""
    return [row for row in _read(text) if None not in row.values()]


def left_out_of(text: str) -> str:
    """What it says is left out; nothing where it says nothing. It stands last, alone on its line."""
    alone = [row for row in _read(text) if None in row.values()]
    assert alone in ([], _read(text)[-1:]), "one line at most, and the last"
    return next(iter(alone[0].values())) if alone else ""


def _read(text: str) -> list[dict[str, str]]:
    csv.field_size_limit(1_000_000)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
