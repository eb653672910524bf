"""A place in a transcription, and how values are read off it. The shape has been checked before."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.grants.allocation.letter_file.marked_yaml import Marked, Path
from services.grants.allocation.letter_file.printed import read_printed
from services.grants.budget_year.printed_figure import Figure


@dataclass(frozen=True)
class Spot:
    """A mapping in the transcription, and the way down to it."""

    marked: Marked
    path: Path
    value: dict[str, Any]

    @property
    def line(self) -> int:
        return self.marked.line_of(self.path)

    @property
    def year(self) -> int:
        return int(self.marked.value["year"])

    @property
    def at(self) -> dict[str, Any]:
        """The place every part of a letter is read from."""
        return {"cite": self.value["cite"], "line": self.line}

    def __getitem__(self, key: str) -> Any:
        return self.value[key]

    def find(self, key: str) -> Any:
        return self.value.get(key)

    def spots(self, key: str) -> list["Spot"]:
        return [
            Spot(self.marked, (*self.path, key, index), entry) for index, entry in enumerate(self.value.get(key) or ())
        ]

    def texts(self, key: str) -> tuple[Any, ...]:
        return tuple(self.value.get(key) or ())

    def fund(self, key: str) -> str:
        return f"{self.year}/{self.value[key]}"

    def find_day(self, key: str) -> date | None:
        text = self.value.get(key)
        return None if text is None else date.fromisoformat(text)

    def day(self, key: str) -> date:
        return date.fromisoformat(self.value[key])

    def amount(self, key: str) -> Figure:
        """An amount that shares the cite of the line it stands in."""
        return figure_at(self.value[key], **self.at)

    def find_figure(self, key: str) -> Figure | None:
        """An amount with a cite of its own."""
        entry = self.value.get(key)
        line = self.marked.line_of((*self.path, key))
        return None if entry is None else figure_at(entry["amount"], cite=entry["cite"], line=line)


def figure_at(printed: str, *, cite: str, line: int) -> Figure:
    read = read_printed(printed)
    assert read is not None, "the shape has been checked"
    return Figure(printed=printed, amount_ore=read[0], unit_ore=read[1], cite=cite, line=line)
