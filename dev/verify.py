"""`make verify`: recompute both logs' chains and checkpoints, every balance, the gate and the read models, and say what
was checked. `--since-last` looks at what came since both logs were last verified whole, and no more.

Reads only, as the reader's role, in one snapshot, some thousand rows in memory at a time. Ends with 0 if everything
holds and with 1 if not; each fault comes with the position it was found at.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import psycopg

from dev import postgres
from dev.state import DATABASE, State
from dev.verifying.outside import Outside, say_how_far
from dev.verifying.releases import Unreadable, days_in
from dev.verifying.whole import look_at_all
from migrations.roles import url
from services.calendar import clock
from services.eventlog.checkpoints.checkpoint import PUBLIC_KEY
from services.grants.back_dating.beginning import began_on

SCHEMAS = ("grants", "notifications")


@contextlib.contextmanager
def database(dsn: str | None) -> Iterator[str]:
    """How the grants log is read: as asked, or in this checkout's own database."""
    with databases({"grants": dsn}) as dsns:
        yield dsns["grants"]


@contextlib.contextmanager
def databases(asked: dict[str, str | None]) -> Iterator[dict[str, str]]:
    """How each log is read that was asked for; else both of this checkout's own database, started for the while if it
    does not run."""
    given = {schema: dsn for schema, dsn in asked.items() if dsn is not None}
    if given:
        yield given
        return
    state = State.of_this_checkout()
    if not state.postgres.exists():
        sys.exit("There is no database yet. `make run` makes one; or name another with --dsn.")
    with postgres.running(state.postgres) as server:
        words = state.passwords()
        yield {
            schema: url(server.dsn(), database=DATABASE, user=f"{schema}_reader", password=words[f"{schema}_reader"])
            for schema in SCHEMAS
        }


def say_when_it_began(dsns: dict[str, str], set_to: date | None) -> None:
    """Say that the system is set to have begun after its log; what is said to be from before is held to the log all the
    same (`services/grants/back_dating/beginning.py`)."""
    if set_to is None or "grants" not in dsns:
        return
    with psycopg.connect(dsns["grants"]) as connection:
        first = connection.execute("SELECT recorded_at FROM grants.event ORDER BY position LIMIT 1").fetchone()
    if (began := began_on(set_to, first[0] if first else None)) < set_to:
        print(f"The system is set to have begun on {set_to}, and its log begins on {began}: that day counts.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Verify both logs, their checkpoints, every balance and the gate.")
    state = State.of_this_checkout()
    kept = {"grants": state.checkpoints, "notifications": state.checkpoints_of_notifications}
    for schema, prefix in (("grants", ""), ("notifications", "notifications-")):
        name = prefix.upper().replace("-", "_")
        parser.add_argument(
            f"--{prefix}dsn",
            default=os.environ.get(f"TILSAGN_{name}READER_DATABASE_URL"),
            help=f"the database of the {schema} log, as a reader",
        )
        parser.add_argument(
            f"--{prefix}checkpoints",
            type=Path,
            default=Path(os.environ.get(f"TILSAGN_{name}CHECKPOINT_DIR", kept[schema])),
            help="the directory of its signed checkpoints",
        )
        parser.add_argument(
            f"--{prefix}public-key", type=Path, help=f"the key they are signed with (default: {PUBLIC_KEY} there)"
        )
    parser.add_argument("--every-day", action="store_true", help="every fund on every day, not days of change")
    parser.add_argument("--demonstration", action="store_true", help="the clock may be a demonstration's, and is told")
    parser.add_argument(
        "--administrator", action="append", default=[], help="a role that administers the cluster, which is told"
    )
    parser.add_argument("--without-views", action="store_true", help="leave the read models out")
    parser.add_argument(
        "--system-began-on",
        type=date.fromisoformat,
        default=os.environ.get("TILSAGN_SYSTEM_BEGAN_ON"),
        help="the day the service is set to have begun on; one that lies after the log's beginning is told",
    )
    parser.add_argument("--days", type=Path, help="the ministry's dated list of days (JSON); else the instruction's 14")
    parser.add_argument("--since-last", action="store_true", help="what came since the last whole verification alone")
    parser.add_argument(
        "--verified",
        type=Path,
        default=os.environ.get("TILSAGN_VERIFIED_DIR"),
        help="the folder, outside databases and checkpoints, of how far each log was last verified whole",
    )
    parser.add_argument(
        "--verifier-key",
        type=Path,
        default=os.environ.get("TILSAGN_VERIFIER_KEY"),
        help="the key of whoever verifies, which signs that (Ed25519, PEM)",
    )
    asked = parser.parse_args()
    try:
        days = days_in(asked.days)
    except Unreadable as problem:
        sys.exit(f"{problem}.")
    outside = Outside.of(asked.verified, asked.verifier_key, state)
    wrong = 0
    if asked.since_last:
        with databases({"grants": asked.dsn, "notifications": asked.notifications_dsn}) as dsns:
            for schema, dsn in dsns.items():
                directory = asked.checkpoints if schema == "grants" else asked.notifications_checkpoints
                given = asked.public_key if schema == "grants" else asked.notifications_public_key
                wrong += outside.report_since(schema, dsn, directory, given or directory / PUBLIC_KEY)
        sys.exit(1 if wrong else 0)
    began, keys, directories = clock.now(), dict[str, Path](), dict[str, Path]()
    with databases({"grants": asked.dsn, "notifications": asked.notifications_dsn}) as dsns:
        for schema in dsns:
            directory = asked.checkpoints if schema == "grants" else asked.notifications_checkpoints
            given = asked.public_key if schema == "grants" else asked.notifications_public_key
            keys[schema], directories[schema] = given or directory / PUBLIC_KEY, directory
        wrong = look_at_all(
            dsns,
            directories,
            keys,
            days=days,
            every_day=asked.every_day,
            demonstration=asked.demonstration,
            administrators=asked.administrator,
            without_views=asked.without_views,
            say=say_how_far,
            between=partial(say_when_it_began, dsns, asked.system_began_on),
        )
    if not wrong and not asked.without_views:
        outside.keep(keys, directories, began)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
