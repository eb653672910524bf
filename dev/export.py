"""`python -m dev.export > log.jsonl`: the whole log with its checkpoints, for contracts/verify_export.py."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from psycopg_pool import AsyncConnectionPool

from dev.state import State
from dev.verify import database
from services.eventlog.checkpoints.checkpoint import Checkpoints
from services.eventlog.feeds.export import export_lines


async def write(dsn: str, directory: Path, after: int) -> None:
    """Every line to standard output."""
    async with AsyncConnectionPool(dsn, min_size=1, max_size=1) as pool:
        async for line in export_lines(pool, after, checkpoints=Checkpoints(directory).contents()):
            sys.stdout.buffer.write(line)


def main() -> None:
    parser = argparse.ArgumentParser(description="Export the log as JSON lines.")
    parser.add_argument("--dsn", default=os.environ.get("TILSAGN_READER_DATABASE_URL"), help="the database")
    kept = Path(os.environ.get("TILSAGN_CHECKPOINT_DIR", State.of_this_checkout().checkpoints))
    parser.add_argument("--checkpoints", type=Path, default=kept, help="the directory of signed checkpoints")
    parser.add_argument("--after", type=int, default=0, help="only what came after this position")
    asked = parser.parse_args()
    with database(asked.dsn) as dsn:
        asyncio.run(write(dsn, asked.checkpoints, asked.after))


if __name__ == "__main__":
    main()
