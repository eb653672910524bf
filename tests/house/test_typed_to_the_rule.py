"""Types reach from a route into its rule (decision 0080).

A route hands over a plain call: a lambda, or a function written beside it, that names the rule and each thing the rule
is asked. Every module in which that is done is walked here by its syntax; `tests/httpapi/test_typed_to_the_rule.py`
asks mypy of every expression in what is handed over.
"""

import ast
import re

from tests.house.handing_over import DOORS, Function, list_doors, list_sites
from tests.house.tree import list_modules

MOST_BY_PLACE = 3
UNTYPED = re.compile(r"\bAny\b|Callable\[\.\.\.")


def test_every_door_is_known() -> None:
    """What takes a rule, by the types of its parameters, is one of those that are walked."""
    assert list_doors() - DOORS == set()
    assert len(list_sites()) > 150


def test_a_rule_is_handed_over_by_a_plain_call() -> None:
    """Who asks, with which key, on which version: each by its name. Nothing is spread out of a mapping."""
    spread = [
        f"{site}: {ast.unparse(site.call)[:80]}"
        for site in list_sites()
        if len(site.call.args) > MOST_BY_PLACE
        or any(isinstance(each, ast.Starred) for each in site.call.args)
        or any(each.arg is None for each in site.call.keywords)
    ]
    assert spread == []


def test_what_is_asked_is_named_one_by_one() -> None:
    """A mapping spread over a rule's parameters is where types end, and so is a body that is turned into one."""
    modules = {site.name for site in list_sites()}
    spread = [
        f"{name}:{call.lineno}"
        for name, _, tree in list_modules("services")
        if name in modules
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for each in call.keywords
        if each.arg is None and isinstance(call.func, ast.Name | ast.Attribute) and not raises(tree, call)
    ]
    assert spread == []


def raises(tree: ast.Module, call: ast.Call) -> bool:
    """Whether it makes a refusal, whose details are told as they are."""
    return any(isinstance(each, ast.Raise) and each.exc is call for each in ast.walk(tree))


def test_nothing_on_the_way_takes_just_anything() -> None:
    modules = {site.name for site in list_sites()}
    untyped = [
        f"{name}:{line}: {said}"
        for name, _, tree in list_modules("services")
        if name in modules
        for function in ast.walk(tree)
        if isinstance(function, Function)
        for line, said in annotations(function)
        if UNTYPED.search(said)
    ]
    assert untyped == []


def annotations(function: Function) -> list[tuple[int, str]]:
    """What a function takes, and what it says of its own variables."""
    every = function.args
    taken = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
    said = [each.annotation for each in taken if each and each.annotation]
    said += [each.annotation for each in ast.walk(function) if isinstance(each, ast.AnnAssign)]
    return [(each.lineno, ast.unparse(each)) for each in said]
