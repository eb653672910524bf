"""A file that costs more than it says is refused in bounded time, by whichever way it comes in.

Seen: a workbook of 27 kilobytes with a million shared strings, or attributes, cost 22 seconds of the processor, in the
pool of threads that signs checkpoints and hands over payments.
"""

import asyncio
import resource
from collections.abc import Callable
from typing import Any

import pytest

from services.eventlog.refusal import Refusal
from services.grants.allocation.letter_file.apart import LETTER
from services.grants.round.batch_file.apart import SHEET
from services.grants.round.per_capita import OPTIONAL, REQUIRED
from services.httpapi.strict.strict_json import LOOKED_THROUGH, MOST_VALUES
from services.sandbox import Bounds, Reading, Sandbox
from tests.grants.round.raw_workbook import RawSheet, RawWorkbook, row, sheet_of

MANY = 1_000_000

ROW = row(1, '<c t="s"><v>0</v></c>')
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs>{}</cellXfs></styleSheet>'
)
MERGE = '<mergeCell ref="A2:A3"/>'

COSTLY: dict[str, Callable[[], bytes]] = {
    "shared strings": lambda: RawWorkbook(sheets=[RawSheet(data=ROW)], strings="<si><t/></si>" * MANY).content(),
    "attributes": lambda: sheet_of([attributes()]),
    "rows": lambda: sheet_of([ROW, "<row/>" * MANY * 2]),
    "depth": lambda: sheet_of(["<x>" * MANY]),
    "merged cells": lambda: sheet_of([ROW], after=f"<mergeCells>{MERGE * (MANY // 2)}</mergeCells>"),
    "styles": lambda: sheet_of([ROW], others={"xl/styles.xml": STYLES.format("<xf/>" * MANY)}),
}
"""Each a few kilobytes, or little more, that unpack to some megabytes: within what a workbook may unpack to."""


BOUNDS = Bounds(seconds=1)


def refused_apart(reading: Reading[Any], content: bytes, **asked: Any) -> Refusal:
    """How the file is refused, in a process of its own."""

    async def go() -> Refusal:
        sandbox = Sandbox(1, bounds=BOUNDS)
        try:
            with pytest.raises(Refusal) as refused:
                await sandbox.read(reading, content, **asked)
            return refused.value
        finally:
            await sandbox.close()

    return asyncio.run(go())


def seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("what", COSTLY)
def test_a_small_workbook_that_costs_much_is_refused_within_its_bound(what: str) -> None:
    content = COSTLY[what]()
    before = seconds_of_children()
    refused = refused_apart(SHEET, content, kind="xlsx", required=REQUIRED, optional=OPTIONAL)
    assert refused.code in ("file-too-costly", "batch-columns-wrong", "workbook-unreadable"), refused.detail
    # The kernel ends the child after a second; the rest is what it takes to begin.
    assert seconds_of_children() - before < BOUNDS.seconds + 2


def test_a_transcription_and_a_document_that_cost_much_are_refused_within_their_bound() -> None:
    before = seconds_of_children()
    nested = b"[" + b"{}," * 300_000 + b"{}]"
    assert refused_apart(LOOKED_THROUGH, nested * 4).code in ("document-unreadable", "file-too-costly")
    values = b"[" + b"0," * (MOST_VALUES + 1) + b"0]"
    assert refused_apart(LOOKED_THROUGH, values).code in ("document-unreadable", "file-too-costly")
    yaml = b"letter:\n" + b"- {a: [1, 2, 3]}\n" * 14_000
    assert refused_apart(LETTER, yaml).code in ("letter-unreadable", "file-too-costly")
    assert seconds_of_children() - before < 3 * (BOUNDS.seconds + 2)


def attributes() -> str:
    return "<row " + " ".join(f'a{nth}=""' for nth in range(MANY)) + "/>"
