"""A test waits with patience, and shows what need not wait by order or by count (tests/patience.py): a short wait is a
claim about how busy the machine is, and fails where nothing is wrong. What is short on purpose stands in the list."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.short_waits import SHORT
from tests.house.tree import list_modules
from tests.patience import PATIENCE_SECONDS

OWN = "tests/patience.py"
BOUNDED = {"timeout", "timeout_at", "wait_for", "wait", "result", "exception", "join", "acquire", "getconn"}
"""Calls whose number, where they are given one, is how long they wait."""
GIVEN = {"timeout", "patience_seconds"}
CLOCKS = {"monotonic", "perf_counter"}
NETWORK = {f"httpx.{name}" for name in ("Client", "AsyncClient", "get", "post", "put", "delete", "request", "stream")}
"""What waits five seconds where nobody says how long."""
LOOKED_AT = CLOCKS | BOUNDED | {name.rpartition(".")[2] for name in NETWORK} | {"sleep", "time"}

Place = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module


def find_short(name: str, tree: ast.Module) -> set[str]:
    """The outermost functions of a file that wait for something impatiently, read a clock, or sleep."""
    known = numbers_in(tree) | {"PATIENCE_SECONDS": PATIENCE_SECONDS}
    found = set()
    for called, place in outermost(tree):
        names = known | defaults_in(place)
        if any(is_short(node, names) for node in nodes_of(place)):
            found.add(f"{name}:{called}")
    return found


def outermost(tree: ast.Module) -> Iterator[tuple[str, Place]]:
    """Every function and method that is in no other, by name, and what stands in none."""
    yield "what stands in no function", tree
    for node in tree.body:
        inside, of = (node.body, f"{node.name}.") if isinstance(node, ast.ClassDef) else ([node], "")
        for each in inside:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                yield of + each.name, each


def nodes_of(place: Place) -> Iterator[ast.AST]:
    """Everything in it; of a file, what is in no function."""
    if not isinstance(place, ast.Module):
        yield from ast.walk(place)
        return
    inside = {id(node) for _, each in outermost(place) if each is not place for node in ast.walk(each)}
    yield from (node for node in ast.walk(place) if id(node) not in inside)


def numbers_in(tree: ast.Module) -> dict[str, float]:
    """The numbers that have a name in the file."""
    found: dict[str, float] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and (value := number(node.value, found)) is not None:
            found |= {each.id: value for each in node.targets if isinstance(each, ast.Name)}
    return found


def defaults_in(place: Place) -> dict[str, float]:
    """What stands for a number nobody gives."""
    if isinstance(place, ast.Module):
        return {}
    given = place.args.posonlyargs + place.args.args
    pairs = [*zip(reversed(given), reversed(place.args.defaults), strict=False)]
    pairs += [(arg, value) for arg, value in zip(place.args.kwonlyargs, place.args.kw_defaults, strict=True) if value]
    return {arg.arg: value for arg, default in pairs if (value := number(default, {})) is not None}


def number(node: ast.AST, names: dict[str, float]) -> float | None:
    """What it comes to, where that can be read."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.IfExp):
        sides = [number(each, names) for each in (node.body, node.orelse)]
        return min((each for each in sides if each is not None), default=None)
    if isinstance(node, ast.BinOp):
        left, right = number(node.left, names), number(node.right, names)
        if left is not None and right is not None and isinstance(node.op, ast.Add | ast.Mult | ast.Div):
            return {ast.Add: left + right, ast.Mult: left * right, ast.Div: left / (right or 1)}[type(node.op)]
    return None


def is_short(node: ast.AST, names: dict[str, float]) -> bool:
    """Whether this call waits less than patience asks, reads a clock, sleeps, or leaves the wait to a library."""
    if not isinstance(node, ast.Call):
        return False
    last = last_of(node.func)
    if last not in LOOKED_AT and not GIVEN & {each.arg for each in node.keywords}:
        return False
    said = ast.unparse(node.func)
    named = {each.arg for each in node.keywords}
    if last in CLOCKS or said == "asyncio.get_running_loop().time":
        return True
    if last == "sleep":
        return not (node.args and number(node.args[0], names) == 0)
    if said in NETWORK and not {"timeout", "transport"} & named:
        return True
    waits = [each.value for each in node.keywords if each.arg in GIVEN]
    waits += node.args if last in BOUNDED else []
    return any(too_short(value) for each in waits if (value := number(each, names)) is not None)


def last_of(called: ast.expr) -> str:
    """The last name of what is called."""
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def too_short(value: float) -> bool:
    """In seconds; a thousand and more are the milliseconds of a browser. None at all is no wait."""
    return 0 < value < PATIENCE_SECONDS or 1_000 <= value < 1_000 * PATIENCE_SECONDS


def test_whoever_waits_is_patient_and_whoever_is_not_says_why() -> None:
    found = set().union(*(find_short(name, tree) for name, _, tree in list_modules("tests") if name != OWN))
    assert found == SHORT.keys()
    assert all(len(reason) > 10 for reason in SHORT.values())


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("asyncio.timeout(10)", True),
        ("asyncio.timeout(PATIENCE_SECONDS)", False),
        ("asyncio.timeout(2 * PATIENCE_SECONDS)", False),
        ("asyncio.timeout(seconds)", True),
        ("asyncio.wait_for(task, 30)", True),
        ("caller.result(timeout=SHORT)", True),
        ("caller.result(timeout=SHORT if long else 600)", True),
        ("queue.get(timeout=0)", False),
        ("thread.join(30)", True),
        ("', '.join(told)", False),
        ("ended.wait(0.02)", True),
        ("page.goto(address, timeout=5_000)", True),
        ("page.goto(address, timeout=600_000)", False),
        ("httpx.get(address)", True),
        ("httpx.get(address, timeout=PATIENCE_SECONDS)", False),
        ("httpx.AsyncClient(transport=transport)", False),
        ("time.monotonic()", True),
        ("asyncio.get_running_loop().time()", True),
        ("asyncio.sleep(0.1)", True),
        ("asyncio.sleep(0)", False),
        ("receiver.comes(20)", False),
        ("works.is_so(question, answer, patience_seconds=30)", True),
    ],
)
def test_what_is_short_is_found(said: str, short: bool) -> None:
    for written in (f"SHORT = 3.0\ndef waits(seconds=10):\n    {said}", f"SHORT = 3.0\nseconds = 10\n{said}"):
        assert bool(find_short("it", ast.parse(written))) == short
