"""What the tests of versions walked build, for other tests to use as well."""

import ast
import inspect
import textwrap

from fastapi.routing import APIRoute


def names_read_in(route: APIRoute) -> set[str]:
    """The names that the body of the route's function reads."""
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(route.endpoint))).body
    assert isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef)
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
