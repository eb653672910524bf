"""A migration that takes something away stands in the ledger (`migrations/contracting.toml`), with the release that no
longer needed it: for the release before runs on the new schema too, until the last of its processes has ended.

What takes away is known by its words: dropping what is read or called, renaming, narrowing what may be written, taking
a right back. What only widens (a constraint or a trigger that goes, an index) is none.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.tree import ROOT

LEDGER = ROOT / "migrations" / "contracting.toml"
FIRST = "0.1.0"
TAKES = re.compile(
    r"\b(?:DROP\s+(?:TABLE|COLUMN|FUNCTION|VIEW|SCHEMA|TYPE|SEQUENCE|IDENTITY|DEFAULT|EXPRESSION)\b|RENAME\s+(?:TO|COLUMN|CONSTRAINT)\b"
    r"|SET\s+NOT\s+NULL\b|ALTER\s+COLUMN\s+\S+\s+(?:SET\s+DATA\s+)?TYPE\b|ADD\s+CONSTRAINT\b"
    r"|REVOKE\b[^;]*\bFROM\s+\w+_(?:service|reader|dashboard|sessions)\b)",
    re.IGNORECASE,
)
CALLS = {"drop_table", "drop_column", "rename_table", "alter_column", "create_check_constraint", "create_foreign_key"}
COMMENT = re.compile(r"--[^\n]*")
CREATES = re.compile(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w.]+)", re.IGNORECASE)
ALTERS = re.compile(r"\bALTER\s+TABLE\s+(?:ONLY\s+)?([\w.]+)", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Taken:
    """One statement, in one spelling, and the file it stands in."""

    file: str
    statement: str


def statements_of(text: str) -> Iterator[str]:
    """The statements of a piece of SQL that take something away. A table that is made in the same piece is not read by
    anybody yet."""
    text = COMMENT.sub("", text)
    made = {name.lower() for name in CREATES.findall(text)}
    for statement in text.split(";"):
        altered = ALTERS.search(statement)
        if TAKES.search(statement) and not (altered and altered[1].lower() in made):
            yield " ".join(statement.split())[:160]


def texts_of(path: Path) -> Iterator[str]:
    """The SQL in a file. What a downgrade does is never run."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        yield text
        return
    for part in ast.parse(text).body:
        if isinstance(part, ast.FunctionDef) and part.name == "downgrade":
            continue
        documented = {id(each.value) for each in ast.walk(part) if isinstance(each, ast.Expr)}
        for node in ast.walk(part):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                yield node.value
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
                yield f"ALTER TABLE x RENAME TO {ast.unparse(node)}"


def taken_in(folder: Path) -> set[Taken]:
    """All that the migrations below a folder take away."""
    files = sorted([*folder.glob("*/versions/*.py"), *folder.glob("*/sql/*.sql")])
    return {
        Taken(path.relative_to(folder).as_posix(), statement)
        for path in files
        for text in texts_of(path)
        for statement in statements_of(text)
    }


def ledger() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = tomllib.loads(LEDGER.read_text(encoding="utf-8"))["taken"]
    return entries


def parts(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def too_early(entry: dict[str, str], here: str) -> bool:
    """It runs from a release that is not later than the last that needed it, or that is not this one or before. Of the
    first release nothing is needed by one before it."""
    runs, needed = parts(entry["runs_from"]), entry.get("last_needed_by")
    if needed is None:
        return entry["runs_from"] != FIRST
    return runs <= parts(needed) or runs > parts(here)


def test_what_migrations_take_away_stands_in_the_ledger_and_nothing_else() -> None:
    assert taken_in(ROOT / "migrations") == {Taken(each["file"], each["statement"]) for each in ledger()}


def test_nothing_is_taken_away_before_the_release_after_the_last_that_needed_it() -> None:
    here = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert [each for each in ledger() if too_early(each, here)] == []
    assert [each for each in ledger() if not each["why"].strip()] == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE grants.fund",
        "ALTER TABLE grants.fund DROP COLUMN name",
        "ALTER TABLE grants.fund RENAME COLUMN name TO title",
        "ALTER TABLE grants.fund ALTER COLUMN name SET NOT NULL",
        "ALTER TABLE grants.fund ALTER COLUMN year TYPE smallint",
        "ALTER TABLE grants.fund ADD CONSTRAINT named CHECK (name <> '')",
        "DROP FUNCTION grants.append(uuid[])",
        "REVOKE SELECT ON grants.fund FROM grants_reader",
    ],
)
def test_each_way_of_taking_away_is_seen(tmp_path: Path, statement: str) -> None:
    versions = tmp_path / "grants" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_a.py").write_text(
        f'def upgrade():\n    op.execute("{statement}")\n\ndef downgrade():\n    op.execute("DROP TABLE x")\n'
    )
    assert taken_in(tmp_path) == {Taken("grants/versions/0001_a.py", statement)}


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE grants.fund ADD COLUMN note text",
        "ALTER TABLE grants.fund DROP CONSTRAINT named",
        "DROP INDEX grants.fund_parent",
        "CREATE TABLE grants.new (a int); ALTER TABLE grants.new ADD CONSTRAINT b CHECK (a > 0)",
        "REVOKE ALL ON FUNCTION grants.take_turn FROM PUBLIC",
    ],
)
def test_what_only_adds_or_widens_is_none(statement: str) -> None:
    assert list(statements_of(statement)) == []


@pytest.mark.parametrize(
    ("entry", "early"),
    [
        ({"runs_from": "0.3.0", "last_needed_by": "0.2.0"}, False),
        ({"runs_from": "0.2.0", "last_needed_by": "0.2.0"}, True),
        ({"runs_from": "0.4.0", "last_needed_by": "0.2.0"}, True),
        ({"runs_from": "0.3.0"}, True),
        ({"runs_from": FIRST}, False),
    ],
)
def test_a_release_waits_until_the_one_before_needs_it_no_longer(entry: dict[str, str], early: bool) -> None:
    assert too_early(entry, "0.3.0") is early
