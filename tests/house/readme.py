"""What the tests of readme build, for other tests to use as well."""

import re

from tests.house.tree import ROOT


def list_targets() -> set[str]:
    """What the Makefile can make."""
    return set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
