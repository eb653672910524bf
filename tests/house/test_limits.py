"""No time limit of the product decides a test that is not about it: every wait that is given up is made longer by one
setting (services/calendar/patience.py), and in the tests it is longer than a test waits. One that stood beside it has
refused a submission: a machine stood still for some seconds, and a service said that it was not ready."""

import ast
import os
from collections.abc import Iterator, Sequence

import pytest

from services.calendar.patience import PATIENCE, at_most, times
from tests.house.limits import LIMITS, NO_LIMITS
from tests.house.tree import list_modules
from tests.patience import PATIENCE_SECONDS, TIMES

SCALED = "at_most"
WAITS = {"timeout", "wait_for", "timeout_at"}
WAITED = {"timeout", "connect_timeout", "timeout_seconds"}
KINDS = ("seconds", "minutes")


def find_limits(name: str, tree: ast.Module) -> Iterator[tuple[str, int | None]]:
    """Everything in a file that may be a limit on a wait: what is scaled, with its seconds, and with None a number that
    is not: what is named for seconds or is a short span of time and stands in no function, what somebody waits where
    nothing is said, or a number given to whoever waits."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            for called, value in constants_in(node.body):
                yield from ((f"{name}:{called}{key}", seconds) for key, seconds in said(called, value))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for called, value in defaults_of(node.args):
                yield from ((f"{name}:{node.name}({called})", seconds) for _, seconds in said(called, value))
        elif isinstance(node, ast.Call):
            yield from ((f"{name}:{ast.unparse(node.func)}", seconds) for seconds in given(node))


def constants_in(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Each name and what it is given."""
    for node in body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), node.value
        elif isinstance(node, ast.Assign):
            names, values = node.targets, [node.value]
            if isinstance(names[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
                names, values = names[0].elts, node.value.elts
            yield from zip(map(ast.unparse, names), values, strict=True)


def defaults_of(given: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """What stands for what nobody gives."""
    yield from reversed([*zip([a.arg for a in given.args[::-1]], given.defaults[::-1], strict=False)])
    yield from ((a.arg, value) for a, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value)


def said(name: str, value: ast.expr) -> Iterator[tuple[str, int | None]]:
    """The limits in one value: itself, or each of a table, by its key."""
    if isinstance(value, ast.Dict):
        for key, each in zip(value.keys, value.values, strict=True):
            if (seconds := scaled(each)) is not None and isinstance(key, ast.Constant):
                yield f"[{key.value!s}]", seconds
    elif (seconds := scaled(value)) is not None:
        yield "", seconds
    elif ("seconds" in name.lower().split("_") and number_in(value)) or (name.isupper() and is_short_span(value)):
        yield "", None


def is_short_span(value: ast.expr) -> bool:
    """Whether this is a span of time in seconds or minutes."""
    if not isinstance(value, ast.Call) or ast.unparse(value.func) != "timedelta":
        return False
    return any(each.arg in KINDS for each in value.keywords)


def scaled(value: ast.expr) -> int | None:
    """The seconds of `at_most(seconds)`, also within a span of time or a call that takes a default."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == SCALED and isinstance(node.args[0], ast.Constant):
            found = node.args[0].value
            assert isinstance(found, int)
            return found
    return None


def number_in(value: ast.expr) -> bool:
    """Whether a number stands there."""
    return any(isinstance(node, ast.Constant) and isinstance(node.value, int | float) for node in ast.walk(value))


def given(call: ast.Call) -> Iterator[int | None]:
    """The numbers that a call is given to wait for."""
    last = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    waits = [each.value for each in call.keywords if each.arg in WAITED]
    waits += call.args[-1:] if last in WAITS else []
    for each in waits:
        if (seconds := scaled(each)) is not None:
            yield seconds
        elif number_in(each):
            yield None


def found_in(*roots: str) -> dict[str, int | None]:
    """All there are, by name."""
    return {place: seconds for name, _, tree in list_modules(*roots) for place, seconds in find_limits(name, tree)}


def test_every_limit_on_a_wait_is_scaled_and_what_is_none_says_why() -> None:
    found = found_in("services")
    assert {place: seconds for place, seconds in found.items() if seconds is not None} == LIMITS
    assert {place for place, seconds in found.items() if seconds is None} == NO_LIMITS.keys()
    assert all(len(reason) > 10 for reason in NO_LIMITS.values())
    assert len(LIMITS) > 30


def test_in_the_tests_no_limit_comes_before_a_tests_own_patience_has_ended() -> None:
    assert os.environ[PATIENCE] == str(TIMES)
    assert at_most(1) == TIMES
    assert min(LIMITS.values()) * TIMES >= PATIENCE_SECONDS


@pytest.mark.parametrize(("said", "seconds"), [(None, 1), ("1", 1), ("60", 60)])
def test_limits_are_as_written_or_so_many_times_as_long(said: str | None, seconds: int) -> None:
    assert times(said) == seconds


@pytest.mark.parametrize("said", ["0", "-1", "1.5", "", "two", "²"])
def test_what_is_no_whole_number_of_times_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=f"{PATIENCE} must be a whole number of at least 1"):
        times(said)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("WAIT_SECONDS = at_most(5)", {"a.py:WAIT_SECONDS": 5}),
        ("WAIT_SECONDS = 5", {"a.py:WAIT_SECONDS": None}),
        ("WAIT_SECONDS: float = 5.0", {"a.py:WAIT_SECONDS": None}),
        ("LEAST, WAIT_SECONDS = 2, 5", {"a.py:WAIT_SECONDS": None}),
        ("LEASE = timedelta(seconds=30)", {"a.py:LEASE": None}),
        ("LEASE = timedelta(seconds=at_most(30))", {"a.py:LEASE": 30}),
        ("DAYS = timedelta(days=30)", {}),
        ("ALL = {'answering': at_most(30)}", {"a.py:ALL[answering]": 30}),
        ("class A:\n    waiting: float = at_most(45)", {"a.py:waiting": 45}),
        ("def stop(self, seconds=10.0): ...", {"a.py:stop(seconds)": None}),
        ("def stop(self, *, wait_seconds=at_most(10)): ...", {"a.py:stop(wait_seconds)": 10}),
        ("MOST_SECONDS_TO_SEND = 45.0", {"a.py:MOST_SECONDS_TO_SEND": None}),
        ("def f():\n    pool.connection(timeout=2)", {"a.py:pool.connection": None}),
        ("def f():\n    pool.connection(timeout=SOON_SECONDS)", {}),
        ("async def f():\n    async with asyncio.timeout(3): ...", {"a.py:asyncio.timeout": None}),
        ("async def f():\n    await asyncio.wait_for(task, 3)", {"a.py:asyncio.wait_for": None}),
        ("def f():\n    httpx.Client(timeout=at_most(30))", {"a.py:httpx.Client": 30}),
    ],
)
def test_what_may_be_a_limit_is_seen(written: str, found: dict[str, int | None]) -> None:
    assert dict(find_limits("a.py", ast.parse(written))) == found
