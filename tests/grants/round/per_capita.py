"""What the tests of per capita build, for other tests to use as well."""

import io
import zipfile

from services.grants.round.batch_file.table import Kind, read_sheet
from services.grants.round.per_capita import OPTIONAL, REQUIRED, Batch, read_batch
from tests.grants.round.rounds import SETTLING, as_xlsx, batch_line


def read(content: bytes, kind: Kind = "csv") -> Batch:
    return read_batch(read_sheet(content, kind, required=REQUIRED, optional=OPTIONAL), {SETTLING})


def places(batch: Batch) -> set[tuple[int, str | None, str]]:
    return {(fault.line, fault.column, fault.code) for fault in batch.faults}


def packed(name: str, content: bytes, times: int = 1) -> bytes:
    """A workbook with one of its parts replaced, or given more than once."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx(batch_line()))) as whole,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as other,
    ):
        for part in whole.namelist():
            if part != name:
                other.writestr(part, whole.read(part))
        for nth in range(times):
            other.writestr(name if nth == 0 else f"{nth}/{name}", content)
    return packed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
