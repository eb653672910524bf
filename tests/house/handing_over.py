"""The places where a route, or what stands between it and its rule, hands the rule over."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.house.tree import list_modules

DOORS = {
    "act",
    "ask",
    "ask_each",
    "by_the_ministry",
    "carry_out",
    "carry_out_all",
    "decide_each",
    "on_held",
    "on_item",
    "on_notice",
    "towards_its_way_out",
    "try_out",
}
"""What takes a rule, in either service, by name."""
SERVICES = ("services/grants/", "services/notifications/", "services/httpapi/")
ANSWERS = {"answer", "show", "admit", "tell"}
RULE = re.compile(r"Callable\[\[.*\], (?:Sequence|list)\[Event\]\]|\b(?:Decide|Rule)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Site:
    """A place where a rule is handed over, and the functions that are."""

    name: str
    call: ast.Call
    given: tuple[ast.Lambda | Function, ...]

    def __str__(self) -> str:
        return f"{self.name}:{self.call.lineno}"

    def lines(self) -> set[int]:
        """The lines of what is handed over."""
        return {line for each in self.given for line in range(each.lineno, (each.end_lineno or each.lineno) + 1)}


@cache
def list_sites() -> tuple[Site, ...]:
    """Those of both services."""
    return tuple(
        site for name, _, tree in list_modules("services") if name.startswith(SERVICES) for site in sites_in(name, tree)
    )


def sites_in(name: str, tree: ast.Module) -> Iterator[Site]:
    """Each such place in a module."""
    for outer in tree.body:
        written = {each.name: each for each in ast.walk(outer) if isinstance(each, Function) and each is not outer}
        for call in ast.walk(outer):
            if isinstance(call, ast.Call) and called(call) in DOORS:
                values = [*call.args, *(each.value for each in call.keywords if each.arg not in ANSWERS)]
                given = [each for each in values if isinstance(each, ast.Lambda)]
                named = [each.id if isinstance(each, ast.Name) else called(each) for each in values]
                yield Site(name, call, (*given, *(written[each] for each in named if each in written)))


def called(value: ast.expr) -> str:
    """The last name of what is called."""
    if not isinstance(value, ast.Call):
        return ""
    return value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")


@cache
def list_doors() -> set[str]:
    """Every function that is called from elsewhere and takes a rule."""
    return {
        function.name
        for name, _, tree in list_modules("services")
        if name.startswith(SERVICES)
        for function in ast.walk(tree)
        if isinstance(function, Function) and not function.name.startswith("_")
        for each in [*function.args.args, *function.args.kwonlyargs]
        if each.annotation and RULE.search(ast.unparse(each.annotation))
    }
