"""What a decision says it is checked by is there: a test that moved or was renamed is named anew."""

import re

from tests.house.tree import ROOT

CHECKED_BY = "## Checked by"
PLACE = re.compile(r"(?:tests/)?[\w/]*\btest_\w+\.py|tests/[\w/]+")
NAME = re.compile(r"test_\w+")


def test_every_test_that_a_decision_names_is_there() -> None:
    files = sorted((ROOT / "tests").rglob("*.py"))
    written = {name for file in files for name in re.findall(r"^(?:def|class) (\w+)", file.read_text(), re.MULTILINE)}
    names = {file.name for file in files}
    gone = [
        f"{decision.name}: {named}"
        for decision in sorted((ROOT / "docs" / "decisions").glob("*.md"))
        for named in re.findall(r"`([^`]+)`", decision.read_text().partition(CHECKED_BY)[2])
        if (NAME.fullmatch(named) and named not in written)
        or (PLACE.fullmatch(named) and not ((ROOT / named).exists() or named in names))
    ]
    assert gone == []
