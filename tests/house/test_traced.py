"""What a span may say is decided in one place, and nobody else makes one: no collector is to have what people wrote."""

import ast
import re

from services.tracing.spans import Said
from tests.house.tree import list_modules

ROOM = "services/tracing/"
MAKES = {"start_span", "start_as_current_span", "set_attribute", "set_attributes", "add_event", "record_exception"}
KNOWN = {
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "db.system.name",
    "db.operation.name",
    "db.query.text",
    "error.type",
    "tilsagn.of",
    "tilsagn.count",
    "tilsagn.outcome",
}
"""All that may be told. Whoever adds to it says here why nobody can be found by it, and nothing that they wrote."""


def found(name: str, tree: ast.AST) -> set[str]:
    """What makes or fills a span by itself, beside the room that does so for all."""
    if name.startswith(ROOM):
        return set()
    return {f"{name}:{node.attr}" for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in MAKES}


def test_what_a_span_may_say_is_a_closed_list() -> None:
    assert set(Said.__annotations__) == KNOWN


def test_nobody_fills_a_span_by_itself() -> None:
    assert {each for name, _, tree in list_modules("services") for each in found(name, tree)} == set()
    assert found("services/x.py", ast.parse("span.set_attribute('name', person)")) == {"services/x.py:set_attribute"}


def test_the_name_of_a_span_is_a_word_of_ours() -> None:
    """A name that is put together could hold anything. A request's is its method and its route's template."""
    names = [
        (name, node.args[0])
        for name, _, tree in list_modules("services")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and re.fullmatch(r"continuing|spans\.(continuing|part|together)", ast.unparse(node.func))
        and node.args
    ]
    assert len(names) >= 5
    assert {name for name, first in names if not isinstance(first, ast.Constant)} == {
        "services/tracing/statements.py"  # the statement's first word
    }
