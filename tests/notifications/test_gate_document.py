"""What the auditor's page on the gate says of its mutants is what there is."""

from tests.grants.grant_letter.permit_mutants import MUTANTS as OF_GRANTS
from tests.house.tree import ROOT
from tests.notifications.gate_mutants import IN_PYTHON, IN_SQL
from tests.notifications.leaving.closed_again_mutants import MUTANTS as OF_TRIES
from tests.notifications.leaving.followed_mutants import MUTANTS as OF_CHANGES
from tests.notifications.leaving.permit_mutants import MUTANTS as OF_NOTIFICATIONS

PAGE = ROOT / "docs" / "gate.md"
FOLDERS = ("`tests/", "`services/", "`migrations/")


def rows() -> list[str]:
    """The table's rows: each mutant, the function it is of, and the case that kills it."""
    of = [(mutant, f"`notifications.{mutant.function}` (SQL)") for mutant in IN_SQL]
    of += [(mutant, f"`{mutant.function}` (Python)") for mutant in IN_PYTHON]
    return [f"| {mutant.name} | {function} | `{mutant.killed_by.__name__}` |" for mutant, function in of]


def test_the_page_lists_every_mutant_with_the_case_that_kills_it() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| mutant | of | killed by |\n|---|---|---|\n")[2]
    assert table.splitlines() == rows()


def test_the_page_lists_every_mutant_of_the_permit() -> None:
    of = [(mutant, "grants") for mutant in OF_GRANTS] + [(mutant, "notifications") for mutant in OF_NOTIFICATIONS]
    wanted = [
        f"| {mutant.name} | `{schema}.{mutant.function}` (SQL) | `{mutant.killed_by.__name__}` |"
        for mutant, schema in of
    ]
    header = "| mutant of the permit | of | killed by |\n|---|---|---|\n"
    table = PAGE.read_text(encoding="utf-8").partition(header)[2].partition("\n\n")[0]
    assert table.splitlines() == wanted


def test_the_page_lists_every_mutant_of_the_letter_of_a_change() -> None:
    header = "| mutant of the letter of a change | of | killed by |\n|---|---|---|\n"
    table = PAGE.read_text(encoding="utf-8").partition(header)[2].partition("\n\n")[0]
    assert table.splitlines() == [
        f"| {mutant.name} | `notifications.{mutant.function}` (SQL) | `{mutant.killed_by.__name__}` |"
        for mutant in OF_CHANGES
    ]


def test_the_page_lists_every_mutant_of_the_gate_at_each_try() -> None:
    header = "| mutant of the gate at each try | of | killed by |\n|---|---|---|\n"
    table = PAGE.read_text(encoding="utf-8").partition(header)[2].partition("\n\n")[0]
    assert table.splitlines() == [
        f"| {mutant.name} | `notifications.{mutant.function}` (SQL) | `{mutant.killed_by.__name__}` |"
        for mutant in OF_TRIES
    ]


def test_the_page_names_files_that_are_there() -> None:
    words = PAGE.read_text(encoding="utf-8").split()
    named = {word.strip("`(),;:") for word in words if word.lstrip("(").startswith(FOLDERS)}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
