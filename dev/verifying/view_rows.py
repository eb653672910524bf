"""Two fillings of one table of a read model, row beside row in the order of their key."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, Text

Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A table's columns: those of its key, by which rows are paired, then the others. The edition is neither."""

    table: str
    keys: tuple[str, ...]
    others: tuple[str, ...]
    by_bytes: frozenset[str]
    """Keys of text, which are ordered by their bytes whatever order the database has for words."""

    @classmethod
    def of(cls, table: Table) -> "Shape":
        keys = tuple(column for column in table.primary_key.columns if column.name != "edition")
        names = tuple(column.name for column in keys)
        return cls(
            table=table.fullname,
            keys=names,
            others=tuple(each.name for each in table.columns if each.name not in (*names, "edition")),
            by_bytes=frozenset(column.name for column in keys if isinstance(column.type, Text)),
        )

    def query(self, edition: int) -> str:
        """Its rows, in order of their key. The other columns come as PostgreSQL writes them, so that no value is one
        that Python cannot hold."""
        chosen = ", ".join([*self.keys, *(f"{name}::text" for name in self.others)])
        order = ", ".join(f'{name} COLLATE "C"' if name in self.by_bytes else name for name in self.keys)
        return f"SELECT {chosen} FROM {self.table} WHERE edition = {edition:d} ORDER BY {order}"

    def key_of(self, row: Row) -> Row:
        return row[: len(self.keys)]

    def named(self, row: Row) -> str:
        """The row as a person finds it."""
        key = ", ".join(f"{name} {value}" for name, value in zip(self.keys, row, strict=False))
        return f"{self.table}: {key}"


def counted(found: Iterator[Row], counts: Counter[str], name: str) -> Iterator[Row]:
    """The same rows, counted as they pass."""
    for row in found:
        counts[name] += 1
        yield row


def differences(shape: Shape, stands: Iterator[Row], given: Iterator[Row]) -> Iterator[str]:
    """What differs between the rows that stand and those that the log gives; both in order of their key."""
    row, wanted = next(stands, None), next(given, None)
    while row is not None or wanted is not None:
        if wanted is None or (row is not None and shape.key_of(row) < shape.key_of(wanted)):
            assert row is not None
            yield f"{shape.named(row)} stands there and does not follow from the log"
            row = next(stands, None)
        elif row is None or shape.key_of(row) > shape.key_of(wanted):
            yield f"{shape.named(wanted)} follows from the log and is not there"
            wanted = next(given, None)
        else:
            yield from _different(shape, row, wanted)
            row, wanted = next(stands, None), next(given, None)


def _different(shape: Shape, row: Row, wanted: Row) -> Iterator[str]:
    past = len(shape.keys)
    found = zip(shape.others, row[past:], wanted[past:], strict=True)
    said = [f"{name} stands as {stands}, the log gives {gives}" for name, stands, gives in found if stands != gives]
    if said:
        yield f"{shape.named(row)}: {'; '.join(said)}"
