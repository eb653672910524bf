"""What a cell of a sheet says, as an exact value. A sheet keeps texts in a list beside it, days as numbers, and numbers
with what binary arithmetic left behind the fifteen digits that a spreadsheet shows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from services.grants.round.batch_file.cells import Cell, Unusable
from services.grants.round.batch_file.number_formats import what_hides, what_hides_day
from services.grants.round.batch_file.workbook_parts import Book, local, parse
from services.text.folding import is_blank

SHOWN_DIGITS = 15
DUST = Decimal("0.0001")
"""How far from what is shown a number may lie to be that: a hundredth of an øre. More is a decimal that is too many."""
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d{1,3})?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T00:00(:00(\.0+)?)?Z?)?", re.ASCII)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
NOT_A_DAY = Unusable("not-a-value", "This cell holds a time of day or something else that is no value here.")


@dataclass(slots=True)
class RawCell:
    """A cell as its XML gives it: where it stands, its kind and format, its value, the text written in it, and whether
    it is a formula."""

    column: int
    kind: str
    style: int
    value: str | None = None
    text: str | None = None
    formula: bool = False

    @property
    def holds(self) -> bool:
        """Whether anything stands there: a value, a text (also an empty one) or a formula."""
        return self.formula or self.text is not None or bool(self.value)


@dataclass(frozen=True, kw_only=True)
class Values:
    """The workbook's texts, and which formats show a number as a day."""

    texts: Sequence[str]
    formats: Sequence[str] = field(default=())
    from_1904: bool = False

    def of(self, cell: RawCell) -> Cell | None:
        """The cell's value. None of an empty text; `LookupError` of a text that is not in the list, or a kind of cell
        that there is not."""
        if cell.formula:
            return Unusable("formula", "This cell is a formula. Paste it as a value.")
        match cell.kind:
            case "inlineStr":
                return _shown(cell.text or "")
            case "s":
                return _shown(self.texts[_index(cell.value or "")])
            case "str":
                return _shown(cell.value or "")
            case "b" | "e":
                return Unusable("not-a-value", "This cell holds an error or a yes/no, and no value.")
            case "d":
                return _iso_day(cell.value or "")
            case "n":
                return self._number(cell)
        raise LookupError(cell.kind)

    def _number(self, cell: RawCell) -> Cell:
        said = cell.value or ""
        if not _NUMBER.fullmatch(said):
            raise LookupError(said)
        number = as_shown(Decimal(said))
        format_ = self.formats[cell.style] if cell.style < len(self.formats) else "General"
        if is_timedelta_format(format_):
            return NOT_A_DAY
        if not is_date_format(format_):
            return what_hides(number, format_) or number
        day = self._day(number)
        return day if isinstance(day, Unusable) else what_hides_day(format_) or day

    def _day(self, number: int | Decimal) -> Cell:
        epoch = CALENDAR_MAC_1904 if self.from_1904 else CALENDAR_WINDOWS_1900
        if not isinstance(number, int) or not 0 < number < 3_000_000:
            return NOT_A_DAY
        try:
            day = from_excel(number, epoch)
        except (ValueError, OverflowError):
            return NOT_A_DAY
        return day.date() if isinstance(day, datetime) else NOT_A_DAY


def values_of(book: Book) -> Values:
    """What the workbook's cells are read by."""
    return Values(
        texts=_texts(book.strings) if book.strings else (),
        formats=_formats(book.styles) if book.styles else (),
        from_1904=book.from_1904,
    )


def as_shown(number: Decimal) -> int | Decimal:
    """The number as a spreadsheet shows it: to fifteen digits, if the rest is what binary arithmetic left
    (2469.0000000000005 is 2469). Otherwise exactly what it says; a whole one as such."""
    shown = number.normalize()
    if len(shown.as_tuple().digits) > SHOWN_DIGITS:
        rounded = Decimal(f"{number:.{SHOWN_DIGITS - 1}e}").normalize()
        shown = rounded if abs(number - rounded) < DUST else number
    if shown == shown.to_integral_value() and abs(shown) < 10**18:
        return int(shown)
    return shown


def _shown(text: str) -> Cell | None:
    """A text with its escaped signs as a spreadsheet shows them (`_x00E5_` is å). None of one that shows nothing."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        try:
            text = text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            return Unusable("text-unusable", "The text holds half a sign.")
    return None if is_blank(text) else text


def _iso_day(said: str) -> Cell:
    found = _ISO_DAY.fullmatch(said)
    try:
        return date.fromisoformat(found[1]) if found else NOT_A_DAY
    except ValueError:
        return NOT_A_DAY


def _index(said: str) -> int:
    if not re.fullmatch(r"\d{1,7}", said, re.ASCII):
        raise LookupError(said)
    return int(said)


def _texts(xml: bytes) -> list[str]:
    """The texts that cells refer to by number: each the runs of its `t`, without what only tells how it is said."""
    found: list[str] = []
    runs: list[str] = []
    inside: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        inside.append(local(name))
        if inside[-1] == "si":
            runs.clear()

    def end(_: str) -> None:
        if inside.pop() == "si":
            found.append("".join(runs))

    def text(said: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            runs.append(said)

    parse(xml, start, end, text)
    return found


def _formats(xml: bytes) -> list[str]:
    """How each style of cell shows a number."""
    custom: dict[str, str] = {}
    of_styles: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(local(name))
        if inside[-2:] == ["numFmts", "numFmt"]:
            custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        if inside[-2:] == ["cellXfs", "xf"]:
            of_styles.append(attributes.get("numFmtId", "0"))

    def end(_: str) -> None:
        inside.pop()

    parse(xml, start, end)
    return [custom.get(each) or _builtin(each) for each in of_styles]


def _builtin(format_id: str) -> str:
    return str(BUILTIN_FORMATS.get(int(format_id), "General")) if re.fullmatch(r"\d{1,4}", format_id) else "General"
