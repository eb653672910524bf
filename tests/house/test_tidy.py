"""The house stays tidy: small files, known names, nothing silenced without a reason, no trace of anybody's machine."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from tests.house import exceptions
from tests.house.tree import ROOT, list_files, list_modules, list_sources, list_texts, named

FILE_LINES = 220
FUNCTION_LINES = 45
ROOM_NAMES = {
    "__init__.py",
    "events.py",
    "rules.py",
    "state.py",
    "refusals.py",
    "requests.py",
    "responses.py",
    "routes.py",
    "command_handler.py",
    "view.py",
    "messages.py",
    "inbox.py",
}
SERVICE_NAMES = {"__init__.py", "main.py", "web.py", "worker.py", "wiring.py", "settings.py"}
FACTS = {"events", "facts"}  # folders: what can have happened on the streams that several rooms share
GROUND_FLOORS = {
    "eventlog",
    "httpapi",
    "calendar",
    "text",
    "duties",
    "inbox",
    "kept_answers",
    "lost_grounds",
    "outbox",
    "process",
    "sandbox",
    "tracing",
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc", "shared"}
CODE = ("services", "migrations", "dev", "bench", "tests")

TOPIC = re.compile(r"[a-z][a-z-]*(\.[a-z][a-z-]*)+\.v[1-9][0-9]*")
# Written in two halves, so that this file does not name what it looks for.
TRACES = re.compile(
    "|".join(
        (
            r"(?:files\.)?python" + r"hosted\.org",
            r"(?:test\.)?py" + r"pi\.org",
            r"(?:registry\.)?npm" + r"js\.(?:org|com)",
            r"registry\.yarn" + r"pkg\.com",
            r"(?:index-url|find-links|trusted-host)" + r"[ =]",
            r"(?<![\w.])/(?:root|home|work|Users)" + r"/[\w.]",
            r"/tmp/" + r"(?:v/|brief)",
        )
    )
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
SILENCES = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma|pyright)" + r"(?:[:\[]\s*([\w-]+(?:,\s*[\w-]+)*))?")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def find_long(name: str, text: str, tree: ast.Module) -> set[str]:
    """The file and the functions in it that are longer than the house allows."""
    long = {name} if len(text.splitlines()) > FILE_LINES else set()
    return long | {f"{name}:{function.name}" for function in functions(tree) if lines_of(function) > FUNCTION_LINES}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long it is, without the functions that stand in it: a room's routes share their router's function."""
    inner = [each for each in functions(function) if each is not function]
    return len(set(span(function)).difference(*(span(each) for each in inner)))


def span(function: ast.FunctionDef | ast.AsyncFunctionDef) -> range:
    """The lines of the file it takes up."""
    assert function.end_lineno is not None
    return range(function.lineno, function.end_lineno + 1)


def list_topics() -> list[str]:
    """The stored name of each event class, as it stands in the code."""
    return [
        keyword.value.value
        for _, _, tree in list_modules("services")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for keyword in node.keywords
        if keyword.arg == "topic" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    ]


def find_silenced(name: str, text: str) -> set[tuple[str, str]]:
    """What a file tells a check not to see."""
    return {(name, match[1] or "everything") for match in SILENCES.finditer(text)}


def find_strangers() -> tuple[set[str], set[str]]:
    """The files of rooms, and those between rooms, whose names the house does not know."""
    in_rooms, between = set(), set()
    for path in (named(path) for path in list_files() if path.suffix == ".py"):
        parts = path.split("/")
        if parts[0] != "services" or len(parts) < 3 or parts[1] in GROUND_FLOORS:
            continue
        if len(parts) == 3 and parts[2] not in SERVICE_NAMES:
            between.add(path)
        room = "/".join(parts[:3])
        known = parts[-1] in ROOM_NAMES or parts[-2] in FACTS
        if len(parts) > 3 and not known and room not in exceptions.ROOMS_OF_THEIR_OWN_SHAPE:
            in_rooms.add(path)
    return in_rooms, between


def test_files_and_functions_are_small() -> None:
    long = {each for module in list_modules("services") for each in find_long(*module)}
    assert long == set(exceptions.LONG)


def test_a_long_function_would_be_seen() -> None:
    text = "def long() -> None:\n" + "    print()\n" * FUNCTION_LINES
    assert find_long("services/x.py", text, ast.parse(text)) == {"services/x.py:long"}


def test_nothing_has_a_name_that_says_nothing() -> None:
    names = {(named(path), part) for path in list_files() for part in re.split(r"[/._]", named(path).lower())}
    vague = {path for path, part in names if part in FORBIDDEN_NAMES}
    assert vague == set()
    classes = {
        f"{name}:{node.name}"
        for name, _, tree in list_modules(*CODE)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and re.search(r"(?:Manager|Helper|Util|Base)(?:s|[A-Z]|$)", node.name)
    }
    assert classes == set()


def test_what_is_silenced_is_listed_with_its_reason() -> None:
    silenced = {each for name, text in list_sources(*CODE) for each in find_silenced(name, text)}
    assert silenced == set(exceptions.SILENCED)
    assert find_silenced("a.py", "import x  # no" + "qa: E402, F401 - late") == {("a.py", "E402, F401")}
    assert find_silenced("a.py", "import x  # type: " + "ignore") == {("a.py", "everything")}


def test_every_topic_has_one_class_and_a_version() -> None:
    topics = list_topics()
    assert len(topics) > 5
    assert [topic for topic, times in Counter(topics).items() if times > 1] == []
    assert [topic for topic in topics if not TOPIC.fullmatch(topic)] == []


def test_the_same_few_file_names_stand_in_every_room() -> None:
    in_rooms, between = find_strangers()
    assert in_rooms == set(exceptions.ROOM_FILES)
    assert between == set(exceptions.BETWEEN_ROOMS)


def test_every_exception_has_a_reason() -> None:
    lists = (exceptions.LONG, exceptions.ROOM_FILES, exceptions.BETWEEN_ROOMS, exceptions.SILENCED)
    assert [key for each in lists for key, reason in each.items() if len(reason) < 10] == []


def test_no_file_tells_whose_machine_it_was_made_on() -> None:
    found = {(path, trace) for path, text in list_texts() for trace in TRACES.findall(text)}
    assert found == set()
    assert TRACES.findall("--index-" + "url x, /ro" + "ot/.cache, https://py" + "pi.org/simple") != []


def test_nothing_is_left_unfinished() -> None:
    found = {(path, word) for path, text in list_texts() for word in UNFINISHED.findall(text)}
    assert found == set()


def test_every_public_module_says_what_it_is() -> None:
    silent = {
        name
        for name, text, tree in list_modules("services", "migrations", "dev", "bench")
        if text.strip() and ast.get_docstring(tree) is None
    }
    assert silent == set()


def test_tests_are_typed_and_none_is_left_out() -> None:
    untyped = {
        f"{name}:{function.name}"
        for name, _, tree in list_modules("tests")
        for function in functions(tree)
        if function.name.startswith("test_") and function.returns is None
    }
    assert untyped == set()
    left_out = re.compile(r"pytest\.(?:mark\.)?(?:sk" + r"ip|xf" + r"ail)|unittest\.mo" + r"ck")
    found = {(name, word) for name, text in list_sources("tests") for word in left_out.findall(text)}
    assert found == set(exceptions.LEFT_OUT)


def test_the_tree_is_the_whole_checkout() -> None:
    names = {named(path) for path in list_files()}
    assert {"Makefile", ".ci/run", "services/eventlog/events.py", "tests/house/test_tidy.py"} <= names
    assert not [name for name in names if (ROOT / name).is_dir()]


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")]
    assert sorted(numbers) == sorted(set(numbers))


def test_what_one_test_builds_for_another_stands_in_no_test() -> None:
    """What a module of tests needs of another stands beside it, in a module that holds no test."""
    names = {name.removesuffix(".py").replace("/", ".") for name, _, _ in list_modules("tests") if "/test_" in name}
    assert [
        (name, other) for name, _, tree in list_modules("tests") for other in imported(tree) if other in names
    ] == []


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules it imports, and what it takes out of them, which may be modules too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{each.name}" for each in node.names)
