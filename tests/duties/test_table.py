"""The table of duties holds every act there is, says each one's reason, and is what the documents show."""

import ast
import dataclasses

from dev.duties import PAGE, page
from dev.modules import load_facts
from services.duties.of_notices import IN_WHAT_IT_TELLS_OF
from services.duties.table import ACTS, THINGS
from services.eventlog.events import TOPICS
from tests.house.tree import list_modules
from tests.made import check_made


def acts_of_facts() -> set[tuple[str, str]]:
    """Every fact that names who did it, with the field that does. What another service told was done there."""
    load_facts()
    return {
        (topic, each.name)
        for topic, fact in TOPICS.items()
        if fact.__module__.startswith("services.") and "-heard." not in topic
        for each in dataclasses.fields(fact)
        if each.name == "person" or (each.name.endswith("_by") and each.type in (str, str | None))
    }


def asked_of_the_table() -> set[str]:
    """Every act that a rule keeps somebody from, by the name it asks the table with."""
    calls = (
        node
        for _, _, tree in list_modules("services")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "keep_apart"
    )
    return {str(said.value) for call in calls for said in call.args[1:2] if isinstance(said, ast.Constant)}


ASKED_BY_A_VARIABLE = {
    "approve award", "confirm award import", "approve supplement", "approve reduction", "approve annulment",
    "dismiss application", "reject application",
    "check content", "check money", "return report for content", "return report for money",
}  # fmt: skip

HELD_BY_POSTGRESQL = {"confirm a clock's correction"}
"""The owner's alone, of the database itself: no service has a rule of it (tests/eventlog/test_clocks.py)."""


def test_every_act_that_leaves_a_name_stands_in_the_table_and_no_other() -> None:
    table = {(topic, act.by) for act in ACTS.values() for topic in (act.topic, act.before) if topic}
    assert table == acts_of_facts()


def test_every_act_has_a_name_of_its_own_and_a_reason_unless_it_is_only_prepared() -> None:
    assert sum(len(acts) for acts in THINGS.values()) == len(ACTS)
    clashing = {name for act in ACTS.values() for name in act.not_by}
    assert clashing <= ACTS.keys()
    assert [name for name in clashing if not ACTS[name].did] == []
    assert [name for name, act in ACTS.items() if act.not_by and not (act.does and act.why)] == []
    assert [name for name, act in ACTS.items() if not act.why and name not in clashing] == []


def test_what_nobody_wrote_is_a_field_of_the_fact() -> None:
    acts_of_facts()
    known = {topic: {each.name for each in dataclasses.fields(fact)} for topic, fact in TOPICS.items()}
    assert [
        act.name
        for act in ACTS.values()
        if not {act.by, *act.beside} <= known[act.topic] | known.get(act.before, set())
    ] == []


def test_every_clash_is_asked_by_a_rule_and_every_rule_asks_of_a_clash() -> None:
    asked = asked_of_the_table() | ASKED_BY_A_VARIABLE | HELD_BY_POSTGRESQL
    assert asked == {name for name, act in ACTS.items() if act.not_by}


def test_where_two_sides_must_not_meet_they_do_not_in_either_order() -> None:
    both_ways = ("register account", "verify account", "check content", "check money", *ministry_and_directorate())
    acts = [ACTS[name] for name in both_ways]
    for one in acts:
        for name in one.not_by:
            if name in both_ways and (one.name, name) not in {("verify account", "register account"), ONE_SIDE}:
                assert one.name in ACTS[name].not_by


ONE_SIDE = ("confirm receipt", "propose receipt")


def ministry_and_directorate() -> list[str]:
    return [act.name for act in THINGS["A notice to the ministry"] if act.not_by]


def test_every_act_on_a_notice_is_the_directorates_or_the_ministrys_and_never_both() -> None:
    ministry = {"acknowledge notice", "object to notice", "lift objection"}
    directorate = set(ministry_and_directorate()) - ministry
    for name in ministry:
        assert set(ACTS[name].not_by) == directorate | set(IN_WHAT_IT_TELLS_OF)
    for name in directorate:
        assert set(ACTS[name].not_by) >= ministry


def test_the_page_is_made_from_the_table() -> None:
    check_made(PAGE, page(), "dev.duties")
