"""What `make mutants` changes is there and whole, and what it may leave alive is said with a reason."""

from dev.mutants import scope
from dev.mutants.copying import opened
from dev.mutants.outcome import Change, Outcome
from dev.mutants.survivors import as_row, find_gone, find_unnamed, read_kept

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
    assert {change.function.split(":")[0] for change in read_kept()} <= listed


def test_who_survives_unnamed_and_who_is_named_in_vain_is_told() -> None:
    outcome = Outcome("services/x.py", 10, 0, (ONE, ONE))
    assert outcome.killed == 8
    assert find_unnamed([outcome], {OTHER: ""}) == [ONE]
    assert find_gone([outcome], {ONE: "", OTHER: ""}) == [OTHER]
    assert find_gone([Outcome("services/y.py", 1, 0, ())], {ONE: ""}) == []
    assert 'after = "return \\"it\'s\\""' in as_row(OTHER)


def test_a_property_is_opened_to_change_and_nothing_is_remembered() -> None:
    text = "class A:\n    @property\n    def b(self):\n        return 1\n\n\n@cache\ndef c():\n    return 2\n"
    changed = opened(text)
    assert changed == (
        "class A:\n    def b(self):\n        return 1\n    b = property(b)\n\n\ndef c():\n    return 2\n"
    )
