"""The event log's tables and functions, in any service's schema: one text for all of them.

The texts are grants' own (migrations/grants/sql), which have landed and do not change. Each log has a lock of its own,
so that the services' writers never wait for each other. What the first text says of the hard stop on money is reached
only where the constraints of funds are.
"""

from pathlib import Path

TEXTS = Path(__file__).parent / "grants" / "sql"
LOCK = "7402020"
LOCKS = {"grants": 7402020, "notifications": 7402021}


def log_sql(schema: str, *, lock: int, part: str = "log.sql") -> str:
    """The statements that lay the log in `schema`, or one later change of it. The log calls
    `<schema>.apply_effects(befores, effects, now_at)` with every append; the service's own migration makes that."""
    return (TEXTS / part).read_text(encoding="utf-8").replace("grants.", f"{schema}.").replace(LOCK, str(lock))


def log_change(schema: str, part: str) -> str:
    """A later change of the log, as Alembic executes it; its rights are those of the schema's own roles."""
    return log_sql(schema, lock=LOCKS[schema], part=part).replace("grants_", f"{schema}_").replace("%", "%%")


def rules_of_grants(rules: int) -> str:
    """A log of grants that already holds facts says from where on it is judged by these rules, and that those before
    them held until here: every such log has come to them by now. As the change to the fifth rules says it."""
    to_fifth = "'rules', 5, 'before', 4"
    change = log_change("grants", "fifth_rules.sql")
    assert to_fifth in change
    return change.replace(to_fifth, f"'rules', {rules}, 'before', {rules - 1}")
