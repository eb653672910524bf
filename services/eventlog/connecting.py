"""What a session of ours depends on, said when it begins.

A role may change its own settings for good, and PostgreSQL cannot forbid it: one ALTER ROLE, and commits wait for no
disk, or a query for ever. So each connection says what it needs, and the role's own settings matter to nobody.
"""

from typing import Literal

from psycopg.conninfo import conninfo_to_dict, make_conninfo

Work = Literal["answering", "recording", "in the background"]

LOCK_SECONDS = 5
_STATEMENT_SECONDS: dict[Work, int] = {"answering": 30, "recording": 20, "in the background": 300}
_ALWAYS = {
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "60s",
    "search_path": "pg_catalog",
    "timezone": "UTC",
    "datestyle": "ISO",
}


def session(dsn: str, work: Work) -> str:
    """The DSN of such sessions. Nobody waits more than five seconds for a lock, nor for a statement more than half a
    minute where somebody waits for the answer, and five minutes in the background. What the DSN itself sets stays."""
    settings = _ALWAYS | {
        "statement_timeout": f"{_STATEMENT_SECONDS[work]}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
    }
    said = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in settings.items())
    before = conninfo_to_dict(dsn).get("options")
    return make_conninfo(dsn, options=f"{said} {before}" if before else said)
