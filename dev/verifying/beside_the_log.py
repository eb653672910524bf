"""What of grants is held against its log in questions of its own, not fact by fact as the log is followed: one process
looks at all of a small log, and another takes these over where it is large."""

from collections.abc import Callable, Mapping
from typing import Any

from psycopg import Connection

from dev.verifying.erasable import check_accounts, check_contacts
from dev.verifying.files import check_files
from dev.verifying.staff import check_staff
from dev.verifying.told_deadlines import TOLD, check_told_deadlines
from dev.verifying.unreadable import Found

FILES = "the files"


def beside_the_log(connection: Connection[Any]) -> Mapping[str, Callable[[], Found]]:
    """Each check, by the name it goes by where it could not be made."""
    return {
        TOLD: lambda: check_told_deadlines(connection),
        FILES: lambda: check_files(connection, "grants"),
        "the rows that can be erased": lambda: check_accounts(connection),
        "the contact persons": lambda: check_contacts(connection),
        "the register of staff": lambda: check_staff(connection),
    }
