"""A workbook written part by part, as any program might: what openpyxl never writes, and what Excel does."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs>'
)
DAY_STYLE = 1


@dataclass(frozen=True, kw_only=True)
class RawSheet:
    """One sheet: what stands in `sheetData`, and around it."""

    data: str = ""
    before: str = ""
    after: str = ""
    state: str = "visible"
    chart: bool = False

    @property
    def xml(self) -> str:
        if self.chart:
            return f'<chartsheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>'
        return f'<worksheet xmlns="{MAIN}">{self.before}<sheetData>{self.data}</sheetData>{self.after}</worksheet>'


@dataclass(frozen=True, kw_only=True)
class RawWorkbook:
    """The whole file. `strings` are its shared strings, each as the XML inside `si`."""

    sheets: Sequence[RawSheet]
    strings: Sequence[str] | str = ()
    date1904: bool = False
    others: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        parts = {f"xl/worksheets/sheet{nth}.xml": each.xml for nth, each in enumerate(self.sheets, 1)}
        kinds = {
            name: "chartsheet" if each.chart else "worksheet" for name, each in zip(parts, self.sheets, strict=True)
        }
        inside = self.strings if isinstance(self.strings, str) else "".join(f"<si>{each}</si>" for each in self.strings)
        overrides = {f"/{name}": f"{KIND}.{kind}+xml" for name, kind in kinds.items()} | {
            "/xl/workbook.xml": f"{KIND}.sheet.main+xml",
            "/xl/styles.xml": f"{KIND}.styles+xml",
            "/xl/sharedStrings.xml": f"{KIND}.sharedStrings+xml",
        }
        named = "".join(
            f'<sheet name="Ark{nth}" sheetId="{nth}" state="{each.state}" r:id="rId{nth}"/>'
            for nth, each in enumerate(self.sheets, 1)
        )
        linked = "".join(
            f'<Relationship Id="rId{nth}" Type="{OFFICE}/{kind}" Target="worksheets/{name.rpartition("/")[2]}"/>'
            for nth, (name, kind) in enumerate(kinds.items(), 1)
        )
        files = parts | {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
            f'<workbookPr date1904="{int(self.date1904)}"/><sheets>{named}</sheets></workbook>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{inside}</sst>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{linked}'
            f'<Relationship Id="rId98" Type="{OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId99" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
            + "</Types>",
        }
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            for name, text in (files | dict(self.others)).items():
                file.writestr(name, text)
        return packed.getvalue()


def sheet_of(
    rows: Sequence[str], *, before: str = "", after: str = "", others: Mapping[str, str] | None = None
) -> bytes:
    """A workbook of one sheet of these rows."""
    sheet = RawSheet(data="".join(rows), before=before, after=after)
    return RawWorkbook(sheets=[sheet], others=others or {}).content()


def row(number: int, *cells: str, **attributes: str) -> str:
    """A row with its cells, each given without its place."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    placed = "".join(
        cell.replace("<c", f'<c r="{column(nth)}{number}"', 1) for nth, cell in enumerate(cells, 1) if cell
    )
    return f'<row r="{number}"{said}>{placed}</row>'


def column(nth: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    letters = ""
    while nth:
        nth, left = divmod(nth - 1, 26)
        letters = chr(65 + left) + letters
    return letters


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number(text: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{text}</v></c>'
