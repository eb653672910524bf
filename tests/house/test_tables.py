"""Every table and column is recomputed from the log, bound by a digest in it, or named as carrying nothing."""

from importlib.util import find_spec

import pytest

from dev.tables import RELATIONS, misplaced
from migrations.description import shipped


def test_every_relation_and_column_that_is_shipped_has_its_class_and_nothing_else_has() -> None:
    assert misplaced(shipped()) == []


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ({"relation grants.pocket": "r"}, ["grants.pocket has no class"]),
        ({"relation notifications.seen": "v"}, ["notifications.seen has no class"]),
        ({"column grants.fund.spare_ore": "bigint"}, ["grants.fund.spare_ore has no class"]),
        ({"column elsewhere.thing.id": "uuid"}, ["elsewhere.thing has no class"]),
    ],
)
def test_a_new_relation_or_column_has_none_until_it_is_given_one(planted: dict[str, str], said: list[str]) -> None:
    assert misplaced(shipped() | planted) == said


def test_what_is_no_longer_there_keeps_no_place() -> None:
    column = "column grants.mark.amount"
    assert misplaced({name: line for name, line in shipped().items() if name != column}) == [
        "grants.mark.amount is not shipped"
    ]
    table = {name: line for name, line in shipped().items() if "grants.mark" not in name}
    assert "grants.mark.fund_id is not shipped" in misplaced(table)


def test_whoever_looks_at_a_table_is_there_and_what_nobody_looks_at_has_its_reason() -> None:
    for name, relation in RELATIONS.items():
        if relation.holds == "nothing":
            assert len(relation.by.split()) > 3, name
        else:
            assert find_spec(relation.by) is not None, name
        assert all(len(reason.split()) > 3 for reason in (*relation.apart.values(), *relation.in_part.values())), name
