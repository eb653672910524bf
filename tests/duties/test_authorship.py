"""Who wrote what stands, from the proposals alone."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.duties.authorship import authors
from services.grants.case.events.application import DismissalProposed, RejectionProposed
from services.grants.case.events.award import AwardProposed, Instalment, NamedIn, Recipient
from services.grants.case.events.recipient_report import SettlementProposed
from tests.duties.authorship import BY_X

OTHERWISE = AwardProposed(
    fund_id="2020/291/71/andre",
    recipient=Recipient(name="Oppdiktet forening", organisation_number="974760673"),
    amount_ore=2_000,
    purpose="Kurs i norsk for voksne",
    terms=("Deltakerliste sendes innen årets slutt",),
    instalments=(Instalment(number=1, amount_ore=2_000, due_on=date(2020, 3, 1)),),
    basis=NamedIn(year=2021, letter=3, section="4.2"),
    proposed_by="y",
    form="nn",
)


def by(person: str, was: AwardProposed = BY_X, **changed: Any) -> AwardProposed:
    return replace(was, proposed_by=person, **changed)


def test_nobody_wrote_nothing_and_one_who_proposes_wrote_it() -> None:
    assert authors([]) == frozenset()
    assert authors([BY_X]) == {"x"}


def test_content_that_is_unchanged_keeps_its_author_and_who_puts_it_forward_answers_for_it() -> None:
    assert authors([BY_X, by("y")]) == {"x", "y"}
    assert authors([BY_X, by("y"), by("z")]) == {"x", "z"}


@pytest.mark.parametrize(
    "changed",
    [
        {"amount_ore": 999},
        {"purpose": "Noe annet"},
        {"purpose": "Et ressursmiljø mot negativ sosial kontroll!"},
        {"terms": ("Regnskap leveres.",)},
        {"terms": ("Regnskap leveres.", "Rapport leveres.", "Og mer.")},
        {"recipient": Recipient(name="Stiftelsen Født Fri", organisation_number="974760673")},
        {"form": "en"},
        {"acceptance_required": True},
    ],
)
def test_who_changes_a_part_is_an_author_and_so_is_who_wrote_the_rest(changed: dict[str, Any]) -> None:
    after = by("y", **changed)
    assert authors([BY_X, after]) == {"x", "y"}
    assert authors([BY_X, after, by("z", after)]) == {"x", "y", "z"}


def test_what_was_wholly_replaced_is_nobodys_who_wrote_it_before() -> None:
    assert authors([BY_X, OTHERWISE]) == {"y"}


def test_a_change_that_was_undone_leaves_nothing_of_its_author() -> None:
    assert authors([BY_X, by("y", amount_ore=1), by("z")]) == {"x", "z"}


def test_what_is_brought_back_is_theirs_who_wrote_it_and_theirs_who_brought_it() -> None:
    brought = replace(OTHERWISE, amount_ore=BY_X.amount_ore, proposed_by="z")
    assert authors([BY_X, OTHERWISE, brought]) == {"x", "y", "z"}
    assert authors([BY_X, OTHERWISE, brought, replace(brought, proposed_by="v")]) == {"x", "y", "z", "v"}


def test_a_word_taken_out_of_a_sentence_is_a_change_that_stays_through_a_full_stop() -> None:
    first = by("a", OTHERWISE, purpose="Midlene skal ikke brukes til lønn")
    without = by("x", first, purpose="Midlene skal brukes til lønn")
    full_stop = by("y", without, purpose="Midlene skal brukes til lønn.")
    assert "x" in authors([first, without, full_stop, by("z", full_stop)])


def test_one_who_only_turns_a_word_over_does_not_make_the_sentence_theirs_alone() -> None:
    assert "x" in authors([by("x", OTHERWISE), by("y", OTHERWISE, purpose="KURS I NORSK for voksne")])


def test_the_people_are_as_stored() -> None:
    assert authors([by("KARI"), by("kari")]) == {"KARI", "kari"}


def test_a_day_is_nobodys_words_and_two_kinds_of_one_answer_are_one_line() -> None:
    day = date(2020, 3, 2)
    late = DismissalProposed(ground="late", reason="Kom etter fristen.", proposed_on=day, proposed_by="x")
    other = RejectionProposed(ground="not-prioritised", reason="Lavt prioritert", proposed_on=day, proposed_by="y")
    assert authors([late, other]) == {"y"}
    assert authors([late, replace(other, reason="Kom etter fristen.")]) == {"x", "y"}


def test_what_follows_from_the_case_is_nobodys() -> None:
    day = date(2021, 4, 1)
    first = SettlementProposed(used_ore=1, reductions=(), proposed_on=day, proposed_by="x")
    assert authors([first, replace(first, used_ore=2, proposed_by="y")]) == {"y"}
