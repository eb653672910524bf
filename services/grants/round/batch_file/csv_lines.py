"""A CSV file taken apart: how its bytes are text, what parts its columns, and its lines with what stands in each cell.

Every program writes it in its own way. What has one reading is taken; what is not UTF-8, or parts its columns by some
other sign, is refused by its name, so that whoever saved it knows what to choose instead.
"""

import csv
import io
import re
from collections.abc import Iterator

from services.eventlog.refusal import Refusal
from services.grants.round.batch_file.cells import Cell
from services.httpapi.strict.strict_json import DocumentUnreadable, decode
from services.text.folding import is_blank

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DELIMITERS = ";,"
OTHERS = {"\t": "a tab", "|": "|"}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SAVE_AS = "Save it as «CSV UTF-8 (Comma delimited)»."
_ENDS = re.compile(r"\r\n|\r|\n")
_SAYS_DELIMITER = re.compile(r"sep=(.)", re.IGNORECASE)


class BatchUnreadable(Refusal):
    """The file as a whole is not of the form asked for; nothing of it was read further."""

    code = "batch-unreadable"
    status = 422
    title = "Filen kan ikke leses"


def rows_of_csv(content: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """Each line that holds something, with its number: lines of spaces and delimiters alone are passed over. A cell of
    nothing but what is invisible is empty. Refuses `BatchUnreadable`, `DocumentUnreadable`."""
    text = _text_of(content)
    lines = [line for line in _ENDS.split(text) if not is_blank(line)]
    if not lines:
        raise BatchUnreadable("The file is empty.")
    said = _SAYS_DELIMITER.fullmatch(lines[0].strip())
    delimiter = _delimiter(lines[1] if said and len(lines) > 1 else lines[0], said[1] if said else None)
    for number, (line, cells) in enumerate(_lines(text, delimiter)):
        if not (said and number == 0):
            yield line, [None if is_blank(cell) else cell for cell in cells]


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    while True:
        try:
            cells = next(lines, None)
        except csv.Error as failure:
            raise BatchUnreadable(_why(str(failure), before + 1)) from None
        if cells is None:
            return
        line, before = before + 1, lines.line_num
        if not all(map(is_blank, cells)):
            yield line, cells


def _why(failure: str, line: int) -> str:
    """What is wrong with the line that begins there. The library tells it in words alone."""
    if "end of data" in failure:
        return f"A quote that opens on line {line} is never closed. Close it, or write two for one that is meant."
    if "expected after" in failure:
        return f"A quoted text on line {line} is not closed, or holds a quote. Write two for one that is meant."
    if "limit" in failure:
        return f"A cell on line {line} is longer than any cell may be. Is a quote before it never closed?"
    return f"Line {line} is not CSV: {failure}."


def _text_of(content: bytes) -> str:
    if content.startswith((WORKBOOK, OLD_WORKBOOK)):
        raise BatchUnreadable("This is a workbook and no CSV. Send it as what it is, or save it as CSV.")
    if content.startswith(UTF_16) or _reads_as_utf_16(content):
        raise DocumentUnreadable(f"The file is UTF-16 («Unicode text»), not UTF-8. {SAVE_AS}")
    bare = content.removeprefix(BYTE_ORDER_MARK)
    try:
        return decode(bare)
    except DocumentUnreadable as refused:
        told, details = refused.detail, refused.details
    where = f" on line {details['line']}" if "line" in details else ""
    if where and _reads_as_windows_1252(bare):
        told = f"The file is not UTF-8: a sign{where} is of Windows-1252 («CSV»). {SAVE_AS}"
    elif where:
        told = f"The file is not UTF-8: it holds a sign{where} that is none there. {SAVE_AS}"
    raise DocumentUnreadable(told, **details)


def _reads_as_utf_16(content: bytes) -> bool:
    """Whether every other byte of its beginning is nothing, as in UTF-16 of Latin letters without its mark."""
    first = content[:200]
    return len(first) > 3 and any(not any(first[nth::2]) for nth in (0, 1))


def _reads_as_windows_1252(content: bytes) -> bool:
    try:
        return any(each in "æøåÆØÅéü–" for each in content.decode("cp1252"))
    except UnicodeDecodeError:
        return False


def _delimiter(header: str, said: str | None) -> str:
    """What parts the columns: as the file says itself (`sep=;`), or as its header does, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    found = [said] if said else [sign for sign in (*DELIMITERS, *OTHERS) if sign in bare]
    if len(found) == 1 and found[0] in DELIMITERS:
        return str(found[0])
    if len(found) == 1:
        raise BatchUnreadable(f"The columns are parted by {OTHERS.get(found[0], found[0])}. Part them by ; or ,.")
    if not found:
        raise BatchUnreadable("The first line names one column alone. Part the columns by ; or ,.")
    raise BatchUnreadable("The header parts its columns by either ; or , and by nothing else.")
