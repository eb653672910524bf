"""What a grant letter must hold (domain rule 6), and where each part of it comes from."""

from dataclasses import replace

import pytest

from services.grants.case.events.award import PerCapita
from services.grants.case.events.grant_letter import LetterPart
from services.grants.grant_letter.content import (
    PARTS,
    LetterContent,
    LetterIncomplete,
    NoLetterMadeHere,
    check_letter,
    told,
)
from tests.grants.award.grant_letters import PROPOSED, TERMS, content_of

WITHOUT: dict[LetterPart, LetterContent] = {
    "purpose": replace(content_of(), purpose=" \n"),
    "amount": replace(content_of(), amount_ore=0),
    "terms": replace(content_of(), terms=()),
    "payment-plan": replace(content_of(), instalments=()),
    "reporting": replace(content_of(), reports=()),
    "control": replace(content_of(), control=""),
    "reactions": replace(content_of(), reactions=" "),
    "complaint-right": replace(content_of(), appeal_body=""),
}


def test_a_whole_letter_is_let_through() -> None:
    check_letter(content_of())


def test_each_part_is_tried() -> None:
    assert set(WITHOUT) == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_each_missing_part_is_refused_by_name(part: LetterPart) -> None:
    with pytest.raises(LetterIncomplete) as refused:
        check_letter(WITHOUT[part])
    assert refused.value.details["missing"] == [part]
    assert part in refused.value.detail


def test_everything_missing_is_named_at_once() -> None:
    bare = content_of(replace(PROPOSED, purpose="", terms=("",), reports=()), replace(TERMS, control="", reactions=""))
    with pytest.raises(LetterIncomplete) as refused:
        check_letter(bare)
    assert refused.value.details["missing"] == ["purpose", "terms", "reporting", "control", "reactions"]


def test_no_letter_is_made_without_a_scheme_without_a_template_or_per_capita() -> None:
    per_capita = replace(PROPOSED, basis=PerCapita(count=10, rate_ore=100, rule="2020-Q1"))
    for proposal, terms in ((PROPOSED, None), (PROPOSED, replace(TERMS, letter_template=None)), (per_capita, TERMS)):
        with pytest.raises(NoLetterMadeHere):
            content_of(proposal, terms)


def test_the_letter_speaks_the_recipients_form_of_the_language() -> None:
    nynorsk = told(content_of(replace(PROPOSED, form="nn")), draft=False)
    assert nynorsk["sender"]["name"] == "Integrerings- og mangfaldsdirektoratet"
    assert nynorsk["form"] == "nn"


def test_a_draft_says_the_same_as_the_letter() -> None:
    draft, letter = told(content_of(), draft=True), told(content_of(), draft=False)
    assert [name for name in draft if draft[name] != letter[name]] == ["draft"]
