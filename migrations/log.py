"""The event log's tables and functions, in any service's schema: one text for all of them.

The text is grants' own (migrations/grants/sql/log.sql), which has landed and does not change. Each log has a lock of
its own, so that the services' writers never wait for each other. What the text says of the hard stop on money is
reached only where the constraints of funds are.
"""

from pathlib import Path

LOG = Path(__file__).parent / "grants" / "sql" / "log.sql"
LOCK = "7402020"


def log_sql(schema: str, *, lock: int) -> str:
    """The statements that lay the log in `schema`. It calls `<schema>.apply_effects(befores, effects, now_at)` with
    every append; the service's own migration makes that."""
    return LOG.read_text(encoding="utf-8").replace("grants.", f"{schema}.").replace(LOCK, str(lock))
