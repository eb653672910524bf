"""Nothing that a route hands over to be decided is of the type `Any`, to mypy (decision 0080)."""

import re

from mypy import api

from tests.house.handing_over import list_sites
from tests.house.tree import ROOT

FAULT = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): error: Expression (?:type contains|has type) (?!.*type\[)")
"""What mypy finds; but for a class of exceptions, whose details are told as they are."""


def test_every_expression_of_what_is_handed_over_has_a_type() -> None:
    lines: dict[str, set[int]] = {}
    for site in list_sites():
        lines.setdefault(site.name, set()).update(site.lines())
    modules = sorted(name for name, its in lines.items() if its)
    asked = [
        "--strict",
        "--disallow-any-expr",
        "--follow-imports=silent",
        f"--cache-dir={ROOT / '.mypy_cache' / 'any'}",
    ]
    found, trouble, _ = api.run([*asked, "--config-file=", *modules])
    assert not trouble
    faults = [
        line for line in found.splitlines() if (its := FAULT.match(line)) and int(its["line"]) in lines[its["file"]]
    ]
    assert faults == []
    assert FAULT.search(found), "the rest of these modules has expressions of that type, or nothing was looked at"
