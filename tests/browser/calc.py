"""Spreadsheets and CSV files as LibreOffice opens them: what it takes each cell for."""

import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OFFICE, TABLE = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table"))
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
SEMICOLONS = "CSV:59,34,76,1,,1044,false,true"
"""Parted by semicolons, UTF-8, read as a Norwegian does; what looks like a number, day or formula is taken for it."""


@dataclass(frozen=True)
class Cell:
    """What stands in one cell: its kind (`string`, `float`, `date` ...), its value, and the formula if it has one."""

    kind: str
    value: str
    formula: str | None

    @property
    def day(self) -> str:
        """A value as it is compared: of an instant, whole seconds."""
        return self.value.partition(".")[0] if self.kind == "date" else self.value


def opened(paths: Sequence[Path], folder: Path) -> dict[Path, list[list[Cell]]]:
    """The rows of the first sheet of each file."""
    found: dict[Path, list[list[Cell]]] = {}
    for ending, reads in ((".xlsx", []), (".csv", [f"--infilter={SEMICOLONS}"])):
        of_kind = [each for each in paths if each.suffix == ending]
        if of_kind:
            there = folder / f"opened{ending.replace('.', '-')}"
            home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
            command = ["soffice", home, "--headless", "--norestore", *reads, "--convert-to", "fods", "--outdir"]
            subprocess.run([*command, str(there), *map(str, of_kind)], check=True, capture_output=True, timeout=400)
            found |= {each: list(_rows(there / f"{each.stem}.fods")) for each in of_kind}
    return found


def _rows(path: Path) -> Iterator[list[Cell]]:
    sheet = next(ET.parse(path).iter(f"{TABLE}table"))
    for row in sheet.iter(f"{TABLE}table-row"):
        cells = [cell for each in row.iter(f"{TABLE}table-cell") for cell in _times(each)]
        while cells and not cells[-1].kind:
            cells.pop()
        if cells:
            yield cells


def _times(cell: ET.Element) -> list[Cell]:
    kind = cell.get(f"{OFFICE}value-type", "")
    text = "\n".join("".join(each.itertext()) for each in cell.findall(f"{TEXT}p"))
    value = cell.get(f"{OFFICE}date-value") or cell.get(f"{OFFICE}value") or text
    times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
    return [Cell(kind, value, cell.get(f"{TABLE}formula"))] * (times if kind else min(times, 50))
