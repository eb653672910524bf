"""Documents stay true: every path, module, command, test and rule they name is there, and what is made is made anew.

A path is written in full from the root, in backticks or in a block, so that it can be held against the checkout.
"""

import re
import subprocess
from collections.abc import Iterator

from dev import places
from tests.house.readme import list_targets
from tests.house.tree import ROOT, list_files, list_sources, list_texts, named
from tests.made import check_made

CHECKED_BY = "## Checked by"
# What a path looks like: folders and a name, or a name with an ending of ours. Not one that is told of in a URL.
PATH = re.compile(r"(?<![\w/.{$=-])(?:[\w.-]+/)+[\w.*-]*|(?<![\w/.-])[\w-]+\.(?:py|sql|toml|yml|yaml|html|css|cfg)\b")
# Names that are said of many files: the house's own in each room, and what a package always has.
OF_EACH_ROOM = {
    "__init__.py",
    "events.py",
    "state.py",
    "rules.py",
    "refusals.py",
    "requests.py",
    "responses.py",
    "view.py",
    "routes.py",
    "command_handler.py",
    "messages.py",
    "inbox.py",
    "main.py",
    "settings.py",
}
# What begins so is no file of the checkout: media types, what a run leaves, posts and numbers as people write them.
NO_PATH = re.compile(r"(?:whsec_|text|application|image|multipart)/|\.(?:tilsagn|venv|node)|[\d.]+/|\w+/\d")
MODULE = re.compile(r"\bpython3? -m ([\w.]+)")
TEST = re.compile(r"\btest_\w+\b(?!\.py)")
RULE = re.compile(r"\b[Rr]ules? (\d+)(?:(?: to | and |, )(\d+))*")
COMMIT = re.compile(r"`([0-9a-f]{7,40})`")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
GENERATED = {"docs/problems.md"}  # its examples are of addresses; a test holds the whole of it to the code


def list_documents() -> Iterator[tuple[str, str]]:
    """What people read of the house as it is now. The changelog tells what was, and names it as it was called then."""
    for name, text in list_texts():
        if name.endswith(".md") and name.split("/")[0] in ("README.md", "CONTRIBUTING.md", "docs"):
            yield name, text


def quoted(text: str) -> Iterator[str]:
    """Everything that stands in backticks, and every line of a block of code or drawing."""
    for nth, part in enumerate(re.split(r"^```.*$", text, flags=re.MULTILINE)):
        yield from part.splitlines() if nth % 2 else re.findall(r"`([^`]+)`", part)


def paths_in(text: str) -> set[str]:
    """What is named as a file or folder of the checkout."""
    return {
        found.rstrip(".")
        for each in quoted(text)
        if "://" not in each and not each.startswith("/")
        for found in PATH.findall(each)
        if not NO_PATH.match(found) and found not in OF_EACH_ROOM
    }


def is_there(path: str) -> bool:
    """Whether the checkout has it, or anything that it stands for."""
    return any(ROOT.glob(path.rstrip("/"))) if "*" in path else (ROOT / path).exists()


def is_module(name: str) -> bool:
    """Whether Python finds it: one of ours by its file, another by its name in the lock."""
    ours = ROOT / name.replace(".", "/")
    if name.split(".")[0] in ("services", "dev", "bench", "migrations", "tests"):
        return ours.with_suffix(".py").exists() or (ours / "__main__.py").exists()
    return name in ("pytest", "mypy", "ruff", "pre_commit", "venv")


def numbers_in(text: str) -> set[int]:
    """The rules of the domain that are cited: `rule 3`, `rules 1 to 8 and 14`."""
    return {int(number) for found in RULE.finditer(text) for number in re.findall(r"\d+", found[0])}


def test_every_path_that_a_document_names_is_there() -> None:
    named_ = {(name, path) for name, text in list_documents() if name not in GENERATED for path in paths_in(text)}
    assert len(named_) > 300
    assert {(name, path) for name, path in named_ if not is_there(path)} == set()


def test_a_path_that_is_gone_would_be_seen() -> None:
    """Also one that is shortened, in a block, in a command, or among other words."""
    text = (
        "See `services/eventlog/log.py`, `balance/movements.py` and `head.py`.\n```\n  award/routes.py   reads\n```\n"
    )
    gone = {path for path in paths_in(text) if not is_there(path)}
    assert gone == {"balance/movements.py", "head.py", "award/routes.py"}
    assert paths_in("`python3 contracts/verify_x.py .tilsagn/log.jsonl`, `2020/291/71`, `text/csv`, `rules.py`") == {
        "contracts/verify_x.py"
    }


def test_every_link_leads_to_a_file() -> None:
    links = {(name, link) for name, text in list_documents() for link in LINK.findall(text) if not link.startswith("/")}
    assert len(links) > 10
    assert {(name, link) for name, link in links if not ((ROOT / name).parent / link).exists()} == set()


def test_every_module_that_a_document_runs_is_there() -> None:
    run = {(name, module) for name, text in list_documents() for module in MODULE.findall(text)}
    assert len(run) > 5
    assert {(name, module) for name, module in run if not is_module(module)} == set()


def test_every_make_command_of_a_block_exists() -> None:
    made = {
        (name, target)
        for name, text in list_documents()
        for each in quoted(text)
        for target in re.findall(r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)", each.strip())
    }
    assert {(name, target) for name, target in made if target not in list_targets()} == set()


def test_every_test_that_a_document_names_is_there() -> None:
    written = {
        test for _, text in list_sources("tests") for test in re.findall(r"^(?:async )?def (test_\w+)", text, re.M)
    } | {file.stem for file in list_files() if named(file).startswith("tests/")}
    said = {(name, test) for name, text in list_documents() for each in quoted(text) for test in TEST.findall(each)}
    assert len(said) > 200
    assert {(name, test) for name, test in said if test not in written} == set()


def test_every_decision_says_what_checks_it() -> None:
    """By something that can be run: a test, a folder of them, a figure of the bench, a command."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    checked_by = {path.name: path.read_text(encoding="utf-8").partition(CHECKED_BY)[2] for path in decisions}
    assert len(checked_by) > 60
    runs = re.compile(r"`(?:tests|bench)/|`make |`python -m |`test_")
    assert [name for name, said in checked_by.items() if not runs.search(said)] == []


def test_every_rule_that_is_cited_is_listed_and_has_one_number() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    listed = [int(number) for number in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert listed == sorted(set(listed))
    cited = {
        (name, number)
        for name, source in (*list_sources("services", "migrations", "dev", "tests"), *list_documents())
        if name != "tests/house/test_documents.py"
        for number in numbers_in(source)
    }
    assert len(cited) > 20
    assert {(name, number) for name, number in cited if number not in listed} == set()
    assert numbers_in("Rules 1 to 8 and 14 (domain rule 3)") == {1, 3, 8, 14}


def test_every_commit_to_look_at_is_in_the_history() -> None:
    """Where the whole history is here: a copy without it, or with its end alone, cannot be asked."""
    shallow = git("rev-parse", "--is-shallow-repository")
    if shallow.stdout.strip() == "false":
        named_ = sorted(set(COMMIT.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))))
        assert named_
        assert [commit for commit in named_ if git("merge-base", "--is-ancestor", commit, "HEAD").returncode] == []


def git(*asked: str) -> subprocess.CompletedProcess[str]:
    """What git says of this checkout."""
    return subprocess.run(["git", *asked], cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_folder_of_the_services_says_what_it_is() -> None:
    assert [named(folder) for folder in places.packages() if not places.sentences_of(folder)] == []


def test_the_readmes_places_are_made_from_what_the_folders_say() -> None:
    check_made(places.README, places.brought_up(places.README.read_text(encoding="utf-8")), "dev.places")
