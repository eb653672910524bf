"""No wait without an end: a background task is ended by `end`, which asks again where a cancellation is lost, and
whoever asks an application in this process is answered or told so. Each has stood still for ever once."""

import ast
import asyncio
from typing import Any

import httpx
import pytest

from tests.house.tree import list_modules
from tests.in_process import InProcess

ENDING = "services/eventlog/background/ending.py:end"
CALLED_OFF = {
    "services/eventlog/connections/standby.py:within": "a timer, not a task: it has rung or never will",
    "services/httpapi/watching/health.py:_problem_of": "nobody waits for it any more, and that is the point",
    "services/httpapi/server.py:PatientForAWhile._head_arrived": "a timer of the loop, not a task",
}
"""Who calls something off beside `end`, and why nobody can then wait for ever."""
ON_THE_WAY = "tests/in_process.py"


def find_called_off(name: str, tree: ast.Module) -> set[str]:
    """The functions and methods of a file in which something is cancelled."""
    found = set()
    for node in tree.body:
        inside, of = (node.body, f"{node.name}.") if isinstance(node, ast.ClassDef) else ([node], "")
        for each in inside:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(calls_off, ast.walk(each))):
                found.add(f"{name}:{of}{each.name}")
    return found


def calls_off(node: ast.AST) -> bool:
    """Whether this is `<something>.cancel()`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cancel"


def test_a_background_task_is_ended_by_end_alone() -> None:
    modules = list_modules("services", "bench", "dev")
    found = set().union(*(find_called_off(name, tree) for name, _, tree in modules))
    assert found == {ENDING, *CALLED_OFF}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("async def stop(task):\n    task.cancel()\n    await task", {"a.py:stop"}),
        ("class A:\n    async def stop(self):\n        self._task.cancel()", {"a.py:A.stop"}),
        ("async def stop(task):\n    await end(task)", set()),
    ],
)
def test_what_calls_off_by_itself_is_seen(written: str, found: set[str]) -> None:
    assert find_called_off("a.py", ast.parse(written)) == found


def test_whoever_is_never_answered_in_this_process_is_told_so() -> None:
    async def silent(*_: Any) -> None:
        await asyncio.Event().wait()

    async def go() -> None:
        way = InProcess(silent)
        way.patience_seconds = 0.01
        async with httpx.AsyncClient(transport=way, base_url="http://tilsagn.test") as client:
            with pytest.raises(httpx.ReadTimeout, match="GET /nothing"):
                await client.get("/nothing")

    asyncio.run(go())


def test_nobody_asks_in_this_process_without_a_deadline() -> None:
    """httpx's own way to an application keeps none of the client's."""
    named = {
        name
        for name, _, tree in list_modules("tests", "dev")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "ASGITransport"
    }
    assert named == {ON_THE_WAY}
