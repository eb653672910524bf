"""A workbook's parts: unpacked once, within bounds, and which of them hold the sheet, its texts and its formats.

It comes from outside, so nothing is believed of how large or how many they are, and no part defines entities.
"""

import io
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from services.eventlog.refusal import Refusal

UNPACKED_BYTES = 16 * 1024 * 1024
UNPACKED_PARTS = 200
NAMESPACES = frozenset(
    {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"}
)
"""Of the two editions of the standard (ECMA-376 transitional, and strict)."""
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class WorkbookUnreadable(Refusal):
    """The workbook as a whole is not of the form asked for; nothing of it was read further."""

    code = "workbook-unreadable"
    status = 422
    title = "Arbeidsboken kan ikke leses"


@dataclass(frozen=True, kw_only=True)
class Book:
    """The parts by their paths, the one sheet's own, and whether days are counted from 1904."""

    parts: Mapping[str, bytes]
    sheet: bytes
    strings: bytes | None
    styles: bytes | None
    from_1904: bool


def open_book(content: bytes) -> Book:
    """The workbook's parts. Refuses (`WorkbookUnreadable`) one that is none, unpacks to too much, or has not exactly
    one sheet of lines, to be seen."""
    parts = unpacked(content)
    root = _links(parts, "")
    book = _single(root, "officeDocument") or "xl/workbook.xml"
    if book not in parts:
        raise WorkbookUnreadable("This is not a workbook that can be read. Save it as .xlsx again.")
    sheets: list[dict[str, str]] = []
    properties: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            sheets.append({local(key): value for key, value in attributes.items()})
        if local(name) == "workbookPr":
            properties.update(attributes)

    parse(parts[book], start)
    links = _links(parts, book)
    return Book(
        parts=parts,
        sheet=parts[_the_sheet(sheets, links, parts)],
        strings=parts.get(_single(links, "sharedStrings") or ""),
        styles=parts.get(_single(links, "styles") or ""),
        from_1904=properties.get("date1904") in ("1", "true"),
    )


def unpacked(content: bytes) -> dict[str, bytes]:
    """Each part inflated once. Refuses one that unpacks to too much, hides parts behind others or defines entities: a
    document type is where entity bombs are written, and no workbook has one."""
    if content.startswith(_COMPOUND_FILE):
        raise WorkbookUnreadable(
            "The file is locked with a password, or of the old kind (.xls). Save it as .xlsx, without a password."
        )
    left, parts = UNPACKED_BYTES, dict[str, bytes]()
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            names = packed.infolist()
            if len(names) > UNPACKED_PARTS or len({part.filename.casefold() for part in names}) != len(names):
                raise WorkbookUnreadable("The workbook has too many parts, or two of one name.")
            for part in names:
                with packed.open(part) as inflating:
                    data = inflating.read(left + 1)
                left -= len(data)
                if left < 0:
                    raise WorkbookUnreadable(f"The workbook unpacks to more than {UNPACKED_BYTES} bytes.")
                if b"<!DOCTYPE" in data:
                    raise WorkbookUnreadable("The workbook defines a document type, which no workbook needs.")
                parts[part.filename] = data
    except BadZipFile:
        raise WorkbookUnreadable(_what_it_is(content)) from None
    if b"opendocument" in parts.get("mimetype", b""):
        raise WorkbookUnreadable("This is a workbook of OpenDocument (.ods). Save it as .xlsx.")
    if "xl/workbook.bin" in parts:
        raise WorkbookUnreadable("This is a binary workbook (.xlsb). Save it as .xlsx.")
    return parts


def _what_it_is(content: bytes) -> str:
    """Why bytes that are not packed are no workbook."""
    beginning = content[:1_000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if beginning.startswith((b"<!doctype html", b"<html", b"<table")):
        return "This is a web page with the name of a workbook. Save it as .xlsx in a spreadsheet."
    if beginning.startswith(b"<?xml"):
        return "This is a workbook of the XML kind of 2003. Save it as .xlsx."
    if beginning.startswith(b"pk\x03\x04"):
        return "The workbook is broken off or damaged. Send the whole file, or save it as .xlsx again."
    if beginning and not any(each < ord(" ") and each not in b"\r\n\t" for each in beginning):
        return "This is text and no workbook. Send it as text/csv if it is CSV."
    return "This is not a workbook that can be read. Save it as .xlsx again."


def parse(xml: bytes, start: Start, end: End | None = None, text: Callable[[str], None] | None = None) -> None:
    """Reads one part's XML, element by element; names are `namespace}name`. Refuses (`WorkbookUnreadable`) what is
    none, and a document type in whatever encoding."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as broken:
        if broken.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from None
        raise WorkbookUnreadable("A part of the workbook is broken. Save it as .xlsx again.") from None


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rpartition("}")[2]


def _refuse_document_type(*_: Any) -> None:
    raise WorkbookUnreadable("The workbook defines a document type, which no workbook needs.")


def _links(parts: Mapping[str, bytes], source: str) -> dict[str, tuple[str, str]]:
    """What a part leads to: by id, the last word of its kind and the path."""
    folder, name = posixpath.split(source)
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if local(element) == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target.lstrip("/"))

    parse(parts.get(posixpath.join(folder, "_rels", f"{name}.rels"), b"<none/>"), start)
    return found


def _single(links: Mapping[str, tuple[str, str]], kind: str) -> str | None:
    return next((path for each, path in links.values() if each == kind), None)


def _the_sheet(sheets: list[dict[str, str]], links: Mapping[str, tuple[str, str]], parts: Mapping[str, bytes]) -> str:
    """The path of the one sheet that holds lines. A sheet that is a chart holds none."""
    of_lines = [each for each in sheets if links.get(each.get("id", ""), ("", ""))[0] != "chartsheet"]
    hidden = [each for each in of_lines if each.get("state", "visible") != "visible"]
    deep = sum(each["state"] == "veryHidden" for each in hidden)
    if len(of_lines) != 1:
        told = f", {len(hidden)} of them hidden" if hidden else ""
        told += f" ({deep} of these only to be seen in the editor of macros)" if deep else ""
        raise WorkbookUnreadable(f"The workbook has {len(of_lines)} sheets{told}. Keep the one with the lines.")
    if hidden:
        where = " so that only the editor of macros shows it" if deep else ""
        raise WorkbookUnreadable(f"The sheet with the lines is hidden{where}. Show it, and save the workbook again.")
    kind, path = links.get(of_lines[0].get("id", ""), ("", ""))
    if kind != "worksheet" or path not in parts:
        raise WorkbookUnreadable("The workbook's sheet is none of lines, or is missing. Save it as .xlsx again.")
    return path
