"""While a large file or a large round is decided, whoever else asks is answered.

Seen: a file of 10,000 lines held up another reader for one to four seconds after it had been read, for the decision on
its cases, their facts and the answer were pure Python where requests are served.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import process_time
from typing import Any

from services.grants.registers.municipalities import list_municipalities
from services.grants.registers.organisation_numbers import is_organisation_number
from tests.conftest import Database
from tests.grants.round.rounds import (
    KARI,
    NAMED,
    NEW_YEAR,
    PER_CAPITA,
    SETTLING,
    Office,
    as_csv,
    at_work,
    batch_line,
    open_year,
)
from tests.grants.round.rounds_over_http import csv

LINES = 1_500
SHARE = 1 / 4
"""How much of the time one turn may take of those who wait, at most. It was two thirds where all was done in one."""


def large_file() -> bytes:
    places = list_municipalities(NEW_YEAR)
    numbers = [number for number in map(str, range(958_000_000, 958_009_000)) if is_organisation_number(number)]
    owners = [(place.number, place.name, number) for place, number in zip(places, numbers, strict=False)]
    return as_csv(*(batch_line(owners[nth % len(owners)], rule=f"år {nth // len(owners)}") for nth in range(LINES)))


async def longest_turn(act: Callable[[], Awaitable[Any]]) -> float:
    """The longest that anybody else waited for a turn while it was done, as a share of the whole. Counted in what this
    process computed, in all its threads: a machine that gives it no turn keeps nobody waiting here."""
    began = before = process_time()
    longest, acting = 0.0, asyncio.ensure_future(act())
    while not acting.done():
        await asyncio.sleep(0.001)
        longest, before = max(longest, process_time() - before), process_time()
    await acting
    return longest / (process_time() - began)


def test_a_large_file_and_its_approval_leave_turns_to_others(database: Database, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        gc.collect()
        gc.freeze()  # as the server does, or going through all of the test's own objects is what is waited for
        await office.opens(PER_CAPITA)
        file = csv(large_file())
        assert await longest_turn(lambda: office.does(KARI, "POST", "/batches", **file)) < SHARE
        assert await longest_turn(office.approves) < SHARE
        assert (await office.reads())["approved"] == LINES

    open_year(database, {SETTLING: 10**12, NAMED: 1_000})
    at_work(database, tmp_path, story)
