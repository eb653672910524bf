"""What `make verify` says of a database and its checkpoints, whole: the program itself, run in this process."""

import contextlib
import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from dev import verify
from tests.conftest import Database
from tests.faults.planted.lived import FOLDERS


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Whether it ended well, and each line it said."""

    holds: bool
    said: list[str]

    def faults(self) -> list[str]:
        return [line for line in self.said if line.startswith("position ")]

    def tells(self, what: str) -> None:
        """Fails unless one of the faults is what the pattern says."""
        assert any(re.search(what, fault) for fault in self.faults()), f"{what} is not among {self.faults()}"


def judged(database: Database, folder: Path, *, views: bool = True) -> Judgement:
    """Run it on both logs. Without the read models it is seconds quicker."""
    asked = ["verify", "--dsn", database.reader_dsn, "--notifications-dsn", database.notifications_reader_dsn]
    asked += ["--checkpoints", str(folder / FOLDERS["grants"])]
    asked += ["--notifications-checkpoints", str(folder / FOLDERS["notifications"])]
    asked += [] if views else ["--without-views"]
    said = io.StringIO()
    argv, sys.argv = sys.argv, asked
    try:
        with contextlib.redirect_stdout(said):
            verify.main()
    except SystemExit as end:
        return Judgement(holds=end.code == 0, said=said.getvalue().splitlines())
    finally:
        sys.argv = argv
    raise AssertionError("it ends with a code")
