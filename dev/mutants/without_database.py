"""The tests that a changed rule is asked about: those that need no database, so that a thousand changes take minutes.

Long plays and machines are left out too. They find much, but a rule should be held by a sentence that says it.
"""

import sys
from typing import Any

SLOW = (
    *("sweep", "typeset", "layout", "templates", "letter_bounds", "figures", "over_http"),
    *("life", "machine", "dead_end", "conserv", "mutants", "asks_the_rules", "award_import"),
    *("costly", "odd_sheets", "whole_sheets"),
)
READS_THE_CODE = ("test_every_kind_has_a_state_in_which_it_is_offered",)
"""What a module says is another thing where every change of it stands in it at once."""


def forget() -> None:
    """What a test or a service has worked out and remembers, it works out again: every change is tried by a process
    that remembers what came of the code unchanged."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "services")]:
        for value in list(vars(sys.modules[name]).values()):
            if callable(clear := getattr(value, "cache_clear", None)):
                clear()


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Keep a test unless it needs the run's server, sets letters, or reads the code that is changed."""
    forget()
    items[:] = [
        item
        for item in items
        if "cluster" not in item.fixturenames
        and item.name not in READS_THE_CODE
        and not any(word in item.path.name for word in SLOW)
    ]
