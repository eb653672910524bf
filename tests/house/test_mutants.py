"""What `make mutants` changes is there and whole, and what it may leave alive is said with a reason."""

from pathlib import Path

import psycopg

from dev.mutants import outcome, scope, sql
from dev.mutants.copying import opened
from dev.mutants.outcome import Change, Outcome
from dev.mutants.sampling import draw, list_changes, narrowed
from dev.mutants.survivors import as_row, find_gone, find_unnamed, read_kept
from dev.state import ROOT
from tests.conftest import Database

ONE = Change("services/x.py:f", "return a < b", "return a <= b")
OTHER = Change("services/x.py:f", "return 'a'", 'return "it\'s"')


def test_every_module_and_test_of_the_table_is_there_and_every_rule_is_in_it() -> None:
    assert scope.missing() == []
    assert scope.unlisted() == []


def test_parts_are_chosen_by_name_or_by_a_piece_of_a_path() -> None:
    assert scope.chosen([]) == scope.PARTS
    assert scope.chosen(["award"])["award"] == scope.PARTS["award"]
    assert scope.chosen(["disbursement/rules"])["disbursement"].modules == ("services/grants/disbursement/rules.py",)
    assert scope.chosen(["no/such"]) == {}


def test_every_survivor_has_a_reason_and_stands_in_a_module_that_is_changed() -> None:
    listed = {module for part in scope.PARTS.values() for module in part.modules}
    assert [change for change, reason in read_kept().items() if len(reason) < 20] == []
    assert {change.function.split(":")[0] for change in read_kept()} <= listed | {sql.NAME}


def test_who_survives_unnamed_and_who_is_named_in_vain_is_told() -> None:
    told = Outcome("services/x.py", 10, 0, (ONE, ONE))
    assert told.killed == 8
    assert find_unnamed([told], {OTHER: ""}) == [ONE]
    assert find_gone([told], {ONE: "", OTHER: ""}) == [OTHER]
    assert find_gone([Outcome("services/y.py", 1, 0, ())], {ONE: ""}) == []
    assert 'after = "return \\"it\'s\\""' in as_row(OTHER)


def test_what_survives_is_told_by_what_it_says_also_of_a_function_that_waits(tmp_path: Path) -> None:
    """Seen: the first survivor in such a function ended the run, and nothing was told of it."""
    kept = tmp_path / "mutants" / "a" / "b.py"
    kept.parent.mkdir(parents=True)
    whole = "\n".join(
        f"    @def xǁCǁf__mutmut_{name}(self):\n        return {value}" for name, value in (("orig", 1), (1, 2))
    )
    for way in ("", "async "):
        kept.write_text("class C:\n" + whole.replace("@", way), encoding="utf-8")
        Path(f"{kept}.meta").write_text('{"exit_code_by_key": {"a.b.xǁCǁf__mutmut_1": 0}}', encoding="utf-8")
        told = outcome.read(tmp_path, "a/b.py")
        assert told.survived == (Change("a/b.py:C.f", "return 1", "return 2"),)


def test_a_property_is_opened_to_change_and_nothing_is_remembered() -> None:
    text = "class A:\n    @property\n    def b(self):\n        return 1\n\n\n@cache\ndef c():\n    return 2\n"
    changed = opened(text)
    assert changed == (
        "class A:\n    def b(self):\n        return 1\n    b = property(b)\n\n\ndef c():\n    return 2\n"
    )


def test_a_sample_is_drawn_from_all_and_the_same_by_the_same_seed() -> None:
    names = {"a.py": [f"a{nth}" for nth in range(60)], "b.py": [f"b{nth}" for nth in range(40)], "c.py": []}
    drawn = draw(names, 50, 7)
    assert sum(map(len, drawn.values())) == 50
    assert all(set(its) <= set(names[module]) for module, its in drawn.items())
    assert draw({module: names[module] for module in reversed(names)}, 50, 7) == drawn
    assert draw(names, 50, 8) != drawn
    assert draw(names, 1_000, 7) == {module: sorted(its) for module, its in names.items() if its}
    assert narrowed(scope.Part(("c.py", "a.py"), ("tests",)), drawn) == scope.Part(("a.py",), ("tests",))


def test_the_changes_of_a_module_are_known_by_the_names_they_are_run_by() -> None:
    names = list_changes(["services/inbox/rules.py"])
    assert len(names["services/inbox/rules.py"]) > 5
    assert all(name.startswith("services.inbox.rules.") for name in names["services/inbox/rules.py"])


def test_a_comparison_of_the_database_is_turned_to_its_neighbour_and_no_word_is() -> None:
    defined = "BEGIN -- a < b\n  IF a < b THEN\n    RETURN ' > ';\n  END IF;\nEND"
    assert [(before, after) for before, after, _ in sql.turned(defined)] == [("IF a < b THEN", "IF a <= b THEN")]


def test_the_database_is_changed_in_every_part_and_each_change_can_be_made(database: Database) -> None:
    with psycopg.connect(database.admin_dsn) as connection:
        changes = list(sql.list_changes(connection))
        assert len({each.change for each in changes}) > 300
        assert {each.schema for each in changes} == sql.TESTS.keys()
        for each in sql.draw(changes, 40, 1):
            with connection.transaction(force_rollback=True):
                connection.execute(each.statement.encode())
    assert [path for paths in sql.TESTS.values() for path in paths if not (ROOT / path).exists()] == []
