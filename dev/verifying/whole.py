"""All that `make verify` looks at, in the one place that `make bench` measures too: neither leaves out what the other
does."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path

from dev.verifying.heard import check_heard
from dev.verifying.log import verify
from dev.verifying.releases import Days
from dev.verifying.report import report, report_heard, report_schema, report_views
from dev.verifying.shipped import check_schema
from dev.verifying.views import compare_views, empty_database

LOGS = ("grants", "notifications")


def look_at_all(
    dsns: Mapping[str, str],
    directories: Mapping[str, Path],
    keys: Mapping[str, Path],
    *,
    days: Days | None = None,
    every_day: bool = False,
    demonstration: bool = False,
    administrators: Collection[str] = (),
    without_views: bool = False,
    say: Callable[[str, int], None] = lambda _, __: None,
    between: Callable[[], None] = lambda: None,
) -> int:
    """Look at each log that is given, at what either says it heard of the other, at the read models and at the schema,
    and say what was found of each (`dev/verifying/report.py`). How many faults. `dsns`, `directories` of checkpoints
    and `keys` by log; `between` the logs and what is held against them, there may be more to say."""
    wrong = 0
    for schema, dsn in dsns.items():
        found = verify(
            dsn,
            directories[schema],
            keys[schema],
            every_day=every_day,
            schema=schema,
            days=days,
            dated=not demonstration,
            told=True,
            say=partial(say, schema),
        )
        wrong += report(schema, *found)
    between()
    if demonstration:
        print("The days of decisions: not held against a demonstration's clock. Its story has days of its own.")
    if dsns.keys() >= set(LOGS):
        for schema, (counts, faults) in check_heard(dsns, keys).items():
            wrong += report_heard(schema, counts, faults)
    else:
        print("One log alone was given: what it says it heard of the other is not held against the other.")
    if without_views:
        print("Read models: left out, as asked.")
    else:
        with empty_database(*dsns) as scratch:
            for schema, dsn in dsns.items():
                wrong += report_views(*compare_views(dsn, scratch, schema))
    return wrong + report_schema(*check_schema(dsns, demonstration=demonstration, administrators=administrators))
